"""Small readings that words decide: denials kept beside, moments, places as answers, ways out."""

from __future__ import annotations

import time

import pytest

from meldpunt.places import find_answered_place
from meldpunt.reading.details import find_moment, find_role
from meldpunt.reading.intent_rules import intent_rules
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


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("kan er iemand van jullie meeschrijven en praten met mij, geen bot", "want_human"),
        ("geef me een medewerker", "want_human"),
        ("is er hier ook iemand anders dan jij", "want_human"),
        ("bewaar hier niks van, wis maar", "stop_and_erase"),
        ("weg met dit gesprek", "stop_and_erase"),
        ("mn broer leest over mijn schouder mee", "someone_is_watching"),
        ("stop hij komt binnen", "someone_is_watching"),
        ("er komt iemand aan", "someone_is_watching"),
        ("hij is thuis en hij ziet mijn dure tas elke dag", None),
        ("ben jij een mens", None),
        ("hoe kan ik een foto van internet verwijderen", None),
        ("me hond leest mee lol", None),
    ],
)
def test_ways_out_and_somebody_reading_along_are_taken_from_the_words(text: str, intent: str | None) -> None:
    assert ruled_intent(normalise(text).text) == intent


def test_words_that_decide_are_found_in_no_time_in_the_longest_message() -> None:
    begun = time.perf_counter()
    for text in ("a " * 4000, "hij " * 2000, "kan " * 14, "x" * 8000):
        for rule in intent_rules():
            rule.pattern.search(normalise(text).text)
    assert time.perf_counter() - begun < 20  # a pattern that backtracks takes minutes


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
