"""Data that leaves the meldpunt: only with the item's yes, or by a named person with a written reason (vital
interest).

From hoog up two people are needed. Consent is asked again at the moment of export, and every step is
audited. The document holds what the item covers and nothing else (``meldpunt.sharing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from handover.desk import Actor, Desk, new_id
from handover.hub import QUEUE
from handover.queue.cases import held, must_explain, must_hold, note_event, opened
from handover.queue.consent import RECIPIENTS, as_of_today, consent_rows, must_agree
from handover.queue.filled import as_filled
from handover.queue.problems import Refused, SecondPersonNeeded
from handover.queue.proposal import RANK
from handover.queue.review import review_of
from handover.queue.words import report_data
from handover.store import Conversation, ReportRow, Transfer
from handover.store.database import announce
from handover.vault import Keyring
from meldpunt.report import CONTRACT

Ground = Literal["toestemming", "vitaal_belang"]
ASKED, AGREED, REFUSED, SENT = "aangevraagd", "akkoord", "geweigerd", "verzonden"
TWO_PEOPLE_FROM = RANK["hoog"]


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """What a recipient gets: ``fields`` by block, as the consent item covers them."""

    reference: str
    recipient: str
    ground: str
    made_at: datetime
    made_by: str
    contract: str
    fields: dict[str, Any]


async def request_share(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, recipient: str, ground: Ground, reason: str
) -> str:
    """Ask to share a case one has; gives the share's id. Up to verhoogd it is agreed at once, above it waits.

    Raises :class:`NotAgreed` where the reporter did not agree and ``ground`` is not vital interest.
    """
    if recipient not in RECIPIENTS:
        raise Refused("there is no such recipient")
    tidy = must_explain(reason)
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, now)
        if ground == "toestemming":
            await must_agree(session, reference, recipient)
        keys = await opened(session, keyring, conversation.id)
        share_id, two = new_id(), RANK[row.level] >= TWO_PEOPLE_FROM
        session.add(
            Transfer(
                id=share_id, reference=reference, recipient=recipient, ground=ground,
                state=ASKED if two else AGREED, requested_by=actor.id, requested_at=now,
                decided_by=None if two else actor.id, decided_at=None if two else now, sent_at=None,
                part=row.part, sealed=keys.seal(row.part, 0, f"share {share_id}", {"reason": tidy}),
            )
        )  # fmt: skip
        await note_event(session, row, "share_asked", actor.id, now, new=recipient, keys=keys, reason=tidy)
        await desk.record(session, actor, "share.asked", reference, recipient=recipient, ground=ground)
        announce(session, QUEUE)
        return share_id


async def approve_share(desk: Desk, actor: Actor, share_id: str) -> None:
    """Agree, as second person, to a share that was asked for."""
    await _decide(desk, actor, share_id, AGREED)


async def refuse_share(desk: Desk, actor: Actor, share_id: str) -> None:
    """Refuse, as second person, a share that was asked for."""
    await _decide(desk, actor, share_id, REFUSED)


async def export_case(desk: Desk, actor: Actor, keyring: Keyring, share_id: str) -> ExportDocument:
    """Make the document of an agreed share and mark it as sent. Consent is asked again, now."""
    now = desk.clock()
    async with desk.store.writing() as session:
        share, row, conversation = await _held_share(session, share_id)
        if share.state not in (AGREED, SENT):
            raise Refused(f"this share is {share.state}")
        if RANK[row.level] >= TWO_PEOPLE_FROM and share.decided_by == share.requested_by:
            raise SecondPersonNeeded("the level was raised since: another person must agree first")
        if share.ground == "toestemming":
            await must_agree(session, row.reference, share.recipient)
        keys = await opened(session, keyring, conversation.id)
        report = as_of_today(await consent_rows(session, row.reference), report_data(keys, row))
        report = as_filled(report, review_of(keys, row).filled)
        share.state, share.sent_at = SENT, share.sent_at or now
        await note_event(session, row, "share_sent", actor.id, now, new=share.recipient)
        await desk.record(session, actor, "share.exported", row.reference, recipient=share.recipient)
        announce(session, QUEUE)
        return ExportDocument(
            row.reference, share.recipient, share.ground, now, actor.name, CONTRACT,
            RECIPIENTS[share.recipient].selection(report),
        )  # fmt: skip


async def _decide(desk: Desk, actor: Actor, share_id: str, state: str) -> None:
    now = desk.clock()
    async with desk.store.writing() as session:
        share, row, _ = await _held_share(session, share_id)
        if share.state != ASKED:
            raise Refused(f"this share is {share.state}")
        if share.requested_by == actor.id:
            raise SecondPersonNeeded("another person must decide on this")
        if state == AGREED and share.ground == "toestemming":
            await must_agree(session, row.reference, share.recipient)
        share.state, share.decided_by, share.decided_at = state, actor.id, now
        await note_event(session, row, "share_decided", actor.id, now, old=share.recipient, new=state)
        await desk.record(session, actor, "share.decided", row.reference, to=share.recipient, outcome=state)
        announce(session, QUEUE)


async def _held_share(session: AsyncSession, share_id: str) -> tuple[Transfer, ReportRow, Conversation]:
    share = await session.get(Transfer, share_id)
    if share is None:
        raise Refused("there is no such share")
    row, conversation = await held(session, share.reference)
    await session.refresh(share)
    return share, row, conversation
