"""Figures over a calendar year: counted from sealed reports while somebody looks, and published without small numbers.

Only reports whose reporter agreed to ``anonieme_statistiek`` count. Every table is a partition of one and the same
population and tables are never crossed; figures of overlapping periods are not published (docs/cijfers.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from statistics import fmean, median
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import select

from handover.desk import Desk
from handover.store import ConsentRow, HandedOverKey, Receipt, ReportRow
from handover.vault import Keyring, NotOpened
from meldpunt.places.gazetteer import load_gazetteer
from meldpunt.report_values import Leeftijdsband, Level, Rol, Vorm

SMALLEST = 5  # a number below this is never shown
SLACK = 4  # how far a hidden number can move without the published table changing, at least
ENOUGH = 10  # below this no median, share or mean, and no figures at all
UNKNOWN, OUTSIDE = "onbekend", "buiten"
ONLINE, OFFLINE = "online", "niet_online"
ONLINE_SIGNS = frozenset({"online_werving", "betaalde_naaktbeelden_online"})
Published = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """One report, as far as figures go. Hours are None where it did not happen yet."""

    month: str
    municipality: str
    form: str
    age: str
    role: str
    level: str
    origin: str
    hours_to_reading: float | None
    hours_to_answer: float | None
    came_back: bool
    completeness: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is published: None is hidden, ``rows`` is None where the whole table is withheld."""

    name: str
    rows: Published | None

    @property
    def largest(self) -> tuple[str, int] | None:
        """The row with the highest shown number; None where nothing is shown or several are highest."""
        seen = [(number, key) for key, number in (self.rows or {}).items() if number]
        top = sorted(seen, reverse=True)[:2]
        if not top or (len(top) == 2 and top[0][0] == top[1][0]):
            return None
        return top[0][1], top[0][0]

    @property
    def hides(self) -> bool:
        return self.rows is not None and None in self.rows.values()


@dataclass(frozen=True, slots=True)
class Figures:
    """A year. ``total`` is None where there are too few reports to publish anything."""

    year: int
    complete: bool
    total: int | None
    left_out: int | None
    tables: tuple[Table, ...]
    reading: float | None
    answer: float | None
    came_back: float | None
    completeness: float | None


def suppress(counts: Mapping[str, int]) -> Published | None:
    """Hide every number from 1 to 4, and so many others that no hidden number follows from the rest and the total.

    Which others are hidden depends on the order of the rows only, never on how large they are beyond 5. Afterwards each
    small number could be any from 1 to 4, also for somebody who knows this rule. None: the table cannot be published.
    """
    small = [key for key, number in counts.items() if 0 < number < SMALLEST]
    if not small:
        return dict(counts)
    order = list(counts)
    begin = order.index(small[0])
    hidden, slack = set(small), sum(counts[key] - 1 for key in small)
    helpers = 0
    for key in order[begin + 1 :] + order[:begin]:
        if helpers and slack >= SLACK:
            break
        if counts[key] >= SMALLEST:
            hidden.add(key)
            slack += counts[key] - SMALLEST
            helpers += 1
    if not helpers or slack < SLACK:
        return None
    return {key: None if key in hidden else number for key, number in counts.items()}


def share(part: int, whole: int) -> float | None:
    """A share, or None where it would show a small number."""
    other = whole - part
    if whole < ENOUGH or 0 < part < SMALLEST or 0 < other < SMALLEST:
        return None
    return part / whole


def figures(year: int, counted: Sequence[Counted], left_out: int, *, complete: bool) -> Figures:
    """Everything that is published over a year."""
    total = len(counted)
    if total < ENOUGH:
        return Figures(year, complete, None, None, (), None, None, None, None)
    tables = tuple(
        Table(name, suppress(_in_order(keys, (getattr(one, name) for one in counted))))
        for name, keys in rows_of_tables().items()
    )
    return Figures(
        year, complete, total, left_out if left_out == 0 or left_out >= SMALLEST else None, tables,
        _middle(one.hours_to_reading for one in counted), _middle(one.hours_to_answer for one in counted),
        share(sum(one.came_back for one in counted), total), fmean(one.completeness for one in counted),
    )  # fmt: skip


@cache
def rows_of_tables() -> dict[str, tuple[str, ...]]:
    """The rows of every table, always all of them: which rows there are says nothing about who reported."""
    return {
        "municipality": (*load_gazetteer().municipalities, OUTSIDE, UNKNOWN),
        "month": tuple(f"{number:02d}" for number in range(1, 13)),
        "form": (*get_args(Vorm), UNKNOWN),
        "age": (*get_args(Leeftijdsband), UNKNOWN),
        "role": (*get_args(Rol), UNKNOWN),
        "level": get_args(Level),
        "origin": (ONLINE, OFFLINE),
    }


async def count(desk: Desk, keyring: Keyring, year: int) -> tuple[list[Counted], int]:
    """Every report of a calendar year that counts, opened one by one, and how many do not count."""
    zone = ZoneInfo(desk.settings.timezone)
    begin, end = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    counted: list[Counted] = []
    left_out = 0
    async with desk.store.reading() as session:
        agreed = set(
            await session.scalars(
                select(ConsentRow.reference).where(
                    ConsentRow.item == "anonieme_statistiek",
                    ConsentRow.value == "ja",
                    ConsentRow.withdrawn_at.is_(None),
                )
            )
        )
        used = set(await session.scalars(select(Receipt.conversation_id).where(Receipt.used_at.is_not(None))))
        rows = await session.execute(
            select(ReportRow, HandedOverKey)
            .join(HandedOverKey, HandedOverKey.conversation_id == ReportRow.conversation_id)
            .where(ReportRow.kind == "melding", ReportRow.created_at >= begin, ReportRow.created_at < end)
        )
        for row, key in rows.all():
            try:
                keys = keyring.open(row.conversation_id, key.generation, key.sealed)
                report = keys.open(row.part, 0, "report", row.sealed_report)
            except NotOpened:
                left_out += 1
                continue
            if row.reference in agreed:
                counted.append(_counted(row, report, zone, row.conversation_id in used))
            else:
                left_out += 1
    return counted, left_out


async def years(desk: Desk) -> list[int]:
    """The years in which reports came in, the newest first."""
    zone = ZoneInfo(desk.settings.timezone)
    async with desk.store.reading() as session:
        moments = await session.scalars(select(ReportRow.created_at).where(ReportRow.kind == "melding"))
        return sorted({moment.astimezone(zone).year for moment in moments}, reverse=True)


def _counted(row: ReportRow, report: dict[str, Any], zone: ZoneInfo, came_back: bool) -> Counted:
    facts = report["feiten"]
    seen = {m["indicator"] for m in facts["indicatoren"] if m["polariteit"] == "bevestigd"}
    online = bool(facts["platforms"]["value"]) or bool(seen & ONLINE_SIGNS)
    return Counted(
        month=f"{row.created_at.astimezone(zone):%m}",
        municipality=row.municipality or UNKNOWN,
        form=facts["vorm"]["value"] or UNKNOWN,
        age=report["betrokkene"]["leeftijdsband"]["value"] or UNKNOWN,
        role=row.reporter_role or UNKNOWN,
        level=row.level,
        origin=ONLINE if online else OFFLINE,
        hours_to_reading=_hours(row.created_at, row.first_opened_at),
        hours_to_answer=_hours(row.created_at, row.first_answered_at),
        came_back=came_back,
        completeness=report["kwaliteit"]["volledigheid"],
    )


def _in_order(keys: Sequence[str], values: Iterable[str]) -> dict[str, int]:
    found = Counter(value if value in keys else keys[-1] for value in values)
    return {key: found[key] for key in keys}


def _middle(hours: Iterable[float | None]) -> float | None:
    known = [one for one in hours if one is not None]
    return median(known) if len(known) >= ENOUGH else None


def _hours(begin: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - begin).total_seconds() / 3600
