"""The relay to the bot: owed calls, one at a time per conversation, each ended in the transaction that
stores its replies.

A call is repeated with the same id until it is answered or the attempts are used up, so that a crash in
between neither loses nor doubles anything. A conversation that nobody has open cannot be relayed: nobody has
its keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation import texts
from handover.conversation.bot import Answer, Bot, BotFailed, Call
from handover.conversation.handing_over import NewCode, make_code
from handover.conversation.safety import SafetyReader, texts_for
from handover.conversation.settling import HANDS_OVER, Settling, kind_of
from handover.conversation.states import BOT_MAY_SPEAK, State
from handover.conversation.thread import Body, ConversationGone, latest, locked, post, read
from handover.conversation.visit import TokenUnknown, Visit, refresh_keys
from handover.desk import Desk
from handover.hub import bot_topic
from handover.queue.alarm import raise_to_acute
from handover.queue.presence import staff_online
from handover.store import Conversation, Message, Outbox

log = structlog.get_logger()
SAFETY = "safety"
TAKEN_UP = frozenset({"resume", "given_back"})
ANYWHERE = frozenset(State)


@dataclass
class Relay:
    """Runs owed calls for conversations that somebody has open. ``pause`` waits between attempts."""

    desk: Desk
    bot: Bot
    reader: SafetyReader
    pause: Callable[[float], Any] = asyncio.sleep
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _again: dict[str, Visit] = field(default_factory=dict)

    def nudge(self, visit: Visit) -> None:
        """Run what is owed in this conversation, soon, in order; returns at once."""
        running = self._running.get(visit.conversation_id)
        if running is not None:
            self._again[visit.conversation_id] = visit
            return
        task = asyncio.create_task(self._run(visit))
        self._running[visit.conversation_id] = task

    async def idle(self, conversation_id: str) -> None:
        """Wait until nothing runs for this conversation."""
        while (task := self._running.get(conversation_id)) is not None:
            await asyncio.wait([task])

    async def stop(self) -> None:
        """Stop everything; what is owed is done after the next start."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, visit: Visit) -> None:
        try:
            while True:
                try:
                    while await self._next(visit):
                        pass
                except (ConversationGone, TokenUnknown):
                    self._again.pop(visit.conversation_id, None)
                    return
                again = self._again.pop(visit.conversation_id, None)
                if again is None:
                    return
                visit = again
        except Exception as error:
            log.error("relay.failed", problem=type(error).__name__)
        finally:
            del self._running[visit.conversation_id]
            if (again := self._again.pop(visit.conversation_id, None)) is not None:
                self.nudge(again)

    async def _next(self, visit: Visit) -> bool:
        """Do the first owed call; False where nothing is owed."""
        async with self.desk.store.reading() as session:
            owed = await session.scalar(
                select(Outbox)
                .where(Outbox.conversation_id == visit.conversation_id)
                .order_by(Outbox.id)
                .limit(1)
            )
            if owed is None:
                return False
            await refresh_keys(session, visit)
            conversation = await session.get(Conversation, visit.conversation_id)
            if conversation is None:
                return False
            body = await self._body(session, visit, owed)
        if owed.kind == SAFETY or (body is None and owed.seq):
            await self._read_for_safety(visit, owed, body)
            return True
        self.desk.hub.wake([bot_topic(visit.conversation_id)])
        try:
            answer = await self.bot.ask(await self._call(conversation, owed, body))
        except BotFailed as failed:
            return await self._failed(visit, owed, body, failed)
        await self._settle(visit, owed, answer)
        return True

    async def _body(self, session: AsyncSession, visit: Visit, owed: Outbox) -> Body | None:
        if not owed.seq:
            return None
        found = await read(session, visit.keys, owed.seq - 1, limit=1)
        return found[0].body if found and found[0].seq == owed.seq else None

    async def _call(self, conversation: Conversation, owed: Outbox, body: Body | None) -> Call:
        is_choice = owed.kind == "choice" and body is not None
        kind = owed.kind if owed.kind not in TAKEN_UP or await self._has_spoken(conversation) else "start"
        return Call(
            sender=conversation.sender, message_id=owed.message_id, message_seq=owed.seq, kind=kind,
            context=await self.context(), text=body.text if body and owed.kind == "message" else None,
            ask=body.ask if is_choice and body else None, value=body.value if is_choice and body else None,
        )  # fmt: skip

    async def _has_spoken(self, conversation: Conversation) -> bool:
        """False where the bot never got a word out: then it begins, and takes nothing up."""
        async with self.desk.store.reading() as session:
            found = await session.scalar(
                select(Message.seq)
                .where(Message.conversation_id == conversation.id, Message.author == "bot")
                .limit(1)
            )
        return found is not None

    async def context(self) -> dict[str, Any]:
        """What the bot must know of the moment: who is there, and when somebody is."""
        now, hours = self.desk.clock(), self.desk.hours
        return {
            "staff_online": await staff_online(self.desk),
            "open_now": hours.open_at(now),
            "next_open": hours.say_next_open(now),
            "opening_hours": hours.say(),
        }

    async def _settle(self, visit: Visit, owed: Outbox, answer: Answer) -> None:
        code = await self._code() if any(kind_of(r) in HANDS_OVER for r in answer.replies) else None
        async with self.desk.store.writing() as session:
            conversation = await locked(session, visit.conversation_id)
            if not await _end(session, owed):
                return  # another process was faster
            if State(conversation.state) not in BOT_MAY_SPEAK:
                return  # a person has it: the bot is silent
            await refresh_keys(session, visit)
            conversation.failures = 0
            await Settling(self.desk, session, conversation, visit, code).replies(answer.replies)

    async def _failed(self, visit: Visit, owed: Outbox, body: Body | None, failed: BotFailed) -> bool:
        attempts = owed.attempts + 1
        log.warning("bot.failed", kind=failed.kind, attempt=attempts)
        if attempts >= self.desk.settings.bot_attempts:
            await self._give_up(visit, owed)
            return True
        await self._tell(visit, owed, body, attempts)
        await self.pause(self.desk.settings.bot_pause.total_seconds() * 2 ** (attempts - 1))
        return True

    async def _tell(self, visit: Visit, owed: Outbox, body: Body | None, attempts: int) -> None:
        """Tell the visitor, once, that it takes longer; safety texts come now, from the words themselves."""
        kinds = await self._kinds(body)
        async with self.desk.store.writing() as session:
            conversation = await locked(session, visit.conversation_id)
            await session.execute(
                update(Outbox).where(Outbox.id == owed.id).values(attempts=attempts, told=True)
            )
            if not owed.told and owed.kind != "start":
                await self._say_safety(session, conversation, visit, kinds)
                await self._say(session, conversation, visit, Body(texts.message("bot_slow")))

    async def _give_up(self, visit: Visit, owed: Outbox) -> None:
        code, online = await self._code(), await staff_online(self.desk)
        next_open = self.desk.hours.say_next_open(self.desk.clock())
        async with self.desk.store.writing() as session:
            conversation = await locked(session, visit.conversation_id)
            if not await _end(session, owed) or State(conversation.state) not in BOT_MAY_SPEAK:
                return
            await refresh_keys(session, visit)
            await Settling(self.desk, session, conversation, visit, code).failed(
                staff_online=online, next_open=next_open or texts.phrase("as_soon_as_open")
            )

    async def _read_for_safety(self, visit: Visit, owed: Outbox, body: Body | None) -> None:
        kinds = await self._kinds(body)
        async with self.desk.store.writing() as session:
            conversation = await locked(session, visit.conversation_id)
            if await _end(session, owed):
                await refresh_keys(session, visit)
                await self._say_safety(session, conversation, visit, kinds)

    async def _kinds(self, body: Body | None) -> tuple[str, ...]:
        return await self.reader.kinds(body.text) if body is not None and body.value is None else ()

    async def _say_safety(
        self, session: AsyncSession, conversation: Conversation, visit: Visit, kinds: tuple[str, ...]
    ) -> None:
        if not kinds:
            return
        await raise_to_acute(self.desk, session, conversation.id, kinds)
        for mark, text in texts_for(kinds, await latest(session, visit.keys, "system", 100)):
            await self._say(session, conversation, visit, Body(text, value=mark))

    async def _say(self, session: AsyncSession, conversation: Conversation, visit: Visit, body: Body) -> None:
        now = self.desk.clock()
        await post(session, conversation, visit.keys, "system", body, now, allowed=ANYWHERE)

    async def _code(self) -> NewCode:
        return await asyncio.to_thread(make_code, self.desk)


async def _end(session: AsyncSession, owed: Outbox) -> bool:
    """End an owed call; False where it was ended already."""
    gone = await session.scalar(delete(Outbox).where(Outbox.id == owed.id).returning(Outbox.id))
    return gone is not None
