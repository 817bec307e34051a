"""The states of a conversation and the one table of allowed changes (architecture.md, "Conversation states").

``erased`` is not a state but the absence of the row: it can happen in any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from handover.hub import QUEUE, conversation_topic
from handover.store import Conversation
from handover.store.database import announce


class State(StrEnum):
    """Who has the conversation."""

    BOT = "bot"  # the bot answers
    WAITING = "waiting"  # handed over, nobody has it yet
    STAFF = "staff"  # a person has it
    CLOSED = "closed"  # the person ended it
    FOLLOW_UP = "follow_up"  # a report is stored, or the visitor came back: staff answer when they can


class Happening(StrEnum):
    """What can change a state."""

    WANTED_PERSON = "wanted_person"
    BOT_FAILED = "bot_failed"
    REPORT_STORED = "report_stored"
    CLAIMED = "claimed"
    RELEASED = "released"
    GIVEN_BACK = "given_back"
    ENDED = "ended"
    CAME_BACK = "came_back"


CHANGES: dict[tuple[State, Happening], tuple[State, str]] = {
    (State.BOT, Happening.WANTED_PERSON): (State.WAITING, "the visitor asked for a person"),
    (State.BOT, Happening.BOT_FAILED): (State.WAITING, "the bot stayed silent after every retry"),
    (State.BOT, Happening.REPORT_STORED): (State.FOLLOW_UP, "the report is in the queue; the bot is done"),
    (State.WAITING, Happening.CLAIMED): (State.STAFF, "one person takes it"),
    (State.WAITING, Happening.GIVEN_BACK): (State.BOT, "nobody can take it; the bot goes on"),
    (State.WAITING, Happening.ENDED): (State.CLOSED, "staff end it, or the visitor left"),
    (State.STAFF, Happening.RELEASED): (State.WAITING, "the person lets go, or their lease lapsed"),
    (State.STAFF, Happening.GIVEN_BACK): (State.BOT, "the person gives it back to the bot"),
    (State.STAFF, Happening.ENDED): (State.CLOSED, "the talk is over"),
    (State.CLOSED, Happening.CAME_BACK): (State.FOLLOW_UP, "the visitor writes on, or comes back by code"),
}
BOT_MAY_SPEAK = frozenset({State.BOT})
VISITOR_MAY_WRITE = frozenset(State)
STAFF_MAY_WRITE = frozenset({State.STAFF, State.FOLLOW_UP, State.CLOSED})


@dataclass(eq=False)
class NotAllowed(Exception):
    """This cannot happen in the state that the conversation is in."""

    state: str
    happening: Happening

    def __str__(self) -> str:
        return f"{self.happening} cannot happen while the conversation is {self.state}"


def after(state: State, happening: Happening) -> State:
    """The next state; raises :class:`NotAllowed`."""
    try:
        return CHANGES[state, happening][0]
    except KeyError:
        raise NotAllowed(state, happening) from None


def change(session: AsyncSession, conversation: Conversation, happening: Happening) -> State:
    """Change the state of a conversation that this transaction holds (``thread.locked``).

    Raises :class:`NotAllowed`.
    """
    new = after(State(conversation.state), happening)
    conversation.state = new
    announce(session, conversation_topic(conversation.id), QUEUE)
    return new
