"""Who of the staff takes conversations now."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update

from handover.desk import Actor, Desk
from handover.hub import QUEUE
from handover.store import Staff
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
