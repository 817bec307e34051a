"""Opening a case: everything that staff may see of it, in one audited read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation.thread import ThreadMessage, read
from handover.desk import Actor, Desk
from handover.hub import QUEUE
from handover.queue.card import Card
from handover.queue.cases import held, opened
from handover.queue.consent import ConsentToday, allowed_recipients, as_of_today, consents_today
from handover.queue.links import Link, links_of
from handover.queue.listing import QueueItem, item_of
from handover.queue.review import Review, review_of
from handover.queue.words import report_of
from handover.store import CaseEvent, ConsentChange, Note, ReportRow, Staff, Task, Transfer, UnfitPayload
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
    """A case with everything on it. ``names`` maps staff ids to display names."""

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


async def open_report(desk: Desk, actor: Actor, keyring: Keyring, reference: str) -> OpenCase:
    """Open a case; raises :class:`CaseGone`. The first opening starts its terms; every opening is audited."""
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        keys = await opened(session, keyring, conversation.id)
        if row.first_opened_at is None:
            row.first_opened_at = now
            announce(session, QUEUE)
        await desk.record(session, actor, "case.read", reference)
        consents = await consents_today(session, reference)
        names = {staff.id: staff.display_name for staff in await session.scalars(select(Staff))}
        card = Card.of_json(keys.open(row.part, 0, "card", row.sealed_card))
        report = report_of(keys, row)
        contact = (agreed := consents.get("contact_terug")) is not None and agreed.yes
        item = item_of(desk, row, conversation, card, names.get(row.claimed_by or ""), contact)
        row.last_opened_at = now
        return OpenCase(
            item=item,
            report=await as_of_today(session, reference, report) if row.kind == "melding" else report,
            messages=await read(session, keys),
            notes=await _notes(session, keys, reference),
            tasks=await _tasks(session, keys, reference),
            events=await _events(session, keys, reference),
            consents=consents,
            consent_history=list(
                await session.scalars(
                    select(ConsentChange)
                    .where(ConsentChange.reference == reference)
                    .order_by(ConsentChange.id)
                )
            ),
            recipients=await allowed_recipients(session, reference),
            shares=await _shares(session, keys, reference),
            review=review_of(keys, row),
            unfit=await _unfit(session, keys, row),
            links=await links_of(session, reference),
            names=names,
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
