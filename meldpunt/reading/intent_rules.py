"""Words that decide the intent over the classifier, in short messages (``intent_rules.tsv``), and questions beside
a story (``questions.tsv``)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError, pattern_of, rows_of_tabs

DATA = Path(__file__).resolve().parent.parent / "data" / "intent_rules.tsv"
QUESTIONS = DATA.with_name("questions.tsv")
NAME = re.compile(r"[a-z][a-z_]+")
SHORT_MESSAGE_WORDS = 14  # in a longer message "wis dit" is part of a story
OTHER_LANGUAGE = "other_language"

IntentRule = tuple[str, re.Pattern[str], "re.Pattern[str] | None"]


class IntentRulesError(DataFileError):
    """``intent_rules.tsv`` holds a mistake; the message names the line and the remedy."""


def ruled_intent(plain: str) -> str | None:
    """The intent that the words themselves decide, in a short message; None where the classifier decides."""
    long = len(plain.split()) > SHORT_MESSAGE_WORDS
    for name, pattern, unless in intent_rules():
        if long and name != OTHER_LANGUAGE:
            continue
        if pattern.search(plain) and not (unless and unless.search(plain)):
            return name
    return None


def questions_in(plain: str) -> tuple[str, ...]:
    """The questions to Sam that stand in the words beside whatever else they are, in the order of the file."""
    return tuple(
        name
        for name, pattern, unless in question_rules()
        if pattern.search(plain) and not (unless and unless.search(plain))
    )


@lru_cache(maxsize=1)
def question_rules() -> tuple[IntentRule, ...]:
    """Question, pattern, and what must not stand in the message; raises :class:`IntentRulesError`."""
    return load_intent_rules(QUESTIONS)


@lru_cache(maxsize=1)
def intent_rules() -> tuple[IntentRule, ...]:
    """Intent, pattern, and what must not stand in the message; raises :class:`IntentRulesError`."""
    return load_intent_rules(DATA)


def load_intent_rules(file: Path) -> tuple[IntentRule, ...]:
    """Read and check the rules in ``file``; raises :class:`IntentRulesError`."""
    return tuple(
        _rule(file.name, number, cells) for number, cells in rows_of_tabs(file, IntentRulesError, (2, 3))
    )


def _rule(file: str, number: int, cells: list[str]) -> IntentRule:
    name, pattern, *unless = cells
    if not NAME.fullmatch(name):
        raise IntentRulesError(file, number, f"{name!r} is no name of an intent; use one of domain.yml.")
    return (
        name,
        pattern_of(file, number, pattern, IntentRulesError),
        pattern_of(file, number, unless[0], IntentRulesError) if unless and unless[0].strip() else None,
    )
