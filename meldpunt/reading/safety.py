"""Safety cues from the words themselves, before and independent of any classifier (conversation.md, "Safety").

The phrase families are data (``safety_phrases.tsv``). What switches a family off must stand in the same clause, so a
denial elsewhere in the message never hides a cue (domain.md 1.3, special rules).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meldpunt.reading.context import clause_around
from meldpunt.reading.normalise import Normalised
from meldpunt.reading.types import SafetyCue

DATA = Path(__file__).resolve().parent.parent / "data" / "safety_phrases.tsv"
KINDS = ("nu_in_gevaar", "opgesloten_vastgehouden", "suicidaal", "dader_leest_mee", "vermist_weggelopen")


class SafetyDataError(ValueError):
    """``safety_phrases.tsv`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True)
class Family:
    """One family of phrases for one kind of safety cue."""

    kind: str
    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """The phrase families in the order of the file; raises :class:`SafetyDataError` on a mistake in it."""
    found = []
    for number, line in enumerate(DATA.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        found.append(_family(line, number))
    return tuple(found)


def _family(line: str, number: int) -> Family:
    columns = line.split("\t")
    if len(columns) not in (3, 4) or columns[0] not in KINDS:
        raise SafetyDataError(
            f"safety_phrases.tsv, line {number}: expected kind, family, pattern and optionally unless, separated by tabs."
        )
    try:
        pattern = re.compile(columns[2])
        unless = re.compile(columns[3]) if len(columns) == 4 and columns[3] else None
    except re.error as error:
        raise SafetyDataError(
            f"safety_phrases.tsv, line {number}: the pattern cannot be read: {error}."
        ) from error
    return Family(columns[0], columns[1], pattern, unless)


def find_cues(message: Normalised) -> tuple[SafetyCue, ...]:
    """All safety cues in the message, in the order of the families; one a family."""
    cues = []
    for family in families():
        for match in family.pattern.finditer(message.text):
            if family.unless and family.unless.search(
                clause_around(message.text, match.start(), match.end())
            ):
                continue
            start, end = message.span(match.start(), match.end())
            cues.append(SafetyCue(family.kind, start, end, message.typed[start:end], family.name))  # type: ignore[arg-type]
            break
    return tuple(cues)
