"""Opening a case: everything that staff may see of it, audited once for each login session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation.thread import ThreadMessage, read
from handover.desk import Actor, Desk
from handover.hub import QUEUE
from handover.queue.card import Card
from handover.queue.cases import held, opened
from handover.queue.consent import ConsentToday, allowed, as_of_today, by_item, consent_rows
from handover.queue.links import Link, links_of
from handover.queue.listing import QueueItem, Situation, item_of
from handover.queue.passing import GIVEN, TAKEN
from handover.queue.review import Review, review_of
from handover.queue.words import report_data
from handover.store import (
    AuditLine,
    CaseEvent,
    ConsentChange,
    Conversation,
    Note,
    Receipt,
    ReportRow,
    Staff,
    Task,
    Transfer,
    UnfitPayload,
)
from handover.store.database import announce
from handover.vault import ConversationKeys, Keyring
from meldpunt.report import Report


@dataclass(frozen=True, slots=True)
class Written:
    """A note or task, opened; ``due_at``, ``done_at`` and ``assigned_to`` for tasks."""

    id: str
    by: str
    at: datetime
    text: str
    assigned_to: str | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the case's history."""

    kind: str
    old: str | None
    new: str | None
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Share:
    """A transfer of data to a recipient, with its written reason."""

    id: str
    recipient: str
    ground: str
    state: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    sent_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """Something the bot sent that does not fit the contract: shown as it came."""

    at: datetime
    problems: list[str]
    payload: Any


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case with everything on it. ``names`` maps staff ids to display names.

    A code opens one conversation and a conversation is one case, so all that was reported with a code is here;
    ``came_back`` is when the code was last used.
    """

    item: QueueItem
    report: Report
    messages: list[ThreadMessage]
    notes: list[Written]
    tasks: list[Written]
    events: list[Event]
    consents: dict[str, ConsentToday]
    consent_history: list[ConsentChange]
    recipients: frozenset[str]
    shares: list[Share]
    review: Review
    unfit: list[Unfit]
    links: list[Link]
    names: dict[str, str]
    came_back: datetime | None

    @property
    def passed(self) -> Event | None:
        """How it came from a colleague to whoever has it now, with the reason; None where it was free before."""
        for event in reversed(self.events):
            if event.kind == "reason" and event.old in (GIVEN, TAKEN):
                return event
            if event.kind in ("claimed", "released", "lapsed"):
                return None
        return None


async def open_report(desk: Desk, actor: Actor, keyring: Keyring, reference: str) -> OpenCase:
    """Open a case; raises :class:`CaseGone`. The first opening starts its terms.

    The audit trail has one line for each login session that opened it.
    """
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        if not await _has_read(session, actor, reference):
            await desk.record(session, actor, "case.read", reference)
        if row.first_opened_at is None:
            row.first_opened_at = now
            announce(session, QUEUE)
        case = await _everything(desk, session, keyring, row, conversation)
        row.last_opened_at = now
        return case


async def look_again(desk: Desk, actor: Actor, keyring: Keyring, reference: str) -> OpenCase:
    """What an open page shows now; writes nothing. A session that did not open the case opens it by this."""
    async with desk.store.reading() as session:
        if await _has_read(session, actor, reference):
            found = await session.execute(
                select(ReportRow, Conversation)
                .join(Conversation, Conversation.id == ReportRow.conversation_id)
                .where(ReportRow.reference == reference)
            )
            for row, conversation in found.all():
                return await _everything(desk, session, keyring, row, conversation)
    return await open_report(desk, actor, keyring, reference)


async def _has_read(session: AsyncSession, actor: Actor, reference: str) -> bool:
    found = await session.scalar(
        select(AuditLine.number)
        .where(
            AuditLine.object == reference, AuditLine.actor == actor.id, AuditLine.device == actor.device,
            AuditLine.action == "case.read",
        )
        .limit(1)
    )  # fmt: skip
    return found is not None


async def _everything(
    desk: Desk, session: AsyncSession, keyring: Keyring, row: ReportRow, conversation: Conversation
) -> OpenCase:
    reference = row.reference
    keys = await opened(session, keyring, conversation.id)
    rows = await consent_rows(session, reference)
    consents = by_item(rows)
    names = dict((await session.execute(select(Staff.id, Staff.display_name))).tuples().all())
    card = Card.of_json(keys.open(row.part, 0, "card", row.sealed_card))
    data = report_data(keys, row)
    contact = (agreed := consents.get("contact_terug")) is not None and agreed.yes
    situation = Situation(conversation.state, conversation.waiting_since)
    history = select(ConsentChange).where(ConsentChange.reference == reference).order_by(ConsentChange.id)
    return OpenCase(
        item=item_of(desk, row, situation, card, names.get(row.claimed_by or ""), contact),
        report=as_of_today(rows, data) if row.kind == "melding" else Report.model_validate(data),
        messages=await read(session, keys),
        notes=await _notes(session, keys, reference),
        tasks=await _tasks(session, keys, reference),
        events=await _events(session, keys, reference),
        consents=consents,
        consent_history=list(await session.scalars(history)),
        recipients=allowed(consents),
        shares=await _shares(session, keys, reference),
        review=review_of(keys, row),
        unfit=await _unfit(session, keys, row),
        links=await links_of(session, reference),
        names=names,
        came_back=await session.scalar(
            select(func.max(Receipt.used_at)).where(Receipt.conversation_id == conversation.id)
        ),
    )


async def _notes(session: AsyncSession, keys: ConversationKeys, reference: str) -> list[Written]:
    rows = await session.scalars(select(Note).where(Note.reference == reference).order_by(Note.at))
    return [Written(r.id, r.by, r.at, keys.open(r.part, 0, f"note {r.id}", r.sealed)) for r in rows]


async def _tasks(session: AsyncSession, keys: ConversationKeys, reference: str) -> list[Written]:
    rows = await session.scalars(select(Task).where(Task.reference == reference).order_by(Task.at))
    return [
        Written(
            r.id,
            r.by,
            r.at,
            keys.open(r.part, 0, f"task {r.id}", r.sealed),
            r.assigned_to,
            r.due_at,
            r.done_at,
        )
        for r in rows
    ]


async def _events(session: AsyncSession, keys: ConversationKeys, reference: str) -> list[Event]:
    rows = await session.scalars(
        select(CaseEvent).where(CaseEvent.reference == reference).order_by(CaseEvent.id)
    )
    return [
        Event(
            r.kind, r.old, r.new, r.by, r.at,
            keys.open(r.part, r.id, "reason", r.sealed_reason) if r.sealed_reason else "",
        )
        for r in rows
    ]  # fmt: skip


async def _shares(session: AsyncSession, keys: ConversationKeys, reference: str) -> list[Share]:
    rows = await session.scalars(
        select(Transfer).where(Transfer.reference == reference).order_by(Transfer.requested_at)
    )
    return [
        Share(
            r.id, r.recipient, r.ground, r.state, r.requested_by, r.requested_at, r.decided_by, r.decided_at,
            r.sent_at, keys.open(r.part, 0, f"share {r.id}", r.sealed)["reason"],
        )
        for r in rows
    ]  # fmt: skip


async def _unfit(session: AsyncSession, keys: ConversationKeys, row: ReportRow) -> list[Unfit]:
    rows = await session.scalars(
        select(UnfitPayload)
        .where(UnfitPayload.conversation_id == row.conversation_id)
        .order_by(UnfitPayload.id)
    )
    return [
        Unfit(r.at, r.problems, keys.open(r.part, 0, "unfit", r.sealed)) for r in rows if r.part in keys.parts
    ]
