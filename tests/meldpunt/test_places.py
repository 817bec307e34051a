"""Places: right, rightly asked, or outside (domain.md 6)."""

from __future__ import annotations

import pytest

from meldpunt.places import find_places, load_gazetteer, summarise

SURE = [
    ("we wonen in Glanerbrug", "Enschede"),
    ("hij haalt me op in goor", "Hof van Twente"),
    ("dat huisje in Markelo", "Hof van Twente"),
    ("ik kom uit Enter", "Wierden"),
    ("bie mie in Riessen", "Rijssen-Holten"),
    ("in enschde bij het station", "Enschede"),
    ("een jongen van de Hasseler Es", "Hengelo"),
    ("in de Hengelose Nijverheid", "Hengelo"),
    ("vlakbij hof van twente", "Hof van Twente"),
    ("in Beuningen bij de Lutte", "Losser"),
    ("Jongerenwerk Almelo-Kerkelanden", "Almelo"),
    ("sporthal haaksbrgen, man zit aan de meiden", "Haaksbergen"),
    ("uut Wiern, an de rand", "Wierden"),
    ("woon achter de stal, wierden, geen verwarming", "Wierden"),
    ("hij schopt als ik langzaam ben. losser", "Losser"),
    ("parkeerplaats aan de rand van losser", "Losser"),
    ("gezinshuis enter, jongen van 16", "Wierden"),
    ("vanaf losser met een man naar gronau", "Losser"),
    ("een jongen uit de riet", "Almelo"),
    ("achter het station in haaks", "Haaksbergen"),
    ("poh ootmarsm, meisje van 15", "Dinkelland"),
]
ASK = [
    "hij woont in Haarle",
    "het was in Beuningen",
    "elke dag in mariaparochie",
    "naar Born gebracht",
    "hengelo in de achterhoek",
]
OUTSIDE = ["ik moet naar zwolle", "een hotel in Gronau", "met de trein naar Utrecht", "gehaald uit boekarest", "naar rdam"]
NO_PLACE = [
    "wat goor zeg", "ik druk op enter", "die schroef zit losser", "er wierden dingen gezegd", "met mijn hengel vissen",
    "ik ben geboren in maart", "kijk en look", "de planken staan haaks", "moet ik dat op school melden",
    "ze brachten mij met een busje",
    "hij woonde in een portiek", "gooide eten door het luik", "losser vel dan eerst",
]  # fmt: skip


@pytest.mark.parametrize(("text", "municipality"), SURE)
def test_a_place_in_twente_gives_its_municipality(text: str, municipality: str) -> None:
    assert summarise(find_places(text)) == municipality


@pytest.mark.parametrize("text", ASK)
def test_an_ambiguous_place_is_asked_about(text: str) -> None:
    assert summarise(find_places(text)) == "?"


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_place_elsewhere_is_outside(text: str) -> None:
    assert summarise(find_places(text)) == "buiten"


@pytest.mark.parametrize("text", NO_PLACE)
def test_an_ordinary_word_is_no_place(text: str) -> None:
    assert summarise(find_places(text)) is None


def test_a_span_points_at_the_words_as_typed() -> None:
    text = "ja dus in Oldenzaal dan"
    place = find_places(text)[0]
    assert text[place.start : place.end] == "Oldenzaal"


def test_every_municipality_is_found_by_its_own_name() -> None:
    for entry in load_gazetteer().entries.values():
        if (
            entry.rule == "standaard"
            and len(entry.municipalities) == 1
            and entry.name == entry.municipalities[0]
        ):
            assert summarise(find_places(f"het is in {entry.name}")) == entry.name
