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

from meldpunt.data_files import DataFileError, pattern_of, rows_of_tabs
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


class LexiconError(DataFileError):
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
    return load_entries(DATA)


def load_entries(file: Path) -> tuple[Entry, ...]:
    """Read and check the patterns in ``file``; raises :class:`LexiconError`."""
    return tuple(
        _entry(file.name, number, cells) for number, cells in rows_of_tabs(file, LexiconError, (2, 3))
    )


def _entry(file: str, number: int, cells: list[str]) -> Entry:
    indicator, pattern, *unless = cells
    if indicator not in catalogue().indicators:
        raise LexiconError(
            file, number, f"indicator {indicator!r} is not in indicators.json; use an id of that file."
        )
    return Entry(
        indicator,
        f"{indicator}:{number}",
        pattern_of(file, number, pattern, LexiconError),
        pattern_of(file, number, unless[0], LexiconError) if unless and unless[0].strip() else None,
    )


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
