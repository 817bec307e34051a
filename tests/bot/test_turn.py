"""One turn of the dialogue, without a server: what Sam takes from a message and what he asks next."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.dossier import Dossier
from bot.actions.flow import consent_items, next_ask
from bot.actions.form import TEXTS
from bot.actions.reply import Reply, Turn
from bot.actions.turn import asked_next, take
from meldpunt.reading import Mention, Reading
from meldpunt.reading.types import Age, IntentGuess, Place, SafetyCue


def says(text: str, intent: str | None = None, **read: Any) -> Turn:
    guess = IntentGuess(intent, 0.9, sure=True) if intent else None
    return Turn(
        text, 3, Reading(text, intent=guess, **read), None, {"staff_online": False, "next_open": "morgen"}
    )


def told(dossier: Dossier, turn: Turn, open_ask: str | None = "story") -> tuple[Reply, str | None]:
    reply = take(dossier, turn, open_ask, TEXTS, dict)
    return reply, asked_next(dossier)


def a_mention(indicator: str, text: str = "woorden") -> Mention:
    return Mention(indicator, 0, len(text), text)


def names(reply: Reply) -> list[str]:
    return [name for name, _ in reply.say]


@pytest.fixture
def begun() -> Dossier:
    dossier = Dossier()
    dossier.note("safe_to_type", "yes", 1)
    return dossier


def test_a_safety_text_comes_before_everything_and_once(begun: Dossier) -> None:
    cue = SafetyCue("suicidaal", 0, 5, "wil dood", "x")
    reply, _ = told(begun, says("ik wil dood", safety=(cue,), mentions=(a_mention("suicidaal"),)))
    assert names(reply)[0] == "utter_safety_suicidaal"
    again, _ = told(begun, says("ik wil dood", safety=(cue,), mentions=(a_mention("suicidaal"),)))
    assert "utter_safety_suicidaal" not in names(again)


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("danger_now", "nu_in_gevaar"),
        ("suicidal", "suicidaal"),
        ("someone_is_watching", "dader_leest_mee"),
    ],
)
def test_the_safety_text_comes_for_the_intent_where_no_phrase_holds_the_words(
    begun: Dossier, intent: str, kind: str
) -> None:
    reply, _ = told(begun, says("shit daar is ie", intent), "place")
    assert names(reply)[0] == f"utter_safety_{kind}"


def test_being_alone_takes_back_only_that_somebody_reads_along(begun: Dossier) -> None:
    reply, _ = told(begun, says("ik ben alleen en het hoeft niet", "suicidal"), "place")
    assert names(reply)[0] == "utter_safety_suicidaal"
    reply, _ = told(begun, says("ik zit alleen in de keuken", "someone_is_watching"), "place")
    assert "utter_safety_dader_leest_mee" not in names(reply)


def test_what_the_story_tells_is_not_asked_again(begun: Dossier) -> None:
    place = Place("Borne", "Borne", ("Borne",), "zeker", 0, 5)
    turn = says(
        "ik ben 15 uit borne en hij dreigt mijn zusje iets te doen als ik stop", mentions=(a_mention("bedreiging"),),
        age=Age(15, 7, 9, "melder"), places=(place,), gemeente="Borne", role="self", moment="now",
    )  # fmt: skip
    _, ask = told(begun, turn)
    assert ask not in ("age_band", "place", "when", "reporter_role", "story")


def test_a_feeling_is_heard_before_the_question_is_put_again(begun: Dossier) -> None:
    begun.note("story", "told", 2)
    begun.note("reporter_role", "self", 2)
    reply, ask = told(begun, says("ik schaam me zo", "feel_ashamed"), "age_band")
    assert names(reply)[0] == "utter_feel_ashamed"
    assert ask == "age_band"


def test_two_answers_of_not_knowing_end_the_questions(begun: Dossier) -> None:
    begun.note("story", "told", 2)
    begun.note("reporter_role", "self", 2)
    for ask in ("age_band", "place"):
        told(begun, says("weet ik niet"), ask)
    assert next_ask(begun) in ("wants", "consent_opslaan_melding")


def test_an_ambiguous_place_is_asked_about_with_its_municipalities(begun: Dossier) -> None:
    told(begun, says("mariaparochie"), "place")
    assert begun.candidates == ["Almelo", "Tubbergen"]
    assert "place" not in begun.answers


def test_parents_and_professionals_are_addressed_as_u(begun: Dossier) -> None:
    told(begun, says("ik kom voor mijn dochter", "start_parent"))
    assert begun.address == "u"
    assert begun.role == "parent"


def test_nothing_is_kept_without_a_yes(begun: Dossier) -> None:
    begun.note("story", "told", 2)
    not_yet = Turn("", 5, None, ("consent:opslaan_melding", "unsure"), {})
    told(begun, not_yet, "consent_opslaan_melding")
    reply, ask = told(begun, not_yet, "consent_opslaan_melding")
    assert "utter_not_stored" in names(reply)
    assert ask is None
    assert begun.finished


def test_not_yet_keeps_nothing_and_leaves_the_question_open(begun: Dossier) -> None:
    for ask, value in (("story", "told"), ("reporter_role", "self"), ("age_band", "unknown"), ("place", "unknown")):
        begun.note(ask, value, 2)
    begun.dont_knows = 2
    begun.note("wants", "unsure", 2)
    reply, ask = told(
        begun, Turn("", 5, None, ("consent:opslaan_melding", "unsure"), {}), "consent_opslaan_melding"
    )
    assert names(reply) == ["utter_think_it_over"]
    assert ask == "consent_opslaan_melding"
    assert "opslaan_melding" not in begun.consent


def test_only_items_that_fit_are_asked(begun: Dossier) -> None:
    assert "delen_politie" not in consent_items(begun)
    begun.note("wants", "police_question", 4)
    assert "delen_politie" in consent_items(begun)


def test_erasing_leaves_nothing_in_the_dossier(begun: Dossier) -> None:
    told(begun, says("hij dreigt", mentions=(a_mention("bedreiging"),)))
    told(begun, says("wis alles", "stop_and_erase"), "age_band")
    reply, _ = told(begun, says("ja", "affirm"), "confirm_erase")
    assert {"kind": "erase"} in reply.customs
    assert not begun.texts
    assert not begun.mentions


def test_a_person_is_fetched_with_a_draft_when_somebody_is_there(begun: Dossier) -> None:
    turn = Turn(
        "mens", 4, Reading("mens", intent=IntentGuess("want_human", 1.0)), None, {"staff_online": True}
    )
    reply = take(begun, turn, "story", TEXTS, lambda: {"draft": True})
    assert {"kind": "want_human", "reason": "asked", "draft": {"draft": True}} in reply.customs


def test_twice_not_understood_offers_a_person(begun: Dossier) -> None:
    begun.note("story", "told", 2)
    begun.note("reporter_role", "self", 2)
    first, _ = told(begun, says("xqzv"), "when")
    second, _ = told(begun, says("blorp"), "when")
    assert names(first) == ["utter_not_understood"]
    assert names(second) == ["utter_not_understood_twice"]
