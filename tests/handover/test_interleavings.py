"""Visitor, bot, two of the staff and crashes in any order, against a model, on both databases.

What must hold whatever happens: a number is given once and without gaps, every acknowledged message is there once, the
bot says nothing while a person has the conversation, and a case has one holder: the one whose claim succeeded last.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from handover import queue
from handover.conversation.frames import Say
from handover.conversation.limits import Pace
from handover.conversation.relay import Relay
from handover.conversation.states import NotAllowed, State, after
from handover.conversation.talk import Talk
from handover.conversation.thread import WrongState, read
from handover.conversation.visit import begin, open_visit
from handover.queue.problems import Refused
from handover.store import Base, Conversation, Outbox, ReportRow, Store, VisitorToken
from tests.handover.conftest import NoReader, Office, make_office
from tests.handover.stand_in_bot import StandInBot

REASON = "ik neem het over omdat jij weg bent"
STEPS = st.lists(
    st.sampled_from(
        [
            "say", "say", "say_again", "want_person", "bot", "bot", "bot_late", "bot_crash", "claim_anna", "claim_bram",
            "answer_anna", "answer_bram", "release_anna", "release_bram", "take_over_anna", "take_over_bram",
            "give_back_anna", "give_back_bram", "end_anna", "lapse", "restart",
        ]
    ),
    min_size=4, max_size=22,
)  # fmt: skip


class Crash(RuntimeError):
    """The process ended between asking the bot and storing what it said."""


@dataclass
class InProcessBot:
    """The stand-in bot without a network; ``crash`` ends the process after the bot has worked."""

    stand_in: StandInBot = field(default_factory=StandInBot)
    crash: bool = False
    meanwhile: Any = None

    async def ask(self, call: Any) -> Any:
        from handover.conversation.bot import Answer

        replies = self.stand_in.answer(call.as_json())
        if self.meanwhile is not None:
            doing, self.meanwhile = self.meanwhile, None
            await doing()
        if self.crash:
            self.crash = False
            raise Crash
        return Answer.model_validate({"replies": replies})


@dataclass
class World:
    """One conversation, and the model of it."""

    office: Office
    bot: InProcessBot
    relay: Relay
    talk: Talk
    said: dict[str, int] = field(default_factory=dict)
    staff_said: dict[str, int] = field(default_factory=dict)
    holder: str | None = None
    token: str = ""

    @classmethod
    async def new(cls, office: Office) -> World:
        token, _ = await begin(office.desk)
        bot = InProcessBot()
        world = cls(office, bot, None, None)  # type: ignore[arg-type]
        await world.restart(token)
        world.token = token
        await world.drain()
        return world

    async def restart(self, token: str) -> None:
        """Everything in memory goes; the database stays."""
        visit = await open_visit(self.office.desk, token)
        self.relay = Relay(self.office.desk, self.bot, NoReader(), lambda seconds: asyncio.sleep(0))  # type: ignore[arg-type]
        self.relay.nudge = lambda visit: None  # type: ignore[method-assign]  # the steps say when the bot runs
        self.talk = Talk(self.office.desk, self.relay, visit, Pace(10**6, lambda: 1.0))

    async def drain(self) -> None:
        while await self.relay._next(self.talk.visit):
            pass

    async def step(self, name: str) -> None:
        what, _, who = name.rpartition("_")
        if who in ("anna", "bram"):
            await self.as_staff(what, who)
        else:
            await getattr(self, f"do_{name}")()

    async def do_say(self) -> None:
        frame_id = secrets.token_hex(6)
        (answer,) = await self.talk.handle(Say(type="message", id=frame_id, text=f"bericht {frame_id}"))
        self.said[frame_id] = answer["seq"]

    async def do_say_again(self) -> None:
        for frame_id, seq in list(self.said.items())[-2:]:
            (answer,) = await self.talk.handle(Say(type="message", id=frame_id, text=f"bericht {frame_id}"))
            assert answer["seq"] == seq

    async def do_want_person(self) -> None:
        frame_id = secrets.token_hex(6)
        (answer,) = await self.talk.handle(
            Say(type="message", id=frame_id, text=f"een mens graag {frame_id}")
        )
        self.said[frame_id] = answer["seq"]

    async def do_bot(self) -> None:
        await self.drain()

    async def do_bot_late(self) -> None:
        """While the bot thinks, whoever can claims the case."""
        self.bot.meanwhile = lambda: self.as_staff("claim", "anna")
        await self.drain()
        self.bot.meanwhile = None

    async def do_bot_crash(self) -> None:
        self.bot.crash = True
        try:
            await self.drain()
        except Crash:
            await self.restart(self.token)
        self.bot.crash = False

    async def do_restart(self) -> None:
        await self.restart(self.token)

    async def do_lapse(self) -> None:
        self.office.clock.advance(timedelta(days=6))
        async with (
            self.office.desk.store.writing() as session
        ):  # the visitor looked in every day: the token lives
            still = self.office.desk.clock() + self.office.desk.settings.token_term
            await session.execute(update(VisitorToken).values(expires_at=still))
        if await queue.free_lapsed(self.office.desk):
            self.holder = None

    async def as_staff(self, what: str, name: str) -> None:
        desk, row = self.office.desk, await self.case()
        if row is None:
            return
        actor, keyring = await self.office.person(name)
        reference, version = row.reference, row.version
        try:
            match what:
                case "claim":
                    await queue.claim(desk, actor, reference, version)
                    assert self.holder in (None, actor.id)
                    self.holder = actor.id
                case "answer":
                    key = secrets.token_hex(6)
                    seq = await queue.answer(desk, actor, keyring, reference, f"antwoord {key}", key)
                    assert self.holder == actor.id
                    assert await queue.answer(desk, actor, keyring, reference, f"antwoord {key}", key) == seq
                    self.staff_said[key] = seq
                case "release":
                    await queue.release(desk, actor, reference, version)
                    assert self.holder == actor.id
                    self.holder = None
                case "take_over":
                    await queue.take_over(desk, actor, keyring, reference, version, REASON)
                    assert self.holder not in (None, actor.id)
                    self.holder = actor.id
                case "give_back":
                    await queue.give_back(desk, actor, reference, version)
                    assert self.holder == actor.id
                    self.holder = None
                case "end":
                    await queue.end_conversation(desk, actor, reference)
                    assert self.holder == actor.id
        except (Refused, NotAllowed, WrongState):
            pass

    async def case(self) -> ReportRow | None:
        async with self.office.desk.store.reading() as session:
            return (await session.scalars(_rows())).first()

    async def state(self) -> str:
        async with self.office.desk.store.reading() as session:
            return (await session.get(Conversation, self.talk.visit.conversation_id)).state

    async def check(self, before: int, was: str) -> int:
        """The invariants; gives how many messages there are."""
        async with self.office.desk.store.reading() as session:
            messages = await read(session, self.talk.visit.keys)
            row = (await session.scalars(_rows())).first()
        assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
        by_seq = {message.seq: message for message in messages}
        for frame_id, seq in self.said.items():
            assert frame_id in by_seq[seq].body.text
            assert sum(frame_id in message.body.text for message in messages) == 1
        for key, seq in self.staff_said.items():
            assert by_seq[seq].author == "staff"
            assert sum(key in message.body.text for message in messages) == 1
        if was in (State.STAFF, State.WAITING, State.CLOSED, State.FOLLOW_UP) and await self.state() == was:
            assert [m for m in messages[before:] if m.author == "bot"] == []
        if row is not None:
            assert row.claimed_by == self.holder
        return len(messages)


def _rows() -> Any:
    return select(ReportRow)


async def play(url: str, folder: Path, steps: list[str]) -> None:
    office = await make_office(folder, url)
    try:
        world = await World.new(office)
        for name in ("anna", "bram"):
            await office.person(name)
        count = await world.check(0, "")
        for name in steps:
            was = await world.state()
            await world.step(name)
            count = await world.check(count, was)
        await world.drain()  # after the last crash: everything owed is done, once
        async with office.desk.store.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Outbox)) == 0
        await world.check(count, "")
    finally:
        await office.desk.store.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_in_any_order_on_sqlite(steps: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(f"sqlite+aiosqlite:///{folder}/a.db", Path(folder), steps))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_in_any_order_on_postgres(postgres_url: str, steps: list[str]):
    async def clean() -> None:
        store = Store.open(postgres_url)
        async with store.engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(clean())
        asyncio.run(play(postgres_url, Path(folder), steps))


@given(st.sampled_from(State), st.text())
def test_what_the_table_does_not_have_cannot_happen(state: State, happening: str):
    with pytest.raises((NotAllowed, ValueError)):
        after(state, happening)  # type: ignore[arg-type]
