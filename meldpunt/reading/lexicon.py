"""Words that name an indicator outright: readable rules beside the trained reader (``indicator_rules.tsv``).

They find what people say in so many words. A denial, a lesson or a film in the same clause is kept with the mention, so
that staff see what was denied; it asserts nothing then.
``afspraak_vandaag`` counts only together with another risk indicator (domain.md 1.4, 49).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError
from meldpunt.indicators.catalogue import catalogue
from meldpunt.pattern_tables import PatternRow, read_rows
from meldpunt.reading import context
from meldpunt.reading.normalise import Normalised
from meldpunt.reading.surroundings import Surroundings
from meldpunt.reading.types import Mention

DATA = Path(__file__).resolve().parent.parent / "data" / "indicator_rules.tsv"
CERTAINTY = 0.7
OUTRIGHT = "!"  # after the name of an indicator whose words say all: they count also where the model is blind to them
OUTRIGHT_CERTAINTY = 0.8
TODAY = "afspraak_vandaag"
RISK_CATEGORIES = frozenset({"handeling", "dwangmiddel", "uitbuitingsvorm"})
RISK_WEIGHT = 3


class LexiconError(DataFileError):
    """``indicator_rules.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def entries() -> tuple[PatternRow, ...]:
    """All patterns, checked; raises :class:`LexiconError`."""
    return load_entries(DATA)


def load_entries(file: Path) -> tuple[PatternRow, ...]:
    """Read and check the patterns in ``file``; raises :class:`LexiconError`."""
    return read_rows(file, LexiconError, _indicator)


def _indicator(name: str) -> str | None:
    if name.removesuffix(OUTRIGHT) in catalogue().indicators:
        return None
    return f"indicator {name!r} is not in indicators.json; use an id of that file."


def find_named(
    message: Normalised, already: Collection[str], around: Callable[[int, int], Surroundings]
) -> tuple[Mention, ...]:
    """Indicators named outright that are not among ``already``; ``afspraak_vandaag`` only beside a risk indicator.

    ``around`` gives the surroundings of a span of the typed text.
    """
    found: dict[str, Mention] = {}
    for entry in entries():
        name = entry.name.removesuffix(OUTRIGHT)
        if name in already or (name in found and found[name].asserted):
            continue
        match = entry.pattern.search(message.text)
        if match and (mention := _mention(message, match, entry, around)):
            found[name] = mention
    asserted = {name for name, mention in found.items() if mention.asserted}
    if TODAY in found and not any(is_risk(name) for name in {*already, *asserted} - {TODAY}):
        del found[TODAY]
    return tuple(found.values())


def _mention(
    message: Normalised, match: re.Match[str], entry: PatternRow, around: Callable[[int, int], Surroundings]
) -> Mention | None:
    sentence = context.sentence_around(message.text, match.start(), match.end())
    if entry.unless and entry.unless.search(sentence):
        return None
    start, end = message.span(match.start(), match.end())
    found = around(start, end)
    name = entry.name.removesuffix(OUTRIGHT)
    certainty = CERTAINTY if name == entry.name else OUTRIGHT_CERTAINTY
    return Mention(
        name, start, end, message.typed[start:end], recognised_by="regel", rule=f"{name}:{entry.line}",
        certainty=certainty, modality=found.modality, polarity=found.polarity,
    )  # fmt: skip


def is_risk(indicator: str) -> bool:
    """Whether an indicator is a risk of its own, beside which an appointment today counts."""
    known = catalogue()[indicator]
    return known.category in RISK_CATEGORIES and known.weight >= RISK_WEIGHT
