"""What a visitor can do, whatever the transport: each frame gives the frames that answer it, after COMMIT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation import texts
from handover.conversation.frames import Choose, EraseAll, ReceiptNoted, Say, Typing
from handover.conversation.handing_over import CASE
from handover.conversation.limits import Pace
from handover.conversation.relay import Relay
from handover.conversation.settling import BOT_AGAIN, erase
from handover.conversation.states import VISITOR_MAY_WRITE, Happening, State, change
from handover.conversation.texts import problem
from handover.conversation.thread import Body, Posted, latest, locked, post
from handover.conversation.visit import Visit, note_receipt, owed, refresh_keys
from handover.desk import Desk
from handover.hub import visitor_typing_topic
from handover.queue.consent import STORING_ITEM, change_consent
from handover.queue.status import reporter_wrote
from handover.store import Conversation, Outbox, ReportRow
from handover.vault.receipt import holds_code
from meldpunt.report import CONSENT_VALUE, ConsentItem

LOOK_BACK = 60  # bot messages in which a chosen button may stand
CONSENT = "consent:"


@dataclass
class Talk:
    """One visitor's side of a conversation."""

    desk: Desk
    relay: Relay
    visit: Visit
    pace: Pace

    async def handle(self, frame: Say | Choose | EraseAll | ReceiptNoted | Typing) -> list[dict[str, Any]]:
        """Do what the frame asks; raises :class:`~handover.conversation.texts.Problem`, and nothing is
        stored.
        """
        match frame:
            case Say():
                return await self._say(frame)
            case Choose():
                return await self._choose(frame)
            case EraseAll():
                return await self._erase()
            case ReceiptNoted():
                await note_receipt(self.desk, self.visit)
                return []
            case Typing():
                self.desk.hub.wake([visitor_typing_topic(self.visit.conversation_id)])
                return []

    async def _say(self, frame: Say) -> list[dict[str, Any]]:
        limit = self.desk.settings.message_limit
        if not frame.text.strip():
            raise problem("empty", 400)
        if len(frame.text) > limit:
            raise problem("too_long", 413, limit=limit)
        if holds_code(frame.text):
            raise problem("holds_code", 422)
        self._not_too_fast()
        async with self.desk.store.writing() as session:
            conversation = await self._held(session)
            posted = await self._post(session, conversation, Body(frame.text), frame.id)
            if not posted.again:
                kind = "message" if posted.state == State.BOT else "safety"
                session.add(owed(conversation.id, kind, self.desk.clock(), posted.seq))
        return self._acknowledged(frame.id, posted)

    async def _choose(self, frame: Choose) -> list[dict[str, Any]]:
        self._not_too_fast()
        async with self.desk.store.writing() as session:
            conversation = await self._held(session)
            if await self._takes_report_back(session, conversation, frame):
                await erase(session, self.desk, conversation)
                return [{"type": "erased"}]
            if conversation.state == State.BOT:
                posted = await self._choose_for_bot(session, conversation, frame)
            elif frame.ask.startswith(CONSENT):
                posted = await self._choose_consent(session, conversation, frame)
            elif frame.ask == BOT_AGAIN and conversation.state == State.WAITING:
                posted = await self._back_to_bot(session, conversation, frame)
            else:
                posted = await self._choose_for_staff(session, conversation, frame)
        return self._acknowledged(frame.id, posted)

    async def _takes_report_back(
        self, session: AsyncSession, conversation: Conversation, frame: Choose
    ) -> bool:
        """True when a stored report may no longer be kept: then nothing of it is."""
        if (frame.ask, CONSENT_VALUE.get(frame.value)) != (CONSENT + STORING_ITEM, "nee"):
            return False
        kind = await session.scalar(
            select(ReportRow.kind).where(ReportRow.conversation_id == conversation.id)
        )
        return kind == CASE

    async def _choose_for_bot(
        self, session: AsyncSession, conversation: Conversation, frame: Choose
    ) -> Posted:
        body = Body(await self._label(session, frame), frame.ask, value=frame.value)
        posted = await self._post(session, conversation, body, frame.id)
        if not posted.again:
            session.add(owed(conversation.id, "choice", self.desk.clock(), posted.seq))
        return posted

    async def _choose_for_staff(
        self, session: AsyncSession, conversation: Conversation, frame: Choose
    ) -> Posted:
        body = Body(await self._label(session, frame), frame.ask, value=frame.value)
        return await self._post(session, conversation, body, frame.id)

    async def _choose_consent(
        self, session: AsyncSession, conversation: Conversation, frame: Choose
    ) -> Posted:
        """Change or withdraw a consent after the report was stored; staff see it at once."""
        row = await session.scalar(select(ReportRow).where(ReportRow.conversation_id == conversation.id))
        value, item = CONSENT_VALUE.get(frame.value), frame.ask.removeprefix(CONSENT)
        if row is None or value is None or item not in get_args(ConsentItem):
            raise problem("unknown_choice", 400)
        if (item, value) == (STORING_ITEM, "later"):
            raise problem("unknown_choice", 400)  # a report is kept or it is not
        said = f"{texts.consent_label(item)}: {texts.phrase('consent')[value]}"
        body = Body(said, frame.ask, value=frame.value)
        posted = await self._post(session, conversation, body, frame.id)
        if posted.again:
            return posted
        await change_consent(self.desk, session, self.visit.keys, row, item, value)
        await self._system(session, conversation, Body(texts.message("consent_changed")))
        return posted

    async def _back_to_bot(self, session: AsyncSession, conversation: Conversation, frame: Choose) -> Posted:
        body = Body(texts.choice(BOT_AGAIN), frame.ask, value=frame.value)
        posted = await self._post(session, conversation, body, frame.id)
        if posted.again:
            return posted
        change(session, conversation, Happening.GIVEN_BACK)
        conversation.waiting_since = None
        await self._system(session, conversation, Body(texts.message("back_to_bot")))
        session.add(owed(conversation.id, "given_back", self.desk.clock()))
        return posted

    async def _label(self, session: AsyncSession, frame: Choose) -> str:
        """The label of the button, from the message that offered it: no other value is taken."""
        for author in ("bot", "system"):
            for message in await latest(session, self.visit.keys, author, LOOK_BACK):
                if message.body.ask == frame.ask:
                    for choice in message.body.choices:
                        if choice["value"] == frame.value:
                            return choice["label"]
        raise problem("unknown_choice", 400)

    async def _erase(self) -> list[dict[str, Any]]:
        async with self.desk.store.writing() as session:
            await erase(session, self.desk, await locked(session, self.visit.conversation_id))
        return [{"type": "erased"}]

    async def _held(self, session: AsyncSession) -> Conversation:
        conversation = await locked(session, self.visit.conversation_id)
        if conversation.part not in self.visit.keys.parts:
            await refresh_keys(session, self.visit)
        return conversation

    async def _post(
        self, session: AsyncSession, conversation: Conversation, body: Body, client_id: str
    ) -> Posted:
        now = self.desk.clock()
        posted = await post(
            session, conversation, self.visit.keys, "visitor", body, now, allowed=VISITOR_MAY_WRITE,
            client_id=client_id,
        )  # fmt: skip
        if not posted.again and conversation.state != State.BOT:
            if conversation.state == State.CLOSED:
                change(session, conversation, Happening.CAME_BACK)
            await reporter_wrote(self.desk, session, conversation.id)
        return posted

    async def _system(self, session: AsyncSession, conversation: Conversation, body: Body) -> None:
        now = self.desk.clock()
        await post(session, conversation, self.visit.keys, "system", body, now, allowed=VISITOR_MAY_WRITE)

    def _acknowledged(self, frame_id: str, posted: Posted) -> list[dict[str, Any]]:
        self.relay.nudge(self.visit)
        return [{"type": "ack", "id": frame_id, "seq": posted.seq}]

    def _not_too_fast(self) -> None:
        if not self.pace.allows():
            raise problem("too_fast", 429)


async def is_owed(session: AsyncSession, conversation_id: str) -> bool:
    """True when the bot still owes this conversation something."""
    found = await session.scalar(select(Outbox.id).where(Outbox.conversation_id == conversation_id).limit(1))
    return found is not None
