"""The figures of a year that is over: counted once, kept as published, and never again different.

Two copies of the same year that differ could be subtracted; and reports that their term takes away would make it shrink.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from handover.desk import Actor, Desk
from handover.statistics import Figures, Table, count, figures, years
from handover.store import YearFigures
from handover.vault import Keyring


async def figures_of(
    desk: Desk, actor: Actor, keyring: Keyring, year: int, *, complete: bool
) -> tuple[Figures, datetime | None]:
    """The figures of a year, and since when they are fixed: the first look after a year fixes them."""
    if not complete:
        return figures(year, *await count(desk, keyring, year), complete=False), None
    async with desk.store.reading() as session:
        kept = await session.get(YearFigures, year)
    if kept is not None:
        return _read(kept.figures), kept.at
    found, now = figures(year, *await count(desk, keyring, year), complete=True), desk.clock()
    async with desk.store.writing() as session:
        kept = await session.get(YearFigures, year, with_for_update=True)
        if kept is None:
            kept = YearFigures(year=year, figures=asdict(found), at=now)
            session.add(kept)
            await desk.record(session, actor, "figures.fixed", str(year))
    return _read(kept.figures), kept.at


async def known_years(desk: Desk) -> list[int]:
    """The years in which reports came in, those of which none is left included; the newest first."""
    async with desk.store.reading() as session:
        kept = set(await session.scalars(select(YearFigures.year)))
    return sorted(kept | set(await years(desk)), reverse=True)


def _read(data: dict[str, Any]) -> Figures:
    return Figures(**{**data, "tables": tuple(Table(**table) for table in data["tables"])})
