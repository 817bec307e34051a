"""A visitor at the door: a new conversation, or a token that opens one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation.states import State
from handover.desk import Desk, new_id
from handover.store import Conversation, Outbox, Receipt, VisitorToken
from handover.vault import (
    ConversationKeys,
    NotOpened,
    Place,
    ReceiptKeys,
    lookup_of,
    new_token,
    opening_key_of,
    seal,
    sender_id,
    unseal,
    unwrap,
)  # fmt: skip

TOKEN = "token"
RECEIPT = "receipt"


class TokenUnknown(LookupError):
    """The token opens nothing: it never did, its term passed, or everything was erased."""


class ReceiptUnknown(LookupError):
    """The code opens nothing."""


@dataclass(slots=True)
class Visit:
    """A conversation that a token has opened. ``keys`` grow when the conversation gets another part."""

    conversation_id: str
    lookup: bytes
    keys: ConversationKeys
    opening_key: bytes = field(repr=False)

    @property
    def place(self) -> Place:
        return Place(self.conversation_id, 0, "receipt code")


async def begin(desk: Desk) -> tuple[str, datetime]:
    """A new conversation; gives its token, which is nowhere else, and until when it works."""
    token, now = new_token(), desk.clock()
    keys = ConversationKeys.new(new_id())
    expires = now + desk.settings.token_term
    async with desk.store.writing() as session:
        session.add(
            Conversation(
                id=keys.conversation_id, state=State.BOT, last_seq=0, part=0, sender=sender_id(keys), created_at=now,
                last_sign_at=now, paused=False, waiting_since=None, failures=0,
            )
        )  # fmt: skip
        await session.flush()
        session.add(_token_row(token, keys, now, expires))
        session.add(owed(keys.conversation_id, "start", now))
    return token, expires


async def open_visit(desk: Desk, token: str) -> Visit:
    """Open the conversation of a token; raises :class:`TokenUnknown`."""
    try:
        lookup, opening = lookup_of(token), opening_key_of(token)
    except ValueError:
        raise TokenUnknown("no such token") from None
    async with desk.store.reading() as session:
        row = await session.get(VisitorToken, lookup)
    if row is None or row.expires_at <= desk.clock():
        raise TokenUnknown("no such token")
    try:
        keys = unwrap(row.conversation_id, row.wrapped_keys, opening, TOKEN)
    except NotOpened:
        raise TokenUnknown("this token's row was tampered with") from None
    return Visit(row.conversation_id, lookup, keys, opening)


async def sign_of_life(desk: Desk, visit: Visit) -> None:
    """The visitor is here: the terms of token and conversation begin anew. After a pause the bot takes up
    again.
    """
    now = desk.clock()
    async with desk.store.writing() as session:
        await session.execute(
            update(VisitorToken)
            .where(VisitorToken.lookup == visit.lookup)
            .values(expires_at=now + desk.settings.token_term)
        )
        paused = await session.scalar(
            select(Conversation.paused).where(Conversation.id == visit.conversation_id).with_for_update()
        )
        await session.execute(
            update(Conversation)
            .where(Conversation.id == visit.conversation_id)
            .values(last_sign_at=now, paused=False)
        )
        state = await session.scalar(
            select(Conversation.state).where(Conversation.id == visit.conversation_id)
        )
        if paused and state == State.BOT:
            session.add(owed(visit.conversation_id, "resume", now))


async def refresh_keys(session: AsyncSession, visit: Visit) -> None:
    """Open the token's keys again: another part may have begun since; raises :class:`TokenUnknown`."""
    row = await session.get(VisitorToken, visit.lookup, populate_existing=True)
    if row is None:
        raise TokenUnknown("no such token")
    visit.keys = unwrap(visit.conversation_id, row.wrapped_keys, visit.opening_key, TOKEN)


async def come_back(desk: Desk, code_keys: ReceiptKeys) -> tuple[str, datetime]:
    """A token for the conversation of a receipt code; raises :class:`ReceiptUnknown`. Always takes as long."""
    token, now = new_token(), desk.clock()
    expires = now + desk.settings.token_term
    async with desk.store.writing() as session:
        row = await session.get(Receipt, code_keys.lookup)
        if row is None:
            raise ReceiptUnknown("no such code")
        try:
            keys = unwrap(row.conversation_id, row.wrapped_keys, code_keys.opening, RECEIPT)
        except NotOpened:
            raise ReceiptUnknown("this code's row was tampered with") from None
        row.used_at = now
        session.add(_token_row(token, keys, now, expires))
    return token, expires


async def note_receipt(desk: Desk, visit: Visit) -> None:
    """The visitor has the code: forget it."""
    async with desk.store.writing() as session:
        await session.execute(
            update(VisitorToken).where(VisitorToken.lookup == visit.lookup).values(sealed_receipt=None)
        )


def seal_code(visit: Visit, code: str) -> bytes:
    """The code, sealed so that only this visitor's token opens it."""
    return seal(visit.opening_key, code.encode(), visit.place)


async def kept_code(session: AsyncSession, visit: Visit) -> str | None:
    """The receipt code that is still kept for this token, or None."""
    sealed = await session.scalar(
        select(VisitorToken.sealed_receipt).where(VisitorToken.lookup == visit.lookup)
    )
    return None if sealed is None else unseal(visit.opening_key, sealed, visit.place).decode()


def owed(conversation_id: str, kind: str, at: datetime, seq: int = 0) -> Outbox:
    """A call that is owed to the bot (or, for kind ``safety``, to the reader)."""
    return Outbox(
        conversation_id=conversation_id, seq=seq, kind=kind, message_id=new_id(), attempts=0, told=False,
        created_at=at,
    )  # fmt: skip


def _token_row(token: str, keys: ConversationKeys, now: datetime, expires: datetime) -> VisitorToken:
    return VisitorToken(
        lookup=lookup_of(token), conversation_id=keys.conversation_id,
        wrapped_keys=keys.wrapped(opening_key_of(token), TOKEN), sealed_receipt=None, created_at=now,
        expires_at=expires,
    )  # fmt: skip
