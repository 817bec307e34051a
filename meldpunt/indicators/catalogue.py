"""The 50 risk indicators (domain.md 1.4) as checked data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from meldpunt.data_files import DataFileError, line_of, read_json

FILE = Path(__file__).resolve().parent.parent / "data" / "indicators.json"
CATEGORIES = ("handeling", "dwangmiddel", "uitbuitingsvorm", "kwetsbaarheid", "signaal_gedrag", "acuut")
SEXUAL = frozenset(
    {
        "gedwongen_seks", "seksueel_grensoverschrijdend", "seksafspraak_voor_geld", "gedwongen_prostitutie",
        "naaktbeelden_verspreid", "betaalde_naaktbeelden_online", "chantage_beeldmateriaal", "hotelafspraak",
    }
)  # fmt: skip


class CatalogueError(DataFileError):
    """``indicators.json`` holds a mistake; the message names the line, the indicator and the remedy."""


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
    return load_catalogue(FILE)


def load_catalogue(file: Path) -> Catalogue:
    """Read and check the indicators in ``file``; raises :class:`CatalogueError`."""
    data, text = read_json(file, CatalogueError)
    if not isinstance(data, dict) or not data.get("versie") or not data.get("indicatoren"):
        raise CatalogueError(file.name, 1, "needs versie and indicatoren; add them.")
    found: dict[str, Indicator] = {}
    for row in data["indicatoren"]:
        line = line_of(text, f'"id": "{row.get("id", "")}"')
        if problem := _problem(row):
            raise CatalogueError(file.name, line, f"indicator {row.get('id', 'without id')}: {problem}")
        if row["id"] in found:
            raise CatalogueError(file.name, line, f"indicator {row['id']} is there twice; remove one.")
        found[row["id"]] = Indicator(
            row["id"], row["label"], row["definitie"], row["categorie"], row["gewicht"], row["art273f"]
        )
    return Catalogue(str(data["versie"]), found)


def _problem(row: dict[str, Any]) -> str:
    missing = [k for k in ("id", "label", "definitie", "categorie", "gewicht", "art273f") if not row.get(k)]
    if missing:
        return f"fill in {', '.join(missing)}."
    if row["categorie"] not in CATEGORIES:
        return f"category {row['categorie']!r} is unknown; use one of {', '.join(CATEGORIES)}."
    if not isinstance(row["gewicht"], int) or not 1 <= row["gewicht"] <= 5:
        return "the weight must be a whole number from 1 to 5."
    return ""
