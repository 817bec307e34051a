"""When a case or conversation goes (domain.md 3.5): a pure rule for its end date, and the job that carries
it out.

A report that nobody opened, or that is acuut or hoog and not handled, is held and shown, never silently
destroyed. Deletion takes the keys first: what is left in older copies of the data cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handover.audit import Doing
from handover.conversation.states import State
from handover.desk import SYSTEM, Desk
from handover.hub import QUEUE, conversation_topic
from handover.store import (
    BotErasure,
    Conversation,
    HandedOverKey,
    Message,
    Receipt,
    ReportRow,
    UnfitPayload,
    VisitorToken,
)  # fmt: skip
from handover.store.database import announce
from meldpunt.settings import Settings

SERIOUS = frozenset({"acuut", "hoog"})
UNOPENED, UNHANDLED = "ongelezen", "ernstig_en_niet_afgehandeld"


@dataclass(frozen=True, slots=True)
class End:
    """When a case goes; ``held`` says why it does not, though its date has passed or will."""

    at: datetime
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Something to delete: ``what`` is conversation, case or words."""

    what: str
    id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A case that its date would end, and why it stays."""

    reference: str
    why: str
    since: datetime


def end_of_case(row: ReportRow, contact: bool, settings: Settings) -> End:
    """The end date of a case. ``contact`` is whether the reporter agreed to be contacted."""
    if row.handled_at is not None:
        if row.kind == "gesprek":
            return End(row.handled_at + settings.keep_chat)
        return End(row.handled_at + (settings.keep_handled if contact else settings.keep_anonymous))
    held = UNOPENED if row.first_opened_at is None else UNHANDLED if row.level in SERIOUS else None
    return End(row.created_at + settings.keep_unhandled, held)


def end_of_unfinished(conversation: Conversation, settings: Settings) -> datetime:
    """When a conversation that was never handed over goes."""
    return conversation.last_sign_at + (
        settings.keep_paused if conversation.paused else settings.keep_unfinished
    )


async def due(desk: Desk) -> list[Due]:
    """Everything whose term has passed now, and nothing that is held."""
    async with desk.store.reading() as session:
        return [
            *await _unfinished(session, desk.settings, desk.clock()),
            *await _cases(session, desk.settings, desk.clock()),
        ]


async def carry_out(desk: Desk, items: list[Due]) -> int:
    """Delete what is due, each in its own transaction after checking again; gives how many went."""
    gone = 0
    for item in items:
        async with desk.store.writing() as session:
            if not await _still_due(session, desk, item):
                continue
            done = (
                await _delete_words(session, item.id)
                if item.what == "words"
                else await delete_conversation(session, item.id, desk.clock())
            )
            if done:
                gone += 1
                doing = Doing(SYSTEM, f"retention.{item.what}", item.what)
                await desk.audit.write(session, doing, desk.clock())
    return gone


async def delete_conversation(session: AsyncSession, conversation_id: str, now: datetime) -> bool:
    """Delete a conversation with all that hangs on it, keys first; the bot is told to forget it too."""
    conversation = await session.scalar(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    )
    if conversation is None:
        return False
    for keys in (VisitorToken, Receipt, HandedOverKey):
        await session.execute(delete(keys).where(keys.conversation_id == conversation_id))
    if await session.get(BotErasure, conversation.sender) is None:
        session.add(BotErasure(sender=conversation.sender, attempts=0, created_at=now))
    await session.execute(delete(Conversation).where(Conversation.id == conversation_id))
    announce(session, conversation_topic(conversation_id), QUEUE)
    return True


async def held_now(desk: Desk) -> list[Held]:
    """Cases whose date has passed and that are held all the same: somebody must look at them."""
    now = desk.clock()
    async with desk.store.reading() as session:
        rows = await session.scalars(select(ReportRow).where(_may_be_due(desk.settings, now)))
        ends = [(row.reference, end_of_case(row, False, desk.settings)) for row in rows]
    return [Held(reference, end.held, end.at) for reference, end in ends if end.held and end.at <= now]


async def _still_due(session: AsyncSession, desk: Desk, item: Due) -> bool:
    """Asked again in the transaction that deletes: a case may have been opened again, a visitor come back."""
    from handover.queue.consent import with_contact

    now = desk.clock()
    conversation = await session.scalar(
        select(Conversation).where(Conversation.id == item.id).with_for_update()
    )
    if conversation is None:
        return False
    if item.what == "conversation":
        return conversation.state == State.BOT and end_of_unfinished(conversation, desk.settings) <= now
    row = await session.scalar(select(ReportRow).where(ReportRow.conversation_id == item.id))
    if row is None:
        return False
    if item.what == "words":
        return row.handled_at is not None and row.handled_at + desk.settings.keep_own_words <= now
    end = end_of_case(row, row.reference in await with_contact(session), desk.settings)
    return end.held is None and end.at <= now


async def _unfinished(session: AsyncSession, settings: Settings, now: datetime) -> list[Due]:
    shortest = min(settings.keep_unfinished, settings.keep_paused)
    rows = await session.scalars(
        select(Conversation).where(
            Conversation.last_sign_at < now - shortest,
            Conversation.id.not_in(select(ReportRow.conversation_id)),
            Conversation.id.not_in(select(HandedOverKey.conversation_id)),
        )
    )
    ends = ((row, end_of_unfinished(row, settings)) for row in rows)
    return [Due("conversation", row.id, end) for row, end in ends if end <= now]


async def _cases(session: AsyncSession, settings: Settings, now: datetime) -> list[Due]:
    from handover.queue.consent import with_contact

    rows = (await session.scalars(select(ReportRow).where(_may_be_due(settings, now)))).all()
    contact = await with_contact(session)
    found = []
    for row in rows:
        end = end_of_case(row, row.reference in contact, settings)
        if end.held is None and end.at <= now:
            found.append(Due("case", row.conversation_id, end.at))
        elif row.handled_at is not None and row.handled_at + settings.keep_own_words <= now:
            found.append(Due("words", row.conversation_id, row.handled_at + settings.keep_own_words))
    return found


def _may_be_due(settings: Settings, now: datetime):  # type: ignore[no-untyped-def]
    shortest: timedelta = min(
        settings.keep_chat, settings.keep_handled, settings.keep_anonymous, settings.keep_own_words
    )
    return or_(ReportRow.handled_at <= now - shortest, ReportRow.created_at <= now - settings.keep_unhandled)


async def _delete_words(session: AsyncSession, conversation_id: str) -> bool:
    """The literal conversation goes, and the words in the report; the rest of the report stays."""
    gone = [
        await session.execute(delete(table).where(table.conversation_id == conversation_id))
        for table in (Message, UnfitPayload)
    ]
    stripped = await session.execute(
        update(ReportRow)
        .where(ReportRow.conversation_id == conversation_id, ReportRow.sealed_words.is_not(None))
        .values(sealed_words=None)
    )
    return any(getattr(result, "rowcount", 0) > 0 for result in (*gone, stripped))
