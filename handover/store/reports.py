"""Tables of a case in the queue: in the clear only what the queue sorts by (architecture.md, "What is
sealed").
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handover.store.base import Base
from handover.store.conversations import Id
from handover.store.types import BigId

REPORT = "reports.reference"


class ReportRow(Base):
    """A case in the queue: a stored report (``kind`` melding) or a visitor who asked for a person (gesprek).

    ``version`` changes with every claim, release, transfer and take-over: those are conditional on it.
    ``sealed_report`` is the structured report, ``sealed_words`` its literal words (queue.words), ``sealed_card``
    what the queue list shows (indicators, score, notice). ``review`` is what people changed on the triage
    (sealed): reviewed mentions and reasons.
    """

    __tablename__ = "reports"

    reference: Mapped[str] = mapped_column(String(16), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), unique=True
    )
    kind: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(24))
    level: Mapped[str] = mapped_column(String(24))
    proposed_level: Mapped[str] = mapped_column(String(24))
    municipality: Mapped[str | None] = mapped_column(String(64))
    reporter_role: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    first_opened_at: Mapped[datetime | None]
    last_opened_at: Mapped[datetime | None]
    visitor_wrote_at: Mapped[datetime | None]
    staff_wrote_at: Mapped[datetime | None]
    first_answered_at: Mapped[datetime | None]
    consent_changed_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]

    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    part: Mapped[int]
    contract: Mapped[str] = mapped_column(String(8), default="1")
    sealed_report: Mapped[bytes]
    sealed_words: Mapped[bytes | None]
    sealed_card: Mapped[bytes]
    sealed_review: Mapped[bytes | None]

    __table_args__ = (Index(None, "status", "level", "created_at"),)


class ConsentRow(Base):
    """The value of one consent item today; every earlier value is in :class:`ConsentChange`."""

    __tablename__ = "consents"

    reference: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    text_version: Mapped[str] = mapped_column(String(32), default="")
    given_by: Mapped[str] = mapped_column(String(32), default="zelf")
    age_band: Mapped[str | None] = mapped_column(String(8))
    withdrawn_at: Mapped[datetime | None]


class ConsentChange(Base):
    """One change of a consent item, append-only. ``by`` is "melder" or a staff id."""

    __tablename__ = "consent_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    reference: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), index=True)
    item: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]
    text_version: Mapped[str] = mapped_column(String(32), default="")


class CaseEvent(Base):
    """What happened to a case, append-only and without content: status, level, claim, transfer.

    ``sealed_reason`` is the written reason, where there is one.
    """

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    reference: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    old: Mapped[str | None] = mapped_column(String(64))
    new: Mapped[str | None] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]
    part: Mapped[int]
    sealed_reason: Mapped[bytes | None]


class Note(Base):
    """A note of staff on a case, sealed with the conversation's key."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), index=True)
    by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    part: Mapped[int]
    sealed: Mapped[bytes]


class Task(Base):
    """Something to do for a case, sealed with the conversation's key."""

    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), index=True)
    by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    at: Mapped[datetime]
    part: Mapped[int]
    sealed: Mapped[bytes]


class Transfer(Base):
    """A case's data that leaves the meldpunt: to whom, on what ground, who asked and who approved.

    ``ground`` is "toestemming" or "vitaal_belang"; ``state`` is aangevraagd, akkoord, geweigerd or verzonden.
    ``sealed`` is JSON: the written reason, and the document as it was exported.
    """

    __tablename__ = "transfers"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), index=True)
    recipient: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    requested_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    part: Mapped[int]
    sealed: Mapped[bytes]


class CaseLink(Base):
    """Two cases that may be about the same person: proposed by one, decided by another look; never merged by itself.

    ``first`` is the smaller reference. ``state`` is voorgesteld, bevestigd or afgewezen.
    """

    __tablename__ = "case_links"

    first: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), primary_key=True)
    second: Mapped[str] = mapped_column(ForeignKey(REPORT, ondelete="CASCADE"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(12))
    proposed_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
