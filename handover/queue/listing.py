"""The queue: every case, most urgent first (domain.md 2.4), with what the list shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.desk import Actor, Desk
from handover.queue.card import Card
from handover.queue.consent import with_contact
from handover.queue.status import CLOSED, TRANSFERRED, WAITS
from handover.retention import End, end_of_case
from handover.store import Conversation, HandedOverKey, ReportRow, Staff
from handover.vault import Keyring, NotOpened

ORDER = ("acuut", "hoog", "verhoogd", "onvoldoende_informatie", "laag")
# Staff targets of domain.md 2.2 [voorstel]; the meldpunt sets them.
TARGET = {
    "acuut": timedelta(minutes=15), "hoog": timedelta(days=1), "verhoogd": timedelta(days=2),
    "onvoldoende_informatie": timedelta(days=2), "laag": timedelta(days=5),
}  # fmt: skip


# As plain columns: a thousand mapped objects would take longer than all the rest of the page.
NOT_LISTED = frozenset({"sealed_report", "sealed_words", "sealed_review"})
LISTED = tuple(column for column in ReportRow.__table__.columns if column.name not in NOT_LISTED)
AT_REST = CLOSED | {TRANSFERRED, WAITS}


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A case as the queue shows it. ``version`` goes along with the next claim, release or take-over."""

    reference: str
    conversation_id: str
    kind: str
    status: str
    level: str
    proposed_level: str
    municipality: str | None
    reporter_role: str | None
    state: str
    created_at: datetime
    updated_at: datetime
    waiting_since: datetime | None
    target_at: datetime
    claimed_by: str | None
    claimed_name: str | None
    claimed_at: datetime | None
    lease_until: datetime | None
    version: int
    opened: bool
    visitor_wrote: bool
    visitor_wrote_at: datetime | None
    answered: bool
    consent_changed: bool
    contact: bool
    end: End
    card: Card

    @property
    def waits_for_person(self) -> bool:
        """True while a visitor sits there and nobody has them."""
        return self.state == "waiting"

    @property
    def waits_since(self) -> datetime | None:
        """Since when somebody waits for the meldpunt: for a person, a first look or an answer; None for nobody."""
        if self.waits_for_person:
            return self.waiting_since or self.created_at
        if self.status in AT_REST:
            return None
        if self.visitor_wrote and self.visitor_wrote_at is not None:
            return self.visitor_wrote_at
        return None if self.answered else self.created_at


async def list_queue(desk: Desk, actor: Actor, keyring: Keyring, *, closed: bool = False) -> list[QueueItem]:
    """Open cases (or the closed ones), most urgent first. Listing opens no report and is not audited by
    case.
    """
    now = desk.clock()
    async with desk.store.reading() as session:
        wanted = ReportRow.status.in_(CLOSED) if closed else ReportRow.status.not_in(CLOSED)
        rows = await session.execute(
            select(
                *LISTED, Conversation.state, Conversation.waiting_since, HandedOverKey.generation,
                HandedOverKey.sealed, Staff.display_name,
            )
            .select_from(ReportRow)
            .join(Conversation, Conversation.id == ReportRow.conversation_id)
            .join(HandedOverKey, HandedOverKey.conversation_id == ReportRow.conversation_id)
            .outerjoin(Staff, Staff.id == ReportRow.claimed_by)
            .where(wanted)
        )  # fmt: skip
        contact = await with_contact(session)
        items = [
            item_of(
                desk, cast(ReportRow, row), Situation(row.state, row.waiting_since),
                _card(keyring, cast(ReportRow, row), row.generation, row.sealed), row.display_name,
                row.reference in contact,
            )
            for row in rows.all()
        ]  # fmt: skip
    return sorted(items, key=lambda item: order(item, now))


def order(item: QueueItem, now: datetime) -> tuple[int, int, float, datetime]:
    """Visitors who wait now first, acuut before the others, the longest first; then by level, score with ageing, oldest."""
    if item.waits_for_person:
        return 0, item.level != ORDER[0], 0.0, item.waiting_since or item.created_at
    return 1, ORDER.index(item.level), -(item.card.score + hours_waited(item, now)), item.created_at


def hours_waited(item: QueueItem, now: datetime) -> int:
    """The whole hours that somebody has waited for us: a point each, so that nobody starves (domain.md 2.4)."""
    since = item.waits_since
    return 0 if since is None else max(0, int((now - since) / timedelta(hours=1)))


class Situation(NamedTuple):
    """Where the conversation of a case stands."""

    state: str
    waiting_since: datetime | None


def item_of(
    desk: Desk, row: ReportRow, conversation: Situation, card: Card, holder: str | None, contact: bool
) -> QueueItem:
    """The queue's view of a case."""
    lapsed = row.lease_until is not None and row.lease_until < desk.clock()
    return QueueItem(
        reference=row.reference, conversation_id=row.conversation_id, kind=row.kind, status=row.status,
        level=row.level, proposed_level=row.proposed_level, municipality=row.municipality,
        reporter_role=row.reporter_role, state=conversation.state, created_at=row.created_at,
        updated_at=row.updated_at, waiting_since=conversation.waiting_since,
        target_at=row.created_at + TARGET[row.level],
        claimed_by=None if lapsed else row.claimed_by, claimed_name=None if lapsed else holder,
        claimed_at=row.claimed_at, lease_until=row.lease_until, version=row.version,
        opened=row.first_opened_at is not None,
        visitor_wrote=_newer(row.visitor_wrote_at, row.staff_wrote_at),
        visitor_wrote_at=row.visitor_wrote_at, answered=row.staff_wrote_at is not None,
        consent_changed=_newer(row.consent_changed_at, row.last_opened_at),
        contact=contact, end=end_of_case(row, contact, desk.settings), card=card,
    )  # fmt: skip


async def waiting_position(session: AsyncSession, conversation: Conversation) -> int:
    """The place in line of a visitor who waits for a person: what is acuut goes before, then who waits longest."""
    acute, level = ReportRow.level == ORDER[0], ReportRow.level
    mine = await session.scalar(select(level).where(ReportRow.conversation_id == conversation.id))
    longer = Conversation.waiting_since < conversation.waiting_since
    before = and_(acute, longer) if mine == ORDER[0] else or_(acute, longer)
    earlier = await session.scalars(
        select(Conversation.id)
        .join(ReportRow, ReportRow.conversation_id == Conversation.id)
        .where(Conversation.state == "waiting", Conversation.id != conversation.id, before)
    )
    return len(earlier.all()) + 1


def _card(keyring: Keyring, row: ReportRow, generation: int, sealed: bytes) -> Card:
    def opening() -> Card:
        keys = keyring.open(row.conversation_id, generation, sealed)
        return Card.of_json(keys.open(row.part, 0, "card", row.sealed_card))

    try:
        card: Card = keyring.memory.once((row.conversation_id, row.part, row.sealed_card), opening)
        return card
    except NotOpened:
        return Card(notice="niet_te_openen")


def _newer(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)
