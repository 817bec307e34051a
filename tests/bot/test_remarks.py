"""Pranks, help for own acts, a question as the first line, and a change of mind: the real reader, the real form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.actions.dossier import Dossier
from bot.actions.flow import level
from meldpunt.reading.remarks import RemarksError, load_remark_words, remarks_in
from tests.bot.talk import Talk
from tests.bot.test_talk import at, begun, said
from tests.bot.test_turn import names, says, told

STOP_IT_NOW = "0800-2666436"


def to_the_end(talk: Talk, **answers: str) -> dict[str, Any]:
    """The report; every consent is given, and what is not in ``answers`` is not known."""
    usual = {"age_band": "16_17", "place": "losser", "contact_channel": "code_only", "summary": "correct", "story": "klaar"}
    for _ in range(20):
        if talk.report:
            return talk.report
        fallback = "yes" if str(talk.ask).startswith("consent:") else "weet ik niet"
        answer = {**usual, **answers}.get(str(talk.ask), fallback)
        talk.choose(answer) if answer in talk.choices else talk.say(answer)
    raise AssertionError(f"no report: {talk.said[-3:]}")


@pytest.mark.parametrize(
    "prank",
    [
        "haha mijn hond wordt gechanteerd door de kat",
        "dit is een grapje joh",
        "sinterklaas dwingt mij pepernoten te bakken lol",
        "ik zit gewoon te trollen",
        "test test 123",
    ],
)
def test_a_prank_is_marked_for_staff_lowers_nothing_and_is_not_said(prank: str) -> None:
    plain, talk = begun(), begun()
    for each in (plain, talk):
        each.say("ik moet van hem geld pinnen anders slaat hij me")
    before = level(talk.dossier)
    heard = said(talk.say(prank))
    assert level(talk.dossier) == before == level(plain.dossier)
    assert "serieus" not in heard
    assert "grap" not in heard
    report = to_the_end(talk)
    assert report["kwaliteit"]["mogelijk_niet_serieus"] is True
    assert report["triage"]["voorstel"] == to_the_end(plain)["triage"]["voorstel"]


@pytest.mark.parametrize(
    "serious",
    [
        "hij zegt dat het maar een grapje was maar hij heeft een foto van mij",
        "dit is geen grap, hij dwingt me",
        "haha hij wil nu dat ik naaktfotos stuur",
    ],
)
def test_who_laughs_or_tells_of_a_joke_of_another_is_not_doubted(serious: str) -> None:
    talk = begun()
    talk.say(serious)
    assert not talk.dossier.not_serious


def test_danger_is_never_marked_as_a_prank_neither_at_once_nor_afterwards() -> None:
    at_once = begun()
    at_once.say("grapje haha ik wil dood")
    assert not at_once.dossier.not_serious
    afterwards = begun()
    afterwards.say("ik wil dood en hij dwingt me geld te pinnen")
    afterwards.say("dit is een grapje joh")
    assert to_the_end(afterwards)["kwaliteit"]["mogelijk_niet_serieus"] is False


@pytest.mark.parametrize(
    "own",
    [
        "ik kan niet stoppen met kijken naar filmpjes van jonge meisjes",
        "ik voel me aangetrokken tot kinderen en wil hulp",
        "ik heb iets gedaan bij een meisje van 13, ik schaam me",
        "ik ben bang dat ik een kind iets aandoe",
        "ik heb mijn nichtje aangeraakt",
        "ik chat met meisjes van 14 en vraag om fotos. ik wil stoppen",
    ],
)
def test_who_asks_help_for_own_acts_hears_of_stop_it_now_and_no_judgement(own: str) -> None:
    talk = begun()
    heard = talk.say(own)
    assert STOP_IT_NOW in heard[0]
    assert "niet jouw schuld" not in said(heard)
    assert "niets fout gedaan" not in said(heard)
    assert talk.ask is not None
    to_the_end(talk)
    assert f"Stop it Now {STOP_IT_NOW}" in said(talk.said)


@pytest.mark.parametrize(
    "other",
    [
        "ik kan niet stoppen met drugs dealen voor hem",
        "ik moest van hem meisjes ronselen",
        "ik ben bang dat mijn kind iets aangedaan wordt",
        "ik heb gisteren gesproken met een meisje van 15 die ik niet vertrouw",
        "ik wil stoppen met chatten met hem maar kan niet, ik ben een meisje van 14",
        "ik heb een dochter van 13",
    ],
)
def test_who_is_forced_or_worried_does_not_hear_of_it(other: str) -> None:
    assert STOP_IT_NOW not in said(begun().say(other))


FIRST_LINES = [
    ("is dit anoniem?", "anoniem"),
    ("wie leest dit?", "medewerkers van het meldpunt"),
    ("werkt dit ook voor jongens", "Iedereen mag hier komen"),
    ("is dit alleen voor meisjes?", "Iedereen mag hier komen"),
    ("mag ik iets vragen", "Natuurlijk"),
    ("ik heb een vraag", "Natuurlijk"),
    ("kost dit geld?", "kost niets"),
    ("hoe lang duurt dit gesprek eigenlijk bij jullie?", "een paar minuten"),
    ("wat is dit precies voor een site", "vertellen over druk"),
    ("kan hij zien dat ik dit typ", "Snel weg"),
    ("mag ik hier ook over mijn vriendin praten", "dat kan hier"),
]


@pytest.mark.parametrize(("question", "answer"), FIRST_LINES)
@pytest.mark.parametrize("asked", ["safe_to_type", "story"])
def test_a_question_as_the_first_line_is_answered_and_is_not_the_story(asked: str, question: str, answer: str) -> None:
    talk = Talk()
    talk.begin()
    if asked == "story":
        talk.choose("yes")
    assert answer in said(talk.say(question))
    assert talk.ask == asked
    assert "story" not in talk.dossier.answers
    assert not talk.dossier.texts


def test_a_question_that_sam_does_not_know_is_no_story_either() -> None:
    reply, ask = told(Dossier(), says("wie is de baas van dit meldpunt"), "safe_to_type")
    assert names(reply) == ["utter_faq_unknown"]
    assert ask == "safe_to_type"


def test_an_age_in_a_first_question_is_kept() -> None:
    talk = Talk()
    talk.begin()
    talk.say("mag ik ook als ik 13 ben")
    assert talk.dossier.age == 13


def test_after_a_no_it_says_what_is_kept_and_where_help_is() -> None:
    talk = at("consent:opslaan_melding")
    heard = said(talk.choose("no"))
    for words in ("Ik bewaar niets", "toch wel", "mens", "Kindertelefoon 0800-0432", "112", "Snel weg"):
        assert words in heard
    assert talk.report is None


@pytest.mark.parametrize("words", ["toch wel", "ja", "bewaar het toch maar", "ik heb me bedacht"])
def test_who_thinks_again_after_a_no_goes_on_with_all_that_was_told(words: str) -> None:
    talk = at("consent:opslaan_melding")
    talk.choose("no")
    assert "is er nog" in said(talk.say(words))
    assert talk.ask == "consent:opslaan_melding"
    talk.choose("yes")
    assert to_the_end(talk)["betrokkene"]["gemeente"]["value"] == "Losser"


@pytest.mark.parametrize("words", ["ok", "nee", "bedankt", "nee toch niet"])
def test_an_answer_to_the_goodbye_keeps_nothing(words: str) -> None:
    talk = at("consent:opslaan_melding")
    talk.choose("no")
    talk.say(words)
    assert talk.ask is None
    assert talk.report is None


def test_after_a_no_a_person_can_be_asked_for() -> None:
    talk = at("consent:opslaan_melding")
    talk.choose("no")
    assert "0800-2000" in said(talk.say("ik wil een mens spreken"))
    talk.context["staff_online"] = True
    talk.say("mens")
    assert talk.customs[-1]["kind"] == "want_human"


def test_a_yes_to_contact_can_be_taken_back_at_a_later_question() -> None:
    talk = at("contact_channel")
    talk.say("oh nee toch geen contact")
    assert talk.dossier.consent["contact_terug"]["waarde"] == "nee"
    assert talk.ask not in ("contact_channel", "contact_detail")


def test_a_yes_to_keeping_it_can_be_taken_back_at_a_later_question() -> None:
    talk = at("consent:contact_terug")
    assert "Ik bewaar niets" in said(talk.say("nee toch niet bewaren"))
    assert talk.ask is None
    assert talk.report is None


def test_not_keeping_the_words_does_not_drop_the_report() -> None:
    talk = at("consent:bewaren_eigen_woorden")
    talk.say("liever niet bewaren")
    assert talk.dossier.consent["bewaren_eigen_woorden"]["waarde"] == "nee"
    assert talk.dossier.consent["opslaan_melding"]["waarde"] == "ja"


def test_a_mistake_in_the_table_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "remarks.tsv"
    file.write_text("# kind\tpattern\ngrap\thaha\n", encoding="utf-8")
    with pytest.raises(RemarksError, match=r"remarks.tsv, line 2: kind 'grap' is unknown; use one of"):
        load_remark_words(file)


def test_a_question_about_what_happens_to_somebody_is_no_question_about_sam() -> None:
    assert "question" not in remarks_in("mag hij dit zomaar doen met mij")
