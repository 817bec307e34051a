"""Who of the staff takes conversations now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update

from handover.desk import Actor, Desk
from handover.hub import QUEUE
from handover.store import Conversation, ReportRow, Staff
from handover.store.database import announce

SIGN_OF_LIFE = timedelta(seconds=90)


async def set_available(desk: Desk, actor: Actor, until: datetime | None) -> None:
    """Say that ``actor`` takes conversations until ``until`` (repeat while connected), or no longer (None)."""
    async with desk.store.writing() as session:
        await session.execute(update(Staff).where(Staff.id == actor.id).values(available_until=until))
        announce(session, QUEUE)


async def staff_online(desk: Desk) -> bool:
    """True when at least one person takes conversations now."""
    async with desk.store.reading() as session:
        found = await session.scalar(
            select(exists().where(Staff.active, Staff.available_until > desk.clock()))
        )
    return bool(found)


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague who takes conversations now, and how many they have."""

    id: str
    name: str
    chats: int


async def present(desk: Desk) -> list[Present]:
    """Everybody who takes conversations now."""
    now = desk.clock()
    async with desk.store.reading() as session:
        people = await session.execute(
            select(Staff.id, Staff.display_name)
            .where(Staff.active, Staff.available_until > now)
            .order_by(Staff.display_name)
        )
        counted = await session.execute(
            select(ReportRow.claimed_by, func.count())
            .join(Conversation, Conversation.id == ReportRow.conversation_id)
            .where(Conversation.state == "staff", ReportRow.lease_until >= now)
            .group_by(ReportRow.claimed_by)
        )
        chats = dict(counted.tuples().all())
        return [Present(one, name, chats.get(one, 0)) for one, name in people.all()]
