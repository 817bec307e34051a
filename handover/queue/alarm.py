"""What must not be missed: who waits for a person now, what is acuut and of nobody, and words that make a case acuut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import join

from handover.audit import Doing
from handover.desk import SYSTEM, Desk
from handover.hub import QUEUE
from handover.queue.cases import note_event
from handover.queue.listing import AT_REST
from handover.queue.status import STATUSES
from handover.store import Conversation, ReportRow
from handover.store.database import announce

ACUTE, WAITING = "acuut", "waiting"
AT_WORK = frozenset(STATUSES) - AT_REST


@dataclass(frozen=True, slots=True)
class Alarm:
    """How many wait for a person, how many of those are acuut, and how many other acute cases are of nobody."""

    waiting: int = 0
    acute_waiting: int = 0
    acute_of_nobody: int = 0


async def alarm(desk: Desk) -> Alarm:
    """The numbers of this moment, for the top of every page: no reference, no content. Found by their indexes."""
    free = or_(ReportRow.claimed_by.is_(None), ReportRow.lease_until < desk.clock())
    both = join(ReportRow, Conversation, Conversation.id == ReportRow.conversation_id)
    async with desk.store.reading() as session:
        waiting = await session.execute(
            select(ReportRow.level, func.count())
            .select_from(both)
            .where(Conversation.state == WAITING)
            .group_by(ReportRow.level)
        )
        of_nobody = await session.scalar(
            select(func.count())
            .select_from(both)
            .where(
                ReportRow.status.in_(AT_WORK), ReportRow.level == ACUTE, free, Conversation.state != WAITING
            )
        )
    by_level = dict(waiting.tuples().all())
    return Alarm(sum(by_level.values()), by_level.get(ACUTE, 0), of_nobody or 0)


async def raise_to_acute(desk: Desk, session: AsyncSession, conversation_id: str, kinds: Sequence[str]) -> None:
    """Make a case acuut where the visitor says something acute (``kinds``: safety kinds) while the bot is silent.

    Only up: people lower it, two of them. What the rules propose stays as it is. Nothing where there is no case (yet).
    """
    row = await session.scalar(
        select(ReportRow).where(ReportRow.conversation_id == conversation_id).with_for_update()
    )
    if row is None or not kinds or row.level == ACUTE:
        return
    old, row.level = row.level, ACUTE
    now = desk.clock()
    await note_event(session, row, "safety", SYSTEM, now, old=old, new=kinds[0])
    doing = Doing(SYSTEM, "case.level", row.reference, details=(("new", ACUTE), ("old", old)))
    await desk.audit.write(session, doing, now)
    announce(session, QUEUE)
