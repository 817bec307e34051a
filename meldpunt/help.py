"""Where people can turn to: numbers and sites from ``data/help.yml``, the only place that holds them (domain.md 5)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from meldpunt.data_files import DataFileError, line_of, read_yaml
from meldpunt.indicators.catalogue import catalogue
from meldpunt.reading.remarks import KINDS

FILE = Path(__file__).resolve().parent / "data" / "help.yml"
SHOWN = 3  # domain.md 5: at most three at a time
LAST = 99
ROLES = frozenset({"self", "parent", "professional", "bystander"})
BANDS = frozenset({"under_12", "12_15", "16_17", "18_23", "24_plus", "unknown"})
NUMBER = re.compile(r"^\+?[0-9][0-9 -]{1,17}$")
PLACEHOLDER = re.compile(r"\{nummer_([a-z0-9_]+)\}")


class HelpDataError(DataFileError):
    """``help.yml`` holds a mistake; the message names the line, the row and the remedy."""


@dataclass(frozen=True)
class Organisation:
    """One organisation; ``fits`` names indicators, roles, age bands and remarks for which it is shown."""

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
    remarks: frozenset[str]

    def fits(self, indicators: Collection[str], role: str, band: str, remarks: Collection[str] = ()) -> bool:
        """Whether it is for somebody in this situation; an empty condition holds for everybody."""
        if self.remarks:
            return bool(self.remarks & set(remarks))
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
    return load_organisations(FILE)


def load_organisations(file: Path) -> Mapping[str, Organisation]:
    """Read and check the organisations in ``file``; raises :class:`HelpDataError`."""
    data, text = read_yaml(file, HelpDataError)
    rows = data.get("organisations") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise HelpDataError(
            file.name, line_of(text, "organisations"), "needs organisations: a list of rows {id: ..., name: ...}."
        )
    found: dict[str, Organisation] = {}
    for row in rows:
        line = _line(row, text)
        if (each := _organisation(row, file.name, line)).id in found:
            raise HelpDataError(file.name, line, f"row {each.id} is there twice; remove one.")
        found[each.id] = each
    return found


def _line(row: dict[str, Any], text: str) -> int:
    """The line of a row: by its id, or by its name where the id is missing."""
    for key in ("id", "name"):
        value = row.get(key)
        for written in (f'"{value}"', f"'{value}'", f"{value},", f"{value}"):
            if f"{key}: {written}" in text:
                return line_of(text, f"{key}: {written}")
    return line_of(text, "organisations")


def fitting(
    indicators: Collection[str], role: str, band: str, remarks: Collection[str] = ()
) -> tuple[Organisation, ...]:
    """At most three organisations for this situation, the most fitting first."""
    found = [each for each in organisations().values() if each.fits(indicators, role, band, remarks)]
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
            problem = f"a text names {{nummer_{match.group(1)}}}: add that row."
            raise HelpDataError(FILE.name, 1, problem) from None

    return PLACEHOLDER.sub(fill, text)


def _organisation(row: dict[str, Any], file: str, line: int) -> Organisation:
    fits, checked, order = row.get("fits") or {}, row.get("checked"), row.get("order", LAST)
    name = f"row {row.get('id') or row}"
    if not isinstance(checked, date):
        problem = "needs checked: the date on which somebody checked it, as 2026-11-24."
        raise HelpDataError(file, line, f"{name}: {problem}")
    if not isinstance(order, int) or not isinstance(fits, dict):
        raise HelpDataError(file, line, f"{name}: order is a number and fits a table {{indicators, roles, bands, remarks}}.")
    found = Organisation(
        id=str(row.get("id", "")), name=str(row.get("name", "")), number=row.get("number"), free=row.get("free"),
        abroad=row.get("abroad"), site=row.get("site"), checked=checked, order=order,
        indicators=frozenset(fits.get("indicators", ())), roles=frozenset(fits.get("roles", ())),
        bands=frozenset(str(band) for band in fits.get("bands", ())), remarks=frozenset(fits.get("remarks", ())),
    )  # fmt: skip
    if problem := _problem(found):
        raise HelpDataError(file, line, f"{name}: {problem}")
    return found


def _problem(row: Organisation) -> str:
    if not (row.id and row.name and (row.number or row.site)):
        return "needs id, name, and a number or a site."
    for number in (row.number, row.free, row.abroad):
        if number and not NUMBER.match(str(number)):
            return f"{number!r} is no telephone number; write it in quotes, as \"0800-0432\"."
    if unknown := (
        (row.indicators - set(catalogue().indicators)) | (row.roles - ROLES) | (row.bands - BANDS) | (row.remarks - KINDS)
    ):
        problem = "which does not exist; use ids of indicators.json, roles, age bands and kinds of remarks.tsv."
        return f"fits names {sorted(unknown)}, {problem}"
    return ""
