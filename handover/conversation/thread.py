"""The messages of a conversation: numbered without gaps inside the transaction that stores them, and sealed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation.states import State
from handover.hub import conversation_topic
from handover.store import Conversation, Message
from handover.store.database import announce
from handover.vault import ConversationKeys, NotOpened

FIELD = "message"


class ConversationGone(LookupError):
    """The conversation was erased, or never was."""


@dataclass(eq=False)
class WrongState(Exception):
    """Nothing was stored: this author may not write while the conversation is in ``state``."""

    state: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a message says. ``ask`` and ``choices`` where the bot asks; ``value`` where the visitor chose.

    ``by`` is the staff id of an answer; ``hint`` is for the page ("safe_mode").
    """

    text: str
    ask: str | None = None
    choices: tuple[dict[str, str], ...] = ()
    value: str | None = None
    by: str | None = None
    hint: str | None = None

    @classmethod
    def of(cls, data: dict[str, Any]) -> Body:
        return cls(**{**data, "choices": tuple(data["choices"])})


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message, opened."""

    seq: int
    author: str
    at: datetime
    body: Body
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message was put. ``again`` is true when it was there already."""

    seq: int
    state: State
    again: bool = False


async def locked(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation's row, held for this transaction; raises :class:`ConversationGone`."""
    row = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise ConversationGone("there is no such conversation")
    return row


async def post(
    session: AsyncSession,
    conversation: Conversation,
    keys: ConversationKeys,
    author: str,
    body: Body,
    at: datetime,
    *,
    allowed: Collection[State],
    client_id: str | None = None,
) -> Posted:
    """Store a message in a conversation that this transaction holds (:func:`locked`).

    The same ``client_id`` again stores nothing and gives the first ``seq``. Raises :class:`WrongState`.
    """
    if client_id is not None:
        earlier = await session.scalar(
            select(Message.seq).where(
                Message.conversation_id == conversation.id, Message.client_id == client_id
            )
        )
        if earlier is not None:
            return Posted(earlier, State(conversation.state), again=True)
    if State(conversation.state) not in allowed:
        raise WrongState(conversation.state)
    seq = conversation.last_seq + 1
    sealed = keys.seal(conversation.part, seq, FIELD, asdict(body))
    session.add(
        Message(
            conversation_id=conversation.id, seq=seq, author=author, part=conversation.part,
            client_id=client_id, sealed=sealed, at=at,
        )
    )  # fmt: skip
    conversation.last_seq = seq
    if author == "visitor":
        conversation.last_sign_at = at
    await session.flush()
    announce(session, conversation_topic(conversation.id))
    return Posted(seq, State(conversation.state))


async def read(
    session: AsyncSession, keys: ConversationKeys, after: int = 0, limit: int | None = None
) -> list[ThreadMessage]:
    """Messages with ``seq`` above ``after``, oldest first, as far as ``keys`` open them."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == keys.conversation_id, Message.seq > after)
        .order_by(Message.seq)
        .limit(limit)
    )
    return _opened(keys, rows.all())


async def latest(
    session: AsyncSession, keys: ConversationKeys, author: str, count: int
) -> list[ThreadMessage]:
    """The last ``count`` messages of ``author``, newest first."""
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == keys.conversation_id, Message.author == author)
        .order_by(Message.seq.desc())
        .limit(count)
    )
    return _opened(keys, rows.all())


def _opened(keys: ConversationKeys, rows: Sequence[Message]) -> list[ThreadMessage]:
    messages = []
    for row in rows:
        try:
            body = Body.of(keys.open(row.part, row.seq, FIELD, row.sealed))
        except NotOpened:
            if row.part in keys.parts:
                raise
            continue  # said before the hand-over, and not for this reader
        messages.append(ThreadMessage(row.seq, row.author, row.at, body, row.client_id))
    return messages
