"""Tables of a conversation: its state, its messages, who may open it, what the bot must still answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handover.store.base import Base
from handover.store.types import BigId

Id = String(36)


class Conversation(Base):
    """One conversation. What is said in it is in :class:`Message`, sealed.

    ``part`` is the part of the conversation (see ``vault.conversation``) that is written to. ``sender`` is
    the name under which the bot knows it.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    last_seq: Mapped[int] = mapped_column(default=0)
    part: Mapped[int] = mapped_column(default=0)
    sender: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[datetime]
    last_sign_at: Mapped[datetime]
    paused: Mapped[bool] = mapped_column(default=False)
    waiting_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "state", "waiting_since"), Index(None, "last_sign_at"))


class HandedOverKey(Base):
    """The conversation's keys, sealed for the meldpunt: there only once the visitor handed the conversation
    over.
    """

    __tablename__ = "handed_over_keys"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    generation: Mapped[int] = mapped_column(index=True)
    sealed: Mapped[bytes]


class VisitorToken(Base):
    """A token of the visitor: what it is known by, and the keys that it opens.

    ``sealed_receipt`` is the receipt code, sealed for this token only, until the visitor's page has noted it.
    """

    __tablename__ = "visitor_tokens"

    lookup: Mapped[bytes] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    wrapped_keys: Mapped[bytes]
    sealed_receipt: Mapped[bytes | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Receipt(Base):
    """A receipt code: an HMAC that finds it, and the keys that its other half opens."""

    __tablename__ = "receipts"

    lookup: Mapped[bytes] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    wrapped_keys: Mapped[bytes]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Message(Base):
    """One message. ``seq`` counts 1, 2, 3... without gaps; ``sealed`` is JSON: text, ask, choices, value,
    by.
    """

    __tablename__ = "messages"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str] = mapped_column(String(8))
    part: Mapped[int]
    client_id: Mapped[str | None] = mapped_column(String(64))
    sealed: Mapped[bytes]
    at: Mapped[datetime]

    __table_args__ = (Index(None, "conversation_id", "client_id", unique=True),)


class Outbox(Base):
    """A call to the bot that is still owed; gone in the transaction that stores the replies.

    ``message_id`` is what the bot recognises a repeated call by. ``seq`` is the visitor's message (0: none).
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[str] = mapped_column(Id, unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    told: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class BotErasure(Base):
    """A conversation that the bot must still forget; gone when the bot has said that it did."""

    __tablename__ = "bot_erasures"

    sender: Mapped[str] = mapped_column(String(43), primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class UnfitPayload(Base):
    """Something the bot sent that does not fit the contract: kept sealed, shown to staff, never lost.

    ``problems`` names places and kinds of errors, never values.
    """

    __tablename__ = "unfit_payloads"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    part: Mapped[int]
    sealed: Mapped[bytes]
    problems: Mapped[list[str]]
    at: Mapped[datetime]
