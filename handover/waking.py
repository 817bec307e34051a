"""Waking up for what other processes did: LISTEN/NOTIFY on PostgreSQL, and behind it, everywhere, a catch-up
poll.

A notification that is lost costs seconds, never a message: the database row is the truth.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import func, select

from handover.desk import Desk
from handover.hub import QUEUE, conversation_topic
from handover.store import Conversation, ReportRow
from handover.store.database import CHANNEL

log = structlog.get_logger()
POLL_SECONDS = 5.0
RETRY_SECONDS = 2.0
BATCH = 500


async def keep_awake(desk: Desk) -> None:
    """Run until cancelled."""
    jobs = [_poll(desk)]
    if not desk.store.is_sqlite:
        jobs.append(_listen(desk))
    await asyncio.gather(*jobs)


async def _listen(desk: Desk) -> None:
    import psycopg  # only where there is a PostgreSQL to listen to

    url = desk.settings.url.replace("+psycopg", "")
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                async for notification in connection.notifies():
                    desk.hub.wake([notification.payload])
        except psycopg.Error as error:
            log.warning("listen.lost", problem=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)


async def _poll(desk: Desk) -> None:
    known: dict[str, tuple[str, int]] = {}
    queue: object = None
    while True:
        await asyncio.sleep(POLL_SECONDS)
        try:
            known = await _changed(desk, known)
            queue = await _queue_changed(desk, queue)
        except Exception as error:
            log.warning("poll.failed", problem=type(error).__name__)


async def _changed(desk: Desk, known: dict[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Wake the pages whose conversation is not as it was at the last poll; gives how they are now."""
    ids = sorted(desk.hub.conversations())
    now: dict[str, tuple[str, int]] = {}
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        async with desk.store.reading() as session:
            rows = await session.execute(
                select(Conversation.id, Conversation.state, Conversation.last_seq).where(
                    Conversation.id.in_(batch)
                )
            )
            now.update({row.id: (row.state, row.last_seq) for row in rows})
    # One that is new here may have changed between what its page read and now: it looks once more.
    desk.hub.wake(conversation_topic(name) for name in ids if name not in now or known.get(name) != now[name])
    return now


async def _queue_changed(desk: Desk, before: object) -> object:
    """Wake the queue where a report came, went or changed since ``before``; gives how the queue is now."""
    async with desk.store.reading() as session:
        rows = await session.execute(
            select(func.count(), func.sum(ReportRow.version), func.max(ReportRow.updated_at)).select_from(ReportRow)
        )
        now = tuple(rows.one())
    if before is not None and before != now:
        desk.hub.wake([QUEUE])
    return now
