"""Words that decide the intent over the classifier, in short messages (``intent_rules.tsv``), and questions beside
a story (``questions.tsv``)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternRow, read_rows

DATA = Path(__file__).resolve().parent.parent / "data" / "intent_rules.tsv"
QUESTIONS = DATA.with_name("questions.tsv")
NAME = re.compile(r"[a-z][a-z_]+")
SHORT_MESSAGE_WORDS = 14  # in a longer message "wis dit" is part of a story
OTHER_LANGUAGE = "other_language"


class IntentRulesError(DataFileError):
    """``intent_rules.tsv`` holds a mistake; the message names the line and the remedy."""


def ruled_intent(plain: str) -> str | None:
    """The intent that the words themselves decide, in a short message; None where the classifier decides."""
    long = len(plain.split()) > SHORT_MESSAGE_WORDS
    for rule in intent_rules():
        if long and rule.name != OTHER_LANGUAGE:
            continue
        if rule.found_in(plain):
            return rule.name
    return None


def questions_in(plain: str) -> tuple[str, ...]:
    """The questions to Sam that stand in the words beside whatever else they are, in the order of the file."""
    return tuple(rule.name for rule in question_rules() if rule.found_in(plain))


@lru_cache(maxsize=1)
def question_rules() -> tuple[PatternRow, ...]:
    """The questions with their words; raises :class:`IntentRulesError`."""
    return load_intent_rules(QUESTIONS)


@lru_cache(maxsize=1)
def intent_rules() -> tuple[PatternRow, ...]:
    """The intents with their words; raises :class:`IntentRulesError`."""
    return load_intent_rules(DATA)


def load_intent_rules(file: Path) -> tuple[PatternRow, ...]:
    """Read and check the rules in ``file``; raises :class:`IntentRulesError`."""
    return read_rows(file, IntentRulesError, _intent)


def _intent(name: str) -> str | None:
    return None if NAME.fullmatch(name) else f"{name!r} is no name of an intent; use one of domain.yml."
