"""Words that name an indicator outright: readable rules beside the trained reader (``indicator_rules.tsv``).

They find what people say in so many words. A denial, a lesson or a film in the same clause is kept with the mention, so
that staff see what was denied; it asserts nothing then.
``afspraak_vandaag`` counts only together with another risk indicator (domain.md 1.4, 49).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meldpunt.indicators.catalogue import catalogue
from meldpunt.reading import context
from meldpunt.reading.normalise import Normalised
from meldpunt.reading.surroundings import Surroundings
from meldpunt.reading.types import Mention

DATA = Path(__file__).resolve().parent.parent / "data" / "indicator_rules.tsv"
CERTAINTY = 0.7
TODAY = "afspraak_vandaag"
RISK_CATEGORIES = frozenset({"handeling", "dwangmiddel", "uitbuitingsvorm"})
RISK_WEIGHT = 3


class LexiconError(ValueError):
    """``indicator_rules.tsv`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True)
class Entry:
    """One pattern for one indicator; ``name`` is the indicator with the line it stands on."""

    indicator: str
    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """All patterns, checked; raises :class:`LexiconError`."""
    lines = DATA.read_text(encoding="utf-8").splitlines()
    return tuple(
        _entry(line, number) for number, line in enumerate(lines, 1) if line and not line.startswith("#")
    )


def _entry(line: str, number: int) -> Entry:
    columns = line.split("\t")
    if len(columns) not in (2, 3) or columns[0] not in catalogue().indicators:
        raise LexiconError(
            f"indicator_rules.tsv, line {number}: expected indicator, pattern and optionally unless, separated by tabs."
        )
    try:
        unless = re.compile(columns[2]) if len(columns) == 3 and columns[2].strip() else None
        return Entry(columns[0], f"{columns[0]}:{number}", re.compile(columns[1]), unless)
    except re.error as error:
        raise LexiconError(
            f"indicator_rules.tsv, line {number}: the pattern cannot be read: {error}."
        ) from error


def find_named(
    message: Normalised, already: Collection[str], around: Callable[[int, int], Surroundings]
) -> tuple[Mention, ...]:
    """Indicators named outright that are not among ``already``; ``afspraak_vandaag`` only beside a risk indicator.

    ``around`` gives the surroundings of a span of the typed text.
    """
    found: dict[str, Mention] = {}
    for entry in entries():
        if entry.indicator in already or (entry.indicator in found and found[entry.indicator].asserted):
            continue
        match = entry.pattern.search(message.text)
        if match and (mention := _mention(message, match, entry, around)):
            found[entry.indicator] = mention
    asserted = {name for name, mention in found.items() if mention.asserted}
    if TODAY in found and not any(_is_risk(name) for name in {*already, *asserted} - {TODAY}):
        del found[TODAY]
    return tuple(found.values())


def _mention(
    message: Normalised, match: re.Match[str], entry: Entry, around: Callable[[int, int], Surroundings]
) -> Mention | None:
    sentence = context.sentence_around(message.text, match.start(), match.end())
    if entry.unless and entry.unless.search(sentence):
        return None
    start, end = message.span(match.start(), match.end())
    found = around(start, end)
    return Mention(
        entry.indicator, start, end, message.typed[start:end], recognised_by="regel", rule=entry.name,
        certainty=CERTAINTY, modality=found.modality, polarity=found.polarity,
    )  # fmt: skip


def _is_risk(indicator: str) -> bool:
    known = catalogue()[indicator]
    return known.category in RISK_CATEGORIES and known.weight >= RISK_WEIGHT
