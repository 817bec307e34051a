"""Where people can turn to: numbers and sites from ``data/help.yml``, the only place that holds them (domain.md 5)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from meldpunt.indicators.catalogue import catalogue

FILE = Path(__file__).resolve().parent / "data" / "help.yml"
SHOWN = 3  # domain.md 5: at most three at a time
LAST = 99
ROLES = frozenset({"self", "parent", "professional", "bystander"})
BANDS = frozenset({"under_12", "12_15", "16_17", "18_23", "24_plus", "unknown"})
NUMBER = re.compile(r"^\+?[0-9][0-9 -]{1,17}$")
PLACEHOLDER = re.compile(r"\{nummer_([a-z0-9_]+)\}")


class HelpDataError(ValueError):
    """``help.yml`` holds a mistake; the message names the row and the remedy."""


@dataclass(frozen=True)
class Organisation:
    """One organisation; ``fits`` names indicators, roles and age bands for which it is shown."""

    id: str
    name: str
    number: str | None
    free: str | None
    abroad: str | None
    site: str | None
    checked: date
    order: int
    indicators: frozenset[str]
    roles: frozenset[str]
    bands: frozenset[str]

    def fits(self, indicators: Collection[str], role: str, band: str) -> bool:
        """Whether it is for somebody in this situation; an empty condition holds for everybody."""
        if self.indicators:
            return bool(self.indicators & set(indicators))
        if not (self.roles or self.bands):
            return False
        return (not self.roles or role in self.roles) and (not self.bands or band in self.bands)

    def say(self) -> str:
        """Name with number, or with site where it has no number."""
        return f"{self.name} {self.number or self.site}"


@lru_cache(maxsize=1)
def organisations() -> Mapping[str, Organisation]:
    """All organisations by id; raises :class:`HelpDataError`."""
    try:
        rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))["organisations"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise HelpDataError(
            f"help.yml cannot be read: {error}. Mend that line or restore the file."
        ) from error
    return {row.id: row for row in map(_organisation, rows)}


def fitting(indicators: Collection[str], role: str, band: str) -> tuple[Organisation, ...]:
    """At most three organisations for this situation, the most fitting first."""
    found = [each for each in organisations().values() if each.fits(indicators, role, band)]
    return tuple(sorted(found, key=lambda each: each.order)[:SHOWN])


def numbers() -> dict[str, str]:
    """What stands for ``{nummer_ID}`` in texts; ``ID_gratis`` and ``ID_buitenland`` give the other numbers."""
    found = {}
    for each in organisations().values():
        for suffix, number in (("", each.number), ("_gratis", each.free), ("_buitenland", each.abroad)):
            if number:
                found[each.id + suffix] = number
    return found


def with_numbers(text: str) -> str:
    """``text`` with its ``{nummer_ID}`` filled in; raises :class:`HelpDataError` for an id that is not there."""

    def fill(match: re.Match[str]) -> str:
        try:
            return numbers()[match.group(1)]
        except KeyError:
            raise HelpDataError(
                f"A text names {{nummer_{match.group(1)}}}: add that row to help.yml."
            ) from None

    return PLACEHOLDER.sub(fill, text)


def _organisation(row: dict[str, Any]) -> Organisation:
    fits = row.get("fits") or {}
    found = Organisation(
        id=str(row.get("id", "")), name=str(row.get("name", "")), number=row.get("number"), free=row.get("free"),
        abroad=row.get("abroad"), site=row.get("site"), checked=_date(row), order=int(row.get("order", LAST)),
        indicators=frozenset(fits.get("indicators", ())), roles=frozenset(fits.get("roles", ())),
        bands=frozenset(str(band) for band in fits.get("bands", ())),
    )  # fmt: skip
    if problem := _problem(found):
        raise HelpDataError(f"help.yml, row {found.id or row}: {problem}")
    return found


def _date(row: dict[str, Any]) -> date:
    checked = row.get("checked")
    if not isinstance(checked, date):
        raise HelpDataError(
            f"help.yml, row {row.get('id')}: needs checked: the date on which somebody checked it, as 2026-11-24."
        )
    return checked


def _problem(row: Organisation) -> str:
    if not (row.id and row.name and (row.number or row.site)):
        return "needs id, name, and a number or a site."
    for number in (row.number, row.free, row.abroad):
        if number and not NUMBER.match(number):
            return f"{number!r} is no telephone number."
    if unknown := (row.indicators - set(catalogue().indicators)) | (row.roles - ROLES) | (row.bands - BANDS):
        return f"fits names {sorted(unknown)}, which does not exist."
    return ""
