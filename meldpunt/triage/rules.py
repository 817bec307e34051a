"""The triage rules as checked data (domain.md 1.5, 2.2-2.4); ``engine.py`` applies them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from meldpunt.indicators.catalogue import CATEGORIES, catalogue

FILE = Path(__file__).resolve().parent.parent / "data" / "triage.json"
LEVELS = ("laag", "onvoldoende_informatie", "verhoogd", "hoog", "acuut")
ATOM_KEYS = frozenset(
    {"indicator", "category", "weight", "count", "time", "age", "flag", "derived", "except", "experiencer"}
)
AGES = frozenset({"minor", "adult", "under_12", "12_15"})

Atom = dict[str, Any]


class TriageDataError(ValueError):
    """``triage.json`` holds a mistake; the message names the rule and the remedy."""


@dataclass(frozen=True)
class Rule:
    """A named rule: it fires when every atom of one of its ``alternatives`` holds (positive conjunctions only)."""

    id: str
    title: str
    level: str
    source: str
    alternatives: tuple[tuple[Atom, ...], ...]


@dataclass(frozen=True)
class Derived:
    """A computed indicator D1-D8: alternatives as in a rule, or at least n of some groups of indicators."""

    id: str
    name: str
    alternatives: tuple[tuple[Atom, ...], ...]
    groups: tuple[frozenset[str], ...]
    at_least: int


@dataclass(frozen=True)
class Ask:
    """A follow-up question: for whom, what it could reveal, and which core field it fills."""

    name: str
    roles: tuple[str, ...]
    core: str | None
    reveals: tuple[str, ...]
    flags: tuple[str, ...]
    only_with: tuple[str, ...]


@dataclass(frozen=True)
class RuleSet:
    """Everything in ``triage.json``."""

    version: str
    times: dict[str, frozenset[str]]
    derived: tuple[Derived, ...]
    rules: tuple[Rule, ...]
    modifiers: tuple[Rule, ...]
    level_questions: tuple[str, ...]
    core_fields: dict[str, str]
    asks: tuple[Ask, ...]
    max_follow_ups: int


@lru_cache(maxsize=1)
def rule_set() -> RuleSet:
    """Read and check ``triage.json``; raises :class:`TriageDataError`."""
    try:
        data = json.loads(FILE.read_text(encoding="utf-8"))
    except ValueError as error:
        raise TriageDataError(
            f"triage.json cannot be read: {error}. Restore the file or mend that line."
        ) from error
    times = {name: frozenset(values) for name, values in data["times"].items()}
    derived = tuple(
        Derived(
            row["id"],
            row["name"],
            _alternatives(row, times),
            tuple(map(frozenset, row.get("groups", ()))),
            row.get("at_least", 0),
        )
        for row in data["derived"]
    )
    return RuleSet(
        version=str(data["version"]),
        times=times,
        derived=derived,
        rules=tuple(_rule(row, times) for row in data["rules"]),
        modifiers=tuple(_rule({"level": "verhoogd", **row}, times) for row in data["modifiers"]),
        level_questions=tuple(data["level_questions"]),
        core_fields=dict(data["core_fields"]),
        asks=tuple(_ask(row) for row in data["asks"]),
        max_follow_ups=int(data["max_follow_ups"]),
    )


def _rule(row: dict[str, Any], times: dict[str, frozenset[str]]) -> Rule:
    if row["level"] not in LEVELS:
        raise TriageDataError(
            f"triage.json, rule {row['id']}: level {row['level']!r} is unknown; use one of {', '.join(LEVELS)}."
        )
    return Rule(
        row["id"], row["title"], row["level"], row.get("source", "domain.md 2.3"), _alternatives(row, times)
    )


def _alternatives(row: dict[str, Any], times: dict[str, frozenset[str]]) -> tuple[tuple[Atom, ...], ...]:
    alternatives = tuple(tuple(alternative) for alternative in row.get("any", ()))
    for alternative in alternatives:
        for atom in alternative:
            for problem in _problems(atom, times):
                raise TriageDataError(f"triage.json, rule {row['id']}: {problem}")
    return alternatives


def _problems(atom: Atom, times: dict[str, frozenset[str]]) -> Iterator[str]:
    if unknown := set(atom) - ATOM_KEYS:
        yield f"unknown key {sorted(unknown)}; use {sorted(ATOM_KEYS)}."
    if wrong := set(atom.get("indicator", ())) - set(catalogue().indicators):
        yield f"indicator {sorted(wrong)} is not in indicators.json."
    if wrong := set(atom.get("category", ())) - set(CATEGORIES):
        yield f"category {sorted(wrong)} is unknown."
    if atom.get("time", "ongoing") not in times:
        yield f'time {atom["time"]!r} is not defined under "times".'
    if atom.get("age", "minor") not in AGES:
        yield f"age {atom['age']!r} is unknown; use one of {sorted(AGES)}."


def _ask(row: dict[str, Any]) -> Ask:
    return Ask(
        row["ask"], tuple(row["roles"]), row.get("core"), tuple(row.get("reveals", ())), tuple(row.get("flags", ())),
        tuple(row.get("only_with", ())),
    )  # fmt: skip
