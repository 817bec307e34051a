"""The triage rules as checked data (domain.md 1.5, 2.2-2.4); ``engine.py`` applies them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from meldpunt.data_files import read_json
from meldpunt.triage.checks import LEVELS, TriageDataError, check

FILE = Path(__file__).resolve().parent.parent / "data" / "triage.json"

Atom = dict[str, Any]

__all__ = ["LEVELS", "Ask", "Atom", "Derived", "Rule", "RuleSet", "TriageDataError", "load_rules", "rule_set"]


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
    """A computed indicator D1-D8: alternatives as in a rule, or at least n of some groups of indicators.

    ``later_is_heavier``: it also holds when a later mention is heavier than an earlier one (D5).
    """

    id: str
    name: str
    alternatives: tuple[tuple[Atom, ...], ...]
    groups: tuple[frozenset[str], ...]
    at_least: int
    later_is_heavier: bool


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
    """Everything in ``triage.json``.

    ``about_now`` are indicators whose time the answer to ``when`` does not tell; ``order_of_times`` runs from long ago
    to planned; ``words`` are patterns over the words of a mention.
    """

    version: str
    times: dict[str, frozenset[str]]
    about_now: frozenset[str]
    order_of_times: tuple[str, ...]
    words: dict[str, re.Pattern[str]]
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
    return load_rules(FILE)


def load_rules(file: Path) -> RuleSet:
    """Read and check the rules in ``file``; raises :class:`TriageDataError` with line and remedy."""
    data, text = read_json(file, TriageDataError)
    check(data, text, file.name)
    return RuleSet(
        version=str(data["version"]),
        times={name: frozenset(values) for name, values in data["times"].items()},
        about_now=frozenset(data["about_now"]),
        order_of_times=tuple(data["order_of_times"]),
        words={name: re.compile(pattern) for name, pattern in data["words"].items()},
        derived=tuple(map(_derived, data["derived"])),
        rules=tuple(map(_rule, data["rules"])),
        modifiers=tuple(map(_rule, data["modifiers"])),
        level_questions=tuple(data["level_questions"]),
        core_fields=dict(data["core_fields"]),
        asks=tuple(map(_ask, data["asks"])),
        max_follow_ups=int(data["max_follow_ups"]),
    )


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        row["id"],
        row["title"],
        row.get("level", "verhoogd"),
        row.get("source", "domain.md 2.3"),
        _alternatives(row),
    )


def _derived(row: dict[str, Any]) -> Derived:
    groups = tuple(map(frozenset, row.get("groups", ())))
    return Derived(
        row["id"],
        row["name"],
        _alternatives(row),
        groups,
        row.get("at_least", 0),
        row.get("later_is_heavier", False),
    )


def _alternatives(row: dict[str, Any]) -> tuple[tuple[Atom, ...], ...]:
    return tuple(tuple(alternative) for alternative in row.get("any", ()))


def _ask(row: dict[str, Any]) -> Ask:
    return Ask(
        row["ask"], tuple(row["roles"]), row.get("core"), tuple(row.get("reveals", ())), tuple(row.get("flags", ())),
        tuple(row.get("only_with", ())),
    )  # fmt: skip
