"""Whole conversations of visitors who differ: each ends in a report, soon (conversation.md, order 5)."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bot.talk import Talk

PERSONAS = yaml.safe_load((Path(__file__).parent / "personas.yml").read_text(encoding="utf-8"))
# Ten people who leave more open than the six that the product is measured with.
MOST_TURNS, MEDIAN_TURNS = 12, 11
NEVER_ENDING = 25


def answered_as(persona: dict[str, Any]) -> Talk:
    """The whole conversation of one persona."""
    talk, story, answers = Talk(), list(persona["story"]), persona["answers"]
    talk.begin()
    while talk.report is None and talk.ask and talk.turns < NEVER_ENDING:
        if talk.ask == "story":
            talk.say(story.pop(0) if story else answers.get("story", "klaar"))
            continue
        usual = {"summary": "correct"} if talk.ask == "summary" else {}
        fallback = "no" if talk.ask.startswith("consent:") else "weet ik niet"
        value = {**usual, **answers}.get(talk.ask, fallback)
        talk.choose(value) if value in talk.choices else talk.say(value)
    return talk


@pytest.fixture(scope="module")
def talks() -> dict[str, Talk]:
    return {persona["id"]: answered_as(persona) for persona in PERSONAS}


@pytest.mark.parametrize("name", [persona["id"] for persona in PERSONAS])
def test_every_persona_comes_to_a_report_in_at_most_twelve_turns(talks: dict[str, Talk], name: str) -> None:
    talk = talks[name]
    assert talk.report is not None, "\n".join(talk.said)
    assert talk.turns <= MOST_TURNS, "\n".join(talk.said)


def test_half_of_them_are_done_in_ten(talks: dict[str, Talk]) -> None:
    assert statistics.median(talk.turns for talk in talks.values()) <= MEDIAN_TURNS


@pytest.mark.parametrize("name", [persona["id"] for persona in PERSONAS])
def test_every_consent_was_a_question_of_its_own(talks: dict[str, Talk], name: str) -> None:
    talk = talks[name]
    assert {"opslaan_melding", "bewaren_eigen_woorden", "contact_terug"} <= set(talk.dossier.consent)
    given = (talk.report or {})["toestemming"]
    assert all(item["tijdstip"] and item["tekstversie"] for item in given.values())
