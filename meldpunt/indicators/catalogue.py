"""The 50 risk indicators (domain.md 1.4) as checked data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "indicators.json"
CATEGORIES = ("handeling", "dwangmiddel", "uitbuitingsvorm", "kwetsbaarheid", "signaal_gedrag", "acuut")
SEXUAL = frozenset(
    {
        "gedwongen_seks", "seksueel_grensoverschrijdend", "seksafspraak_voor_geld", "gedwongen_prostitutie",
        "naaktbeelden_verspreid", "betaalde_naaktbeelden_online", "chantage_beeldmateriaal", "hotelafspraak",
    }
)  # fmt: skip


class CatalogueError(ValueError):
    """``indicators.json`` holds a mistake; the message names the indicator and the remedy."""


@dataclass(frozen=True)
class Indicator:
    """One indicator: its id, label, category and weight 1-5 (weight only orders within a level, domain.md 2.4)."""

    id: str
    label: str
    definition: str
    category: str
    weight: int
    article: str


@dataclass(frozen=True)
class Catalogue:
    """All indicators by id, in the order of the file, with the version of the list."""

    version: str
    indicators: dict[str, Indicator]

    def __getitem__(self, identifier: str) -> Indicator:
        return self.indicators[identifier]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Read and check ``indicators.json``; raises :class:`CatalogueError`."""
    try:
        data = json.loads(FILE.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CatalogueError(
            f"indicators.json cannot be read: {error}. Restore the file or mend that line."
        ) from error
    found: dict[str, Indicator] = {}
    for number, row in enumerate(data["indicatoren"], 1):
        indicator = _indicator(row, number)
        if indicator.id in found:
            raise CatalogueError(
                f"indicators.json, indicator {number}: {indicator.id!r} is there twice; remove one."
            )
        found[indicator.id] = indicator
    return Catalogue(str(data["versie"]), found)


def _indicator(row: dict[str, object], number: int) -> Indicator:
    where = f"indicators.json, indicator {number} ({row.get('id', 'without id')})"
    missing = [k for k in ("id", "label", "definitie", "categorie", "gewicht", "art273f") if not row.get(k)]
    if missing:
        raise CatalogueError(f"{where}: fill in {', '.join(missing)}.")
    if row["categorie"] not in CATEGORIES:
        raise CatalogueError(
            f"{where}: category {row['categorie']!r} is unknown; use one of {', '.join(CATEGORIES)}."
        )
    weight = row["gewicht"]
    if not isinstance(weight, int) or not 1 <= weight <= 5:
        raise CatalogueError(f"{where}: the weight must be a whole number from 1 to 5.")
    return Indicator(
        str(row["id"]),
        str(row["label"]),
        str(row["definitie"]),
        str(row["categorie"]),
        weight,
        str(row["art273f"]),
    )
