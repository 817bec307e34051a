"""Which consent items are asked of whom (domain.md 3.3, 3.4), and that the conversation stays short with them."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from bot.actions.dossier import Dossier
from bot.actions.flow import MORE_ITEMS, consent_items
from meldpunt.reading import Mention
from tests.bot.test_remarks import to_the_end
from tests.bot.test_talk import begun


def who(role: str, band: str, *indicators: str, turns: int = 3, **answers: str) -> set[str]:
    """The items that somebody is asked besides the first three, who keeps it and wants contact by code."""
    dossier = Dossier(turns=turns)
    usual = {"reporter_role": role, "age_band": band, "wants": "advice", "contact_channel": "code_only"}
    for ask, value in {**usual, **answers}.items():
        dossier.note(ask, value, 1)
    found = Mention("x", 0, 7, "woorden", time=">3m", experiencer="melder", source="zelf_meegemaakt")
    dossier.mentions = [{**asdict(found), "indicator": name, "message": 1} for name in indicators]
    for item in ("opslaan_melding", "bewaren_eigen_woorden", "contact_terug"):
        dossier.consent[item] = {"waarde": "ja"}
    return set(consent_items(dossier)) & set(MORE_ITEMS)


FORCED = "telefoonabonnement_op_naam"  # a form of exploitation


def test_comensha_is_asked_of_who_is_16_or_older_and_was_exploited() -> None:
    assert "delen_comensha" in who("self", "18_23", FORCED)
    assert "delen_comensha" in who("self", "16_17", FORCED)
    assert "delen_comensha" not in who("self", "12_15", FORCED)
    assert "delen_comensha" not in who("self", "18_23", "online_werving")


def test_comensha_is_asked_of_a_parent_only_for_a_child_under_16() -> None:
    assert "delen_comensha" in who("parent", "12_15", FORCED)
    assert "delen_comensha" not in who("parent", "16_17", FORCED)
    assert "delen_comensha" not in who("professional", "12_15", FORCED)


def test_parents_are_named_only_to_a_child_under_16_that_reports_for_itself() -> None:
    assert "ouders_informeren" in who("self", "12_15", FORCED)
    assert "ouders_informeren" not in who("self", "16_17", FORCED)
    assert "ouders_informeren" not in who("self", "unknown", FORCED)
    assert "ouders_informeren" not in who("parent", "12_15", FORCED)


def test_parents_are_never_named_where_the_family_is_the_danger() -> None:
    assert "ouders_informeren" not in who("self", "12_15", FORCED, "uitbuiting_door_familie")


@pytest.mark.parametrize("words", ["mijn ouders mogen dit echt niet weten", "mn vader slaat me dood als hij dit hoort"])
def test_who_keeps_it_from_the_parents_is_not_asked(words: str) -> None:
    talk = begun()
    talk.say("iemand op insta heeft een filmpje van mij en wil geld, ben 14 uit losser")
    talk.say(words)
    to_the_end(talk, wants="advice")
    assert "ouders_informeren" not in talk.dossier.consent


def test_a_professional_is_asked_whether_the_person_agrees_unless_they_do_not_know() -> None:
    assert "toestemming_betrokkene_bekend" in who("professional", "12_15", FORCED)
    assert "toestemming_betrokkene_bekend" in who("professional", "12_15", FORCED, person_knows="yes")
    assert "toestemming_betrokkene_bekend" not in who("professional", "12_15", FORCED, person_knows="no")
    assert "toestemming_betrokkene_bekend" in who("parent", "16_17", FORCED)
    assert "toestemming_betrokkene_bekend" not in who("parent", "12_15", FORCED)
    assert "toestemming_betrokkene_bekend" not in who("self", "18_23", FORCED)


def test_nobody_is_asked_more_where_the_conversation_is_long_already() -> None:
    assert who("self", "18_23", FORCED, turns=10) == set()


def test_the_answers_are_in_the_report_with_who_gave_them_and_for_what_age() -> None:
    talk = begun()
    talk.say("Mijn zoon van 15 uit Borne moest drie telefoonabonnementen op zijn naam zetten, hoe kan ik hem helpen?")
    given = to_the_end(talk, wants="advice")["toestemming"]
    assert given["delen_comensha"]["waarde"] == "ja"
    assert given["delen_comensha"]["gegeven_door"] == "wettelijk_vertegenwoordiger"
    assert given["delen_comensha"]["leeftijdsband"] == "12-15"
    assert given["delen_comensha"]["tekstversie"]
    assert talk.turns <= 12
