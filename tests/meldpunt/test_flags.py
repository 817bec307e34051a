"""Facts for triage that are no indicators, taken from the words (domain.md 2.3): each raises, none lowers."""

from __future__ import annotations

import pytest

from bot.actions.dossier import Dossier
from meldpunt.reading import Mention, Reading
from meldpunt.triage import assess, find_flags


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("ze willen me zaterdag meenemen naar turkije om te trouwen", {"departure_soon"}),
        ("wij vliegen over drie dagen naar marokko en dan moet ik trouwen", {"departure_soon"}),
        ("we gaan vrijdag met school naar duitsland", set()),
        ("er zijn nog drie meisjes die dit ook moeten doen", {"multiple_victims"}),
        ("ik ben niet de enige", {"multiple_victims"}),
        ("ik heb dit vorig jaar al eens gemeld", {"earlier_report"}),
        ("ik heb dit nog niet gemeld", set()),
        ("mijn collega heeft hetzelfde gezien", {"two_observers"}),
        ("mijn collega heeft niets gezien", set()),
        ("ik heb een niet-pluisgevoel bij deze leerling", {"professional_unease"}),
        ("het wordt steeds erger", {"escalation"}),
        ("hij heeft mijn pasje en pint daarmee", set()),
    ],
)
def test_words_set_a_flag(text: str, flags: set[str]) -> None:
    assert find_flags(text) == flags


def told_by(role: str, *texts: str) -> Dossier:
    dossier = Dossier()
    dossier.note("reporter_role", role, 1)
    for number, text in enumerate(texts, 2):
        dossier.add_reading(Reading(text), number)
    return dossier


def test_unease_counts_from_a_professional_who_tells_what_was_seen() -> None:
    seen = "een leerlinge komt al weken moe op school, zegt niets en ik heb een niet pluis gevoel"
    assert assess(told_by("professional", seen).facts()).level == "verhoogd"
    assert "professional_unease" not in told_by("professional", "niet pluis").facts().flags
    assert "professional_unease" not in told_by("parent", seen).facts().flags


def test_a_second_observer_makes_two_signals_enough() -> None:
    signals = tuple(Mention(name, 0, 4, "iets") for name in ("schoolverzuim", "onverklaarbare_luxe"))
    alone = told_by("professional", "zij spijbelt en heeft dure kleren")
    both = told_by("professional", "zij spijbelt en heeft dure kleren, de mentor heeft het ook gezien")
    for dossier in (alone, both):
        dossier.add_reading(Reading("x", mentions=signals), 9)
    assert assess(alone.facts()).level != "verhoogd"
    assert assess(both.facts()).level == "verhoogd"


def test_leaving_within_a_week_is_acute() -> None:
    dossier = told_by("self", "ik moet zaterdag mee naar turkije en daar trouwen")
    dossier.add_reading(Reading("x", mentions=(Mention("gedwongen_huwelijk_draagmoederschap", 0, 4, "iets"),)), 9)
    assert assess(dossier.facts()).level == "acuut"


@pytest.mark.parametrize("role", ["professional", "bystander"])
def test_money_and_images_are_asked_of_everybody_where_they_could_raise_the_level(role: str) -> None:
    from meldpunt.triage import open_questions

    dossier = told_by(role, "er is iets met een meisje")
    assert {"images_exist", "money_or_goods", "first_contact"} <= set(open_questions(dossier.facts()))
