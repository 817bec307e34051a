"""Handing a conversation over: its keys are sealed for the meldpunt, a case appears in the queue, a code is
given.

What staff may read is decided here. With consent to keep the literal words (or when the visitor asks for a
person) they get the whole conversation; else a new part begins and they get only that.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handover.accounts import newest_key
from handover.audit import Doing
from handover.conversation.visit import RECEIPT, TOKEN, Visit, seal_code
from handover.desk import VISITOR, Desk
from handover.hub import QUEUE
from handover.queue.card import card_of
from handover.queue.consent import store_consents
from handover.queue.proposal import RANK
from handover.queue.status import NEW
from handover.queue.words import seal_report
from handover.store import Conversation, HandedOverKey, Receipt, ReportRow, VisitorToken
from handover.store.database import announce
from handover.vault import ConversationKeys, ReceiptKeys
from handover.vault.receipt import new_code
from meldpunt.places.gazetteer import load_gazetteer
from meldpunt.report import CONTRACT, Report

LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ23456789"  # without what is read wrongly aloud: I, O, U, 0, 1
REFERENCE = 8
CASE, CHAT = "melding", "gesprek"
OUTSIDE = "buiten"


@dataclass(frozen=True, slots=True)
class NewCode:
    """A receipt code with its keys, made before the transaction because that takes a tenth of a second."""

    keys: ReceiptKeys
    code: str = field(repr=False)


def make_code(desk: Desk) -> NewCode:
    """A new code. Slow on purpose: call it in a thread."""
    code = new_code()
    return NewCode(desk.receipts.keys(code), code)


async def hand_over(
    session: AsyncSession,
    conversation: Conversation,
    visit: Visit,
    code: NewCode,
    now: datetime,
    *,
    whole: bool,
) -> ConversationKeys:
    """Seal the keys for the meldpunt, once, and keep the code for the visitor; gives what staff can open.

    Not ``whole``: what was said so far stays the visitor's alone, and a new part begins.
    """
    handed = await session.get(HandedOverKey, conversation.id)
    if handed is None and not whole:
        visit.keys = visit.keys.with_new_part()
        conversation.part = visit.keys.current
        await session.execute(
            update(VisitorToken)
            .where(VisitorToken.lookup == visit.lookup)
            .values(wrapped_keys=visit.keys.wrapped(visit.opening_key, TOKEN))
        )
    shared = visit.keys if whole else visit.keys.only([conversation.part])
    if handed is None or whole:
        newest = await newest_key(session)
        await session.merge(
            HandedOverKey(
                conversation_id=conversation.id,
                generation=newest.generation,
                sealed=shared.sealed_for(newest.public_key),
            )
        )
    await _give_code(session, conversation, visit, shared, code, now)
    return shared


async def store_case(
    session: AsyncSession,
    desk: Desk,
    conversation: Conversation,
    keys: ConversationKeys,
    report: Report,
    kind: str,
    notice: str | None = None,
) -> ReportRow:
    """Put a case in the queue, or make the chat that is there into a report. Level and score are the rules'
    proposal.
    """
    now = desk.clock()
    row = await session.scalar(select(ReportRow).where(ReportRow.conversation_id == conversation.id))
    is_new = row is None
    if row is None:
        row = ReportRow(
            reference=await _free_reference(session), conversation_id=conversation.id, created_at=now, status=NEW,
            version=0, level=report.triage.voorstel, claimed_by=None, sealed_review=None, part=conversation.part,
        )  # fmt: skip
        session.add(row)
    row.kind, row.contract, row.part, row.updated_at = kind, CONTRACT, conversation.part, now
    row.proposed_level = report.triage.voorstel
    row.level = report.triage.voorstel if is_new else _higher(row.level, report.triage.voorstel)
    row.municipality = municipality(report.betrokkene.gemeente.value)
    row.reporter_role = report.melder.rol.value
    row.visitor_wrote_at = now
    seal_report(keys, row, report)
    row.sealed_card = keys.seal(row.part, 0, "card", card_of(report, notice).as_json())
    await session.flush()
    if kind == CASE:
        await store_consents(session, row.reference, report.toestemming, now)
    await desk.audit.write(session, Doing(VISITOR, f"{kind}.stored", row.reference), now)
    announce(session, QUEUE)
    return row


def municipality(name: str | None) -> str | None:
    """The municipality to show in the clear: one that the gazetteer knows, or "buiten"; never typed words."""
    return name if name in _municipalities() or name == OUTSIDE else None


@cache
def _municipalities() -> frozenset[str]:
    return frozenset(name for entry in load_gazetteer().entries.values() for name in entry.municipalities)


async def _give_code(
    session: AsyncSession,
    conversation: Conversation,
    visit: Visit,
    shared: ConversationKeys,
    code: NewCode,
    now: datetime,
) -> None:
    kept = await session.scalar(
        select(VisitorToken.sealed_receipt).where(VisitorToken.lookup == visit.lookup)
    )
    if kept is not None:
        return  # the visitor has not noted the earlier one yet; it opens the same
    session.add(
        Receipt(
            lookup=code.keys.lookup, conversation_id=conversation.id,
            wrapped_keys=shared.wrapped(code.keys.opening, RECEIPT), created_at=now, used_at=None,
        )
    )  # fmt: skip
    await session.execute(
        update(VisitorToken)
        .where(VisitorToken.lookup == visit.lookup)
        .values(sealed_receipt=seal_code(visit, code.code))
    )


async def _free_reference(session: AsyncSession) -> str:
    while True:
        reference = "".join(secrets.choice(LETTERS) for _ in range(REFERENCE))
        reference = f"{reference[:4]}-{reference[4:]}"
        if await session.get(ReportRow, reference) is None:
            return reference


def _higher(one: str, other: str) -> str:
    return max(one, other, key=lambda level: RANK[level])
