"""The age of the young person concerned, never of someone else."""

from __future__ import annotations

import pytest

from meldpunt.reading.age import find_age
from meldpunt.reading.normalise import normalise

CASES = [
    ("ben 15", 15),
    ("ik ben een meisje van 14", 14),
    ("hij is 25 en ik 16", 16),
    ("mijn vriend is 23 en ik ben 15", 15),
    ("Mijn dochter van 14 komt laat thuis", 14),
    ("Een leerling (15) vertelde dit", 15),
    ("Ze is bijna 16 en zegt niets", 15),
    ("ze hebben mijn zusje van dertien meegenomen", 13),
    ("Haar vriend van 22 haalt haar op", None),
    ("hij wil 300 euro en het was 2 weken geleden", None),
    ("we wachten al 20 minuten", None),
    ("hij kwam om 15 uur", None),
    ("ik heb niet gezegd dat ik 12 ben, hij denkt 16", 12),
    ("de zestienjoarige betaalt", 16),
    ("twee kinderen van een jaar of 13", 13),
    ("mijn broer staat achter me", None),
    ("06", None),
    ("een jongen van 19 zegt dat ie van me houdt", None),
    ("een gast van 20 heeft foto's van mij", None),
    ("mn vriend (21) wil dat ik geld breng", None),
    ("mijn dochter heeft een vriend van 26", None),
    ("ze gaat om met een jongen van 21", None),
    ("haar vriend is 28", None),
    ("hij is 24 zij 15, hij koopt alles", 15),
    ("'neem nog eentje' bleef ze zeggen, zij is 24, ik jongen 16. ik wou niks", 16),
    ("met zijn broer van 24 in onze bouwmarkt, hij vult zelf de kar, veertien", 14),
    ("gast van 34 had via vinted contact met mn meisje van 14", 14),
    ("mijn zoon van 19 wordt bedreigd", 19),
    ("een meisje van 19 wordt gedwongen", 19),
    ("een kok (31) kookt van elf tot een uur 's nachts", 31),
]


@pytest.mark.parametrize(("text", "years"), CASES)
def test_age_of_the_person_concerned(text: str, years: int | None) -> None:
    age = find_age(normalise(text))
    assert (age.years if age else None) == years


def test_husband_of_who_tells_it_and_husband_of_who_suffers_it() -> None:
    text = normalise("Mijn man 41 jaar slaapt in een oude caravan bij de baas")
    told_by_another = find_age(text, reporter_is_self=False)
    assert told_by_another is not None
    assert told_by_another.years == 41
    assert find_age(text, reporter_is_self=True) is None
