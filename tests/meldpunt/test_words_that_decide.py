"""Small readings that words decide: denials kept beside, moments, places as answers, ways out."""

from __future__ import annotations

import pytest

from meldpunt.places import find_answered_place
from meldpunt.reading.details import find_moment, find_role
from meldpunt.reading.normalise import normalise
from meldpunt.reading.reader import Reader, ruled_intent
from meldpunt.reading.training.data import INTENTS, read_intents


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("ze hebben mijn paspoort niet afgepakt", "documenten_afgenomen"),
        ("hij slaat me niet", "fysiek_geweld"),
    ],
)
def test_what_is_denied_is_kept_but_asserts_nothing(text: str, indicator: str) -> None:
    reading = Reader(None).read(text)
    assert [m.polarity for m in reading.mentions if m.indicator == indicator] == ["ontkend"]
    assert indicator not in reading.indicators


def test_a_lesson_about_something_asserts_nothing() -> None:
    assert not Reader(None).read("in de les ging het over afgeperst worden met foto's").indicators


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("ze vertelde mij vandaag dat zij vrijdag moet werken", "this_week"),
        ("ik moet vanavond naar hem toe", "today_tomorrow"),
        ("elke zaterdag moet ik daar staan", "now"),
        ("hij wil steeds dat ik geld pin", "now"),
        ("dat was vorig jaar", "longer_ago"),
        ("ik weet het niet", None),
    ],
)
def test_when_it_happens_is_not_when_it_was_told(text: str, moment: str | None) -> None:
    assert find_moment(text) == moment


@pytest.mark.parametrize(
    ("text", "municipality"),
    [("goor", "Hof van Twente"), ("Borne", "Borne"), ("in wierden", "Wierden"), ("ergens", None)],
)
def test_a_place_that_answers_the_question_where(text: str, municipality: str | None) -> None:
    found = find_answered_place(text)
    assert (found.municipality if found else None) == municipality


def test_a_place_in_two_municipalities_is_asked_about() -> None:
    found = find_answered_place("mariaparochie")
    assert found is not None
    assert (found.status, found.candidates) == ("vragen", ("Almelo", "Tubbergen"))


def test_words_that_decide_an_intent_never_decide_another_example() -> None:
    wrong = [
        (name, example.intent, example.text)
        for example in read_intents(INTENTS)
        if (name := ruled_intent(normalise(example.text).text)) and name != example.intent
    ]
    assert not wrong


def test_in_a_long_story_the_same_words_decide_nothing() -> None:
    story = "ik ben 17 en slaap op een matras achter de zaak, verwijder dit straks want hij kijkt elke avond in mijn telefoon"
    assert ruled_intent(story) is None
    assert ruled_intent("verwijder dit gesprek") == "stop_and_erase"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("er is een jongen die wil dat ik geld pin met mijn pasje", "self"),
        ("mijn dochter komt laat thuis", "parent"),
        ("een leerling van mij", "professional"),
        ("mijn vriendin moet steeds geld geven", "bystander"),
    ],
)
def test_who_writes_is_taken_from_the_words(text: str, role: str) -> None:
    assert find_role(text) == role
