"""A case that went from one colleague to another: both hear of it, on the case with the reason, in the queue for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from handover.desk import Actor, Desk
from handover.store import CaseEvent, ReportRow, Staff

TOLD_FOR = timedelta(days=1)
GIVEN, TAKEN = "handed_to", "taken_over"


@dataclass(frozen=True, slots=True)
class Passed:
    """A case that was given to somebody, or taken from them, and by whom; the reason is on the case."""

    reference: str
    kind: str
    by: str
    at: datetime


async def passed_lately(desk: Desk, actor: Actor) -> list[Passed]:
    """What colleagues gave to ``actor`` or took from them, as far as it is still so, the newest first."""
    given = (CaseEvent.kind == GIVEN) & (CaseEvent.new == actor.id) & (ReportRow.claimed_by == actor.id)
    taken = (CaseEvent.kind == TAKEN) & (CaseEvent.old == actor.id) & (ReportRow.claimed_by == CaseEvent.new)
    async with desk.store.reading() as session:
        rows = await session.execute(
            select(CaseEvent.reference, CaseEvent.kind, Staff.display_name, CaseEvent.at)
            .join(ReportRow, ReportRow.reference == CaseEvent.reference)
            .join(Staff, Staff.id == CaseEvent.by)
            .where(CaseEvent.at > desk.clock() - TOLD_FOR, or_(given, taken))
            .order_by(CaseEvent.id.desc())
        )
    latest: dict[str, Passed] = {}
    for row in rows:
        latest.setdefault(row.reference, Passed(row.reference, row.kind, row.display_name, row.at))
    return list(latest.values())
