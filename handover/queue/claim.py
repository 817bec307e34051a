"""Claiming a case: one winner, however many try. A claim is a lease that lapses without a sign of the
claimer.

Every change is one conditional UPDATE on the case's ``version``: whoever comes second changes nothing and is
told who was first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation.states import Happening, State, change
from handover.desk import SYSTEM, Actor, Desk
from handover.hub import QUEUE, conversation_topic, staff_topic
from handover.preferences import preferences_of
from handover.queue.cases import held, must_explain, note_event, opened
from handover.queue.problems import CaseChanged, ClaimLost, NotClaimed, Refused, TooManyChats
from handover.store import Conversation, ReportRow, Staff
from handover.store.database import announce
from handover.vault import Keyring


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a case now, and the version to pass with the next change."""

    reference: str
    by: str | None
    version: int
    lease_until: datetime | None


async def claim(desk: Desk, actor: Actor, reference: str, version: int) -> Claim:
    """Take a case that nobody has; raises :class:`ClaimLost`, :class:`CaseChanged`, :class:`CaseGone`.

    Claiming again what one has is no error and renews the lease.
    """
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        if row.claimed_by == actor.id and not _lapsed(row, now):
            row.lease_until = _lease(desk, conversation, now)
            return Claim(reference, actor.id, row.version, row.lease_until)
        if conversation.state == State.WAITING:
            await _not_too_many(desk, session, actor, now)
        free = or_(ReportRow.claimed_by.is_(None), ReportRow.lease_until < now)
        taken = await _swap(session, row, version, free, _holder(desk, actor.id, conversation, now))
        if conversation.state == State.WAITING:
            change(session, conversation, Happening.CLAIMED)
        await _record(desk, session, actor, taken, "claimed", old=None, new=actor.id)
        return Claim(reference, actor.id, taken.version, taken.lease_until)


async def release(desk: Desk, actor: Actor, reference: str, version: int) -> Claim:
    """Let go of a case one has; a live conversation waits again for the next person."""
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        mine = ReportRow.claimed_by == actor.id
        freed = await _swap(session, row, version, mine, _nobody())
        if conversation.state == State.STAFF:
            change(session, conversation, Happening.RELEASED)
        await _record(desk, session, actor, freed, "released", old=actor.id, new=None)
        return Claim(reference, None, freed.version, None)


async def hand_to(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, version: int, to: str, reason: str
) -> Claim:
    """Give a case one has to colleague ``to`` (a staff id), with a reason; both are told."""
    tidy, now = must_explain(reason), desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        await _must_be_active(session, to)
        keys = await opened(session, keyring, conversation.id)
        mine = ReportRow.claimed_by == actor.id
        given = await _swap(session, row, version, mine, _holder(desk, to, conversation, now))
        await _record(desk, session, actor, given, "handed_to", old=actor.id, new=to)
        await note_event(
            session, given, "reason", actor.id, now, old="handed_to", new=to, keys=keys, reason=tidy
        )
        announce(session, staff_topic(to), staff_topic(actor.id))
        return Claim(reference, to, given.version, given.lease_until)


async def take_over(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, version: int, reason: str
) -> Claim:
    """Take a case from the colleague who has it, with a reason; both are told."""
    tidy, now = must_explain(reason), desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        keys = await opened(session, keyring, conversation.id)
        before = row.claimed_by
        theirs = ReportRow.claimed_by.is_not(None) & (ReportRow.claimed_by != actor.id)
        taken = await _swap(session, row, version, theirs, _holder(desk, actor.id, conversation, now))
        if conversation.state == State.WAITING:
            change(session, conversation, Happening.CLAIMED)
        await _record(desk, session, actor, taken, "taken_over", old=before, new=actor.id)
        await note_event(
            session, taken, "reason", actor.id, now, old="taken_over", new=actor.id, keys=keys, reason=tidy
        )
        announce(session, staff_topic(actor.id), *([staff_topic(before)] if before else []))
        return Claim(reference, actor.id, taken.version, taken.lease_until)


async def renew(desk: Desk, actor: Actor) -> None:
    """Renew every lease of ``actor``: call this while their page is connected."""
    now = desk.clock()
    chats = select(Conversation.id).where(Conversation.state == State.STAFF)
    async with desk.store.writing() as session:
        for lease, where in (
            (desk.settings.chat_lease, ReportRow.conversation_id.in_(chats)),
            (desk.settings.case_lease, ReportRow.conversation_id.not_in(chats)),
        ):
            await session.execute(
                update(ReportRow)
                .where(ReportRow.claimed_by == actor.id, ReportRow.lease_until >= now, where)
                .values(lease_until=now + lease)
                .execution_options(synchronize_session=False)
            )


async def free_lapsed(desk: Desk) -> list[str]:
    """Free every case whose lease lapsed; gives their references. Run by ``handover jobs``."""
    now = desk.clock()
    async with desk.store.reading() as session:
        lapsed = (
            await session.execute(
                select(ReportRow.reference, ReportRow.version).where(ReportRow.lease_until < now)
            )
        ).all()
    freed = []
    for reference, version in lapsed:
        try:
            await _free(desk, reference, version, now)
        except Refused:
            continue  # the claimer came back, or the case is gone
        freed.append(reference)
    return freed


async def _free(desk: Desk, reference: str, version: int, now: datetime) -> None:
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        before = row.claimed_by
        freed = await _swap(session, row, version, ReportRow.lease_until < now, _nobody())
        if conversation.state == State.STAFF:
            change(session, conversation, Happening.RELEASED)
        nobody = Actor(SYSTEM, SYSTEM, frozenset())
        await _record(desk, session, nobody, freed, "lapsed", old=before, new=None)


async def _swap(
    session: AsyncSession,
    row: ReportRow,
    version: int,
    condition: ColumnElement[bool],
    values: dict[str, Any],
) -> ReportRow:
    """The one conditional UPDATE; raises what fits where it changes nothing."""
    changed = await session.scalar(
        update(ReportRow)
        .where(ReportRow.reference == row.reference, ReportRow.version == version, condition)
        .values(version=ReportRow.version + 1, **values)
        .returning(ReportRow.version)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        await _refuse(session, row, version)
    await session.refresh(row)
    return row


async def _refuse(session: AsyncSession, row: ReportRow, version: int) -> None:
    if row.claimed_by is not None and row.version != version and row.claimed_at is not None:
        holder = await session.get(Staff, row.claimed_by)
        raise ClaimLost(holder.display_name if holder else row.claimed_by, row.claimed_at)
    if row.version != version:
        raise CaseChanged("somebody changed this case just now")
    if row.claimed_by is not None and row.claimed_at is not None:
        holder = await session.get(Staff, row.claimed_by)
        raise ClaimLost(holder.display_name if holder else row.claimed_by, row.claimed_at)
    raise NotClaimed("nobody has this case")


def _holder(desk: Desk, staff_id: str, conversation: Conversation, now: datetime) -> dict[str, Any]:
    return {"claimed_by": staff_id, "claimed_at": now, "lease_until": _lease(desk, conversation, now)}


def _nobody() -> dict[str, Any]:
    return {"claimed_by": None, "claimed_at": None, "lease_until": None}


def _lease(desk: Desk, conversation: Conversation, now: datetime) -> datetime:
    live = conversation.state in (State.WAITING, State.STAFF)
    return now + (desk.settings.chat_lease if live else desk.settings.case_lease)


def _lapsed(row: ReportRow, now: datetime) -> bool:
    return row.lease_until is not None and row.lease_until < now


async def _not_too_many(desk: Desk, session: AsyncSession, actor: Actor, now: datetime) -> None:
    talking = await session.scalars(
        select(Conversation.id)
        .join(ReportRow, ReportRow.conversation_id == Conversation.id)
        .where(
            ReportRow.claimed_by == actor.id,
            ReportRow.lease_until >= now,
            Conversation.state == State.STAFF,
        )
    )
    if len(talking.all()) >= preferences_of(desk).max_chats:
        raise TooManyChats("finish or give back a conversation first")


async def _must_be_active(session: AsyncSession, staff_id: str) -> None:
    colleague = await session.get(Staff, staff_id)
    if colleague is None or not colleague.active:
        raise Refused("this colleague has no access")


async def _record(
    desk: Desk,
    session: AsyncSession,
    actor: Actor,
    row: ReportRow,
    kind: str,
    *,
    old: str | None,
    new: str | None,
) -> None:
    await note_event(session, row, kind, actor.id, desk.clock(), old=old, new=new)
    await desk.record(session, actor, f"case.{kind}", row.reference, to=new or "")
    announce(session, QUEUE, conversation_topic(row.conversation_id))
