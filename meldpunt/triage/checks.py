"""What must be true of ``triage.json`` before a rule of it is applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from meldpunt.data_files import DataFileError, line_of, pattern_of
from meldpunt.indicators.catalogue import CATEGORIES, catalogue
from meldpunt.reading.types import Experiencer, Role, Time, When

LEVELS = ("laag", "onvoldoende_informatie", "verhoogd", "hoog", "acuut")
AGES = frozenset({"minor", "adult", "under_12", "12_15"})
FLAGS = frozenset(
    {
        "suicide_plan", "weapon", "departure_soon", "multiple_victims", "escalation", "earlier_report", "two_observers",
        "professional_unease",
    }
)  # fmt: skip
SECTIONS = frozenset(
    {
        "version", "source", "levels", "times", "about_now", "order_of_times", "words", "derived", "rules", "modifiers",
        "level_questions", "core_fields", "asks", "max_follow_ups",
    }
)  # fmt: skip
SUBJECTS = frozenset({"indicator", "category", "age", "flag", "derived", "when", "words"})
ATOM_KEYS = SUBJECTS | {"weight", "count", "time", "except", "experiencer"}


class TriageDataError(DataFileError):
    """``triage.json`` holds a mistake; the message names the line, the rule and the remedy."""


def check(data: Any, text: str, file: str) -> None:
    """Raise :class:`TriageDataError` for the first mistake in ``data``, which was read from ``text``."""
    if not isinstance(data, dict) or set(data) != SECTIONS:
        missing = sorted(SECTIONS - set(data)) if isinstance(data, dict) else sorted(SECTIONS)
        more = sorted(set(data) - SECTIONS) if isinstance(data, dict) else []
        raise TriageDataError(file, line_of(text, *more[:1]), f"add {missing} and remove {more}.")
    for line_words, problem in _mistakes(data):
        raise TriageDataError(file, line_of(text, *line_words), problem)
    for name, written in data["words"].items():
        pattern_of(file, line_of(text, f'"{name}": "\\\\'), written, TriageDataError)


def _mistakes(data: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Words of the line, and what is wrong there."""
    for name, values in data["times"].items():
        if wrong := set(values) - set(get_args(Time)):
            yield (f'"{name}"',), f"time {sorted(wrong)} is unknown; use {', '.join(get_args(Time))}."
    if wrong := set(data["order_of_times"]) - set(get_args(Time)):
        yield ('"order_of_times"',), f"time {sorted(wrong)} is unknown; use {', '.join(get_args(Time))}."
    if problem := _unknown_indicators(data["about_now"]):
        yield ('"about_now"',), problem
    if tuple(data["levels"]) != LEVELS:
        yield ('"levels"',), f"the levels are {', '.join(LEVELS)}, in that order."
    seen: set[str] = set()
    for section in ("derived", "rules", "modifiers"):
        for row in data[section]:
            for problem in _row_mistakes(row, section, data, seen):
                yield (f'"id": "{row.get("id", "")}"',), f"rule {row.get('id', 'without id')}: {problem}"
            seen.add(row.get("id", ""))
    for row in data["asks"]:
        for problem in _ask_mistakes(row):
            yield (f'"ask": "{row.get("ask", "")}"',), f"ask {row.get('ask', 'without name')}: {problem}"
    if not isinstance(data["max_follow_ups"], int) or data["max_follow_ups"] < 1:
        yield ('"max_follow_ups"',), "must be a whole number from 1."


def _row_mistakes(row: dict[str, Any], section: str, data: dict[str, Any], seen: set[str]) -> Iterator[str]:
    needed = {"derived": ("id", "name"), "rules": ("id", "title", "level"), "modifiers": ("id", "title")}[
        section
    ]
    if missing := [name for name in needed if not row.get(name)]:
        yield f"fill in {', '.join(missing)}."
        return
    if row["id"] in seen:
        yield "is there twice; remove one or give it its own id."
    if row.get("level", "laag") not in LEVELS:
        yield f"level {row['level']!r} is unknown; use one of {', '.join(LEVELS)}."
    if not row.get("any") and not row.get("groups"):
        yield 'can never fire; give it "any" or "groups".'
    for group in row.get("groups", ()):
        if problem := _unknown_indicators(group):
            yield problem
    for alternative in row.get("any", ()):
        if not alternative:
            yield "fires always: an alternative is empty; fill it in or remove it."
        for atom in alternative:
            yield from _atom_mistakes(atom, data)


def _atom_mistakes(atom: dict[str, Any], data: dict[str, Any]) -> Iterator[str]:
    if unknown := set(atom) - ATOM_KEYS:
        yield f"unknown key {sorted(unknown)}; use {sorted(ATOM_KEYS)}."
    if not set(atom) & SUBJECTS:
        yield f"a condition says nothing; name one of {sorted(SUBJECTS)}."
    for name in ("indicator", "except"):
        if problem := _unknown_indicators(atom.get(name, ())):
            yield problem
    if wrong := set(atom.get("category", ())) - set(CATEGORIES):
        yield f"category {sorted(wrong)} is unknown; use {', '.join(CATEGORIES)}."
    names = {row.get("id") for row in data["derived"]}
    for key, known in (
        ("time", set(data["times"])), ("words", set(data["words"])), ("age", AGES), ("flag", FLAGS), ("derived", names),
        ("experiencer", set(get_args(Experiencer))),
    ):  # fmt: skip
        if key in atom and atom[key] not in known:
            yield f"{key} {atom[key]!r} is unknown; use one of {sorted(map(str, known))}."
    if wrong := set(atom.get("when", ())) - set(get_args(When)):
        yield f"when {sorted(wrong)} is unknown; use {', '.join(get_args(When))}."
    for key in ("weight", "count"):
        if key in atom and (not isinstance(atom[key], int) or not 1 <= atom[key] <= 5):
            yield f"{key} must be a whole number from 1 to 5."


def _ask_mistakes(row: dict[str, Any]) -> Iterator[str]:
    if not row.get("ask") or not row.get("roles"):
        yield "fill in ask and roles."
    if wrong := set(row.get("roles", ())) - set(get_args(Role)):
        yield f"role {sorted(wrong)} is unknown; use {', '.join(get_args(Role))}."
    if wrong := set(row.get("flags", ())) - FLAGS:
        yield f"flag {sorted(wrong)} is unknown; use {', '.join(sorted(FLAGS))}."
    for name in ("reveals", "only_with"):
        if problem := _unknown_indicators(row.get(name, ())):
            yield problem


def _unknown_indicators(names: Any) -> str:
    wrong = sorted(set(names) - set(catalogue().indicators))
    return f"indicator {wrong} is not in indicators.json; use an id of that file." if wrong else ""
