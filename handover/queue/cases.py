"""Getting hold of a case inside a transaction, opening its keys, and noting what happened to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.desk import Actor
from handover.queue.problems import CaseGone, NotClaimed, ReasonNeeded
from handover.store import CaseEvent, Conversation, HandedOverKey, ReportRow
from handover.vault import ConversationKeys, Keyring

SHORTEST_REASON = 10


async def held(session: AsyncSession, reference: str) -> tuple[ReportRow, Conversation]:
    """The case and its conversation, both held for this transaction; raises :class:`CaseGone`.

    The conversation is always locked before the case, so that two transactions never wait for each other.
    """
    conversation = await session.scalar(
        select(Conversation)
        .join(ReportRow, ReportRow.conversation_id == Conversation.id)
        .where(ReportRow.reference == reference)
        .with_for_update(of=Conversation)
        .execution_options(populate_existing=True)
    )
    row = await session.scalar(
        select(ReportRow)
        .where(ReportRow.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or conversation is None:
        raise CaseGone(f"there is no case {reference}")
    return row, conversation


async def opened(session: AsyncSession, keyring: Keyring, conversation_id: str) -> ConversationKeys:
    """The keys of a handed-over conversation; raises :class:`CaseGone` or
    :class:`~handover.vault.NotOpened`.
    """
    row = await session.get(HandedOverKey, conversation_id)
    if row is None:
        raise CaseGone("this conversation is not handed over")
    return keyring.open(conversation_id, row.generation, row.sealed)


def must_hold(row: ReportRow, actor: Actor, now: datetime) -> None:
    """Raise :class:`NotClaimed` unless ``actor`` has the case now."""
    if row.claimed_by != actor.id or (row.lease_until is not None and row.lease_until < now):
        raise NotClaimed("claim this case first")


def must_explain(reason: str) -> str:
    """The reason, tidied; raises :class:`ReasonNeeded` where it is too short to be one."""
    tidy = reason.strip()
    if len(tidy) < SHORTEST_REASON:
        raise ReasonNeeded(f"write a reason of at least {SHORTEST_REASON} characters")
    return tidy


async def note_event(
    session: AsyncSession,
    row: ReportRow,
    kind: str,
    by: str,
    at: datetime,
    *,
    old: str | None = None,
    new: str | None = None,
    keys: ConversationKeys | None = None,
    reason: str = "",
) -> None:
    """Append to the case's history; a reason is sealed with the conversation's keys."""
    event = CaseEvent(
        reference=row.reference, kind=kind, old=old, new=new, by=by, at=at, part=row.part, sealed_reason=None
    )
    session.add(event)
    row.updated_at = at
    await session.flush()
    if keys is not None and reason:
        event.sealed_reason = keys.seal(row.part, event.id, "reason", reason)
