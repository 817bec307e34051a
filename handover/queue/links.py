"""Cases that may be about the same person: a person proposes, another decides, and nothing is merged by itself.

What two cases have in common is worked out from the opened cards while somebody looks, and kept nowhere (domain.md 2.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.desk import Actor, Desk
from handover.hub import QUEUE
from handover.queue.cases import held, must_hold, note_event
from handover.queue.listing import QueueItem, list_queue
from handover.queue.problems import CaseGone, Refused, SecondPersonNeeded
from handover.store import CaseLink, ReportRow
from handover.store.database import announce
from handover.vault import Keyring

PROPOSED, CONFIRMED, REJECTED = "voorgesteld", "bevestigd", "afgewezen"
NEAR = timedelta(days=180)
ENOUGH = 3
Decision = Literal["bevestigd", "afgewezen"]


@dataclass(frozen=True, slots=True)
class Link:
    """Another case that this one is tied to, and who proposed and decided."""

    reference: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Alike:
    """Another case, and what both have in common: gemeente, leeftijd, and shared indicators."""

    reference: str
    level: str
    municipality: str | None
    same_age: bool
    indicators: tuple[str, ...]


async def links_of(session: AsyncSession, reference: str) -> list[Link]:
    """Every tie of a case, whatever became of it."""
    rows = await session.scalars(
        select(CaseLink).where(or_(CaseLink.first == reference, CaseLink.second == reference))
    )
    return [
        Link(
            row.second if row.first == reference else row.first, row.state, row.proposed_by, row.proposed_at,
            row.decided_by,
        )
        for row in rows
    ]  # fmt: skip


async def alike(desk: Desk, actor: Actor, keyring: Keyring, reference: str) -> list[Alike]:
    """Open and closed cases that have enough in common with this one to look at, most alike first."""
    items = [
        *await list_queue(desk, actor, keyring),
        *await list_queue(desk, actor, keyring, closed=True),
    ]
    this = next((item for item in items if item.reference == reference), None)
    if this is None:
        return []
    found = [
        (points, other) for item in items if (points := _points(this, item)) >= ENOUGH for other in [item]
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].reference))
    return [
        Alike(
            other.reference, other.level, other.municipality, other.card.age_band == this.card.age_band,
            tuple(i for i in other.card.indicators if i in this.card.indicators),
        )
        for _, other in found[:5]
    ]  # fmt: skip


async def propose_link(desk: Desk, actor: Actor, reference: str, other: str) -> None:
    """Propose that a case one has may be about the same person as ``other``."""
    if reference == other:
        raise Refused("a case is not tied to itself")
    now = desk.clock()
    async with desk.store.writing() as session:
        row, _ = await held(session, reference)
        must_hold(row, actor, now)
        second = await session.get(ReportRow, other)
        if second is None:
            raise CaseGone(f"there is no case {other}")
        link = await session.get(CaseLink, _pair(reference, other))
        if link is not None and link.state != REJECTED:
            raise Refused("these cases are tied already")
        first, last = _pair(reference, other)
        await session.merge(
            CaseLink(
                first=first, second=last, state=PROPOSED, proposed_by=actor.id, proposed_at=now, decided_by=None,
                decided_at=None,
            )
        )  # fmt: skip
        for one, its_other in ((row, other), (second, reference)):
            await note_event(session, one, "link", actor.id, now, old=its_other, new=PROPOSED)
        await desk.record(session, actor, "case.link_proposed", reference, other=other)
        announce(session, QUEUE)


async def decide_link(desk: Desk, actor: Actor, reference: str, other: str, decision: Decision) -> None:
    """Confirm or reject a proposed tie, as another person than who proposed it."""
    now = desk.clock()
    async with desk.store.writing() as session:
        row, _ = await held(session, reference)
        link = await session.get(CaseLink, _pair(reference, other))
        second = await session.get(ReportRow, other)
        if link is None or second is None or link.state != PROPOSED:
            raise Refused("nobody proposed this")
        if decision == CONFIRMED and link.proposed_by == actor.id:
            raise SecondPersonNeeded("another person must decide on this")
        link.state, link.decided_by, link.decided_at = decision, actor.id, now
        for one, its_other in ((row, other), (second, reference)):
            await note_event(session, one, "link", actor.id, now, old=its_other, new=decision)
        await desk.record(session, actor, "case.link_decided", reference, other=other, outcome=decision)
        announce(session, QUEUE)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _points(this: QueueItem, other: QueueItem) -> int:
    if this.reference == other.reference or abs(this.created_at - other.created_at) > NEAR:
        return 0
    shared = len(set(this.card.indicators) & set(other.card.indicators))
    same_place = this.municipality is not None and this.municipality == other.municipality
    same_age = this.card.age_band is not None and this.card.age_band == other.card.age_band
    return shared + same_place + same_age if shared else 0
