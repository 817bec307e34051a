"""Carrying out what the bot answered: its texts and directives, all in one transaction with the owed call's
end.

Nothing here waits for the bot or for slow cryptography: what is slow was prepared by the relay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from handover.audit import Doing
from handover.conversation import texts
from handover.conversation.bot import Reply
from handover.conversation.handing_over import CASE, CHAT, NewCode, hand_over, store_case
from handover.conversation.states import Happening, State, change
from handover.conversation.thread import Body, post
from handover.conversation.visit import Visit
from handover.desk import VISITOR, Desk
from handover.retention import delete_conversation
from handover.store import BotErasure, Conversation, Outbox, UnfitPayload
from meldpunt.report import Erase, Pause, Report, SafeMode, StoreReport, WantHuman, read_directive

ANYWHERE = frozenset(State)
UNFIT = "onleesbaar"
WANTED = "wil_mens"
SAFE_MODE = "safe_mode"
BOT_AGAIN = "bot_again"
HANDS_OVER = frozenset({"report", "want_human"})
LAST_WORD = frozenset({"erase", "want_human"})  # what the bot would still ask after these is not put


@dataclass(slots=True)
class Settling:
    """One conversation in one transaction."""

    desk: Desk
    session: AsyncSession
    conversation: Conversation
    visit: Visit
    code: NewCode | None

    async def replies(self, replies: Sequence[Reply]) -> None:
        """Everything the bot said, in order."""
        for reply in replies:
            hint = SAFE_MODE if kind_of(reply) == SAFE_MODE else None
            if reply.text:
                await self._say("bot", body_of(reply, hint))
            if reply.custom is not None:
                await self._directive(reply.custom)
                if kind_of(reply) in LAST_WORD:
                    return

    async def failed(self, *, staff_online: bool, next_open: str) -> None:
        """The bot stayed silent after every retry: a person, or leaving a message, and what was said stays
        private.
        """
        await self._hand_over(whole=False)
        change(self.session, self.conversation, Happening.BOT_FAILED)
        name = "bot_failed_staff" if staff_online else "bot_failed_nobody"
        again = ({"label": texts.choice(BOT_AGAIN), "value": "yes"},)
        await self._say("system", Body(texts.message(name, next_open=next_open), BOT_AGAIN, again))
        await self._wait_for_person(Report())

    async def _directive(self, custom: dict[str, Any]) -> None:
        try:
            directive = read_directive(custom)
        except ValidationError as error:
            await self._unfit(custom, error)
            return
        match directive:
            case StoreReport():
                await self._report(directive.report)
            case WantHuman():
                await self._want_human(directive.draft)
            case Erase():
                await erase(self.session, self.desk, self.conversation)
            case Pause():
                self.conversation.paused = True
            case SafeMode():
                pass  # rides on the message's hint

    async def _report(self, report: Report, notice: str | None = None, *, whole: bool | None = None) -> None:
        keys = await self._hand_over(whole=report.keeps_own_words if whole is None else whole)
        await store_case(self.session, self.desk, self.conversation, keys, report, CASE, notice)
        if self.conversation.state == State.BOT:
            change(self.session, self.conversation, Happening.REPORT_STORED)
        await self._bot_is_done()

    async def _want_human(self, draft: Report | None) -> None:
        await self._hand_over(whole=True)
        change(self.session, self.conversation, Happening.WANTED_PERSON)
        await self._wait_for_person(draft or Report())

    async def _wait_for_person(self, draft: Report) -> None:
        self.conversation.waiting_since = self.desk.clock()
        keys = self.visit.keys
        await store_case(self.session, self.desk, self.conversation, keys, draft, CHAT, WANTED)
        await self.session.execute(delete(Outbox).where(Outbox.conversation_id == self.conversation.id))

    async def _hand_over(self, *, whole: bool) -> Any:
        if self.code is None:
            raise RuntimeError("a hand-over was not prepared")
        now = self.desk.clock()
        return await hand_over(self.session, self.conversation, self.visit, self.code, now, whole=whole)

    async def _bot_is_done(self) -> None:
        if await self.session.get(BotErasure, self.conversation.sender) is None:
            self.session.add(
                BotErasure(sender=self.conversation.sender, attempts=0, created_at=self.desk.clock())
            )
        await self.session.execute(delete(Outbox).where(Outbox.conversation_id == self.conversation.id))

    async def _unfit(self, custom: dict[str, Any], error: ValidationError) -> None:
        """Keep what does not fit; a report that does not fit is still a report, a wish for a person still a
        wish.
        """
        kind = custom.get("kind")
        if kind == "report":
            await self._report(Report(), UNFIT, whole=said_yes_to_own_words(custom))
        elif kind == "want_human":
            await self._want_human(None)
        elif kind == "erase":
            await erase(self.session, self.desk, self.conversation)
            return
        rows = error.errors(include_input=False, include_context=False, include_url=False)
        problems = [f"{'.'.join(str(step) for step in row['loc'])}: {row['type']}"[:200] for row in rows[:50]]
        sealed = self.visit.keys.seal(self.conversation.part, 0, "unfit", custom)
        self.session.add(
            UnfitPayload(
                conversation_id=self.conversation.id, part=self.conversation.part, sealed=sealed, problems=problems,
                at=self.desk.clock(),
            )
        )  # fmt: skip

    async def _say(self, author: str, body: Body) -> None:
        now = self.desk.clock()
        await post(self.session, self.conversation, self.visit.keys, author, body, now, allowed=ANYWHERE)


async def erase(session: AsyncSession, desk: Desk, conversation: Conversation) -> None:
    """Everything of a conversation goes, now, because the visitor says so."""
    await delete_conversation(session, conversation.id, desk.clock())
    await desk.audit.write(session, Doing(VISITOR, "conversation.erased", "conversation"), desk.clock())


def kind_of(reply: Reply) -> str | None:
    """The kind of a reply's directive, also where it does not fit the contract."""
    kind = reply.custom.get("kind") if reply.custom else None
    return kind if isinstance(kind, str) else None


def body_of(reply: Reply, hint: str | None) -> Body:
    """A reply as a message."""
    choices = tuple({"label": choice.label, "value": choice.value} for choice in reply.choices or ())
    return Body(reply.text or "", reply.ask, choices, hint=hint)


def said_yes_to_own_words(custom: dict[str, Any]) -> bool:
    """Whether a report that does not fit still says, readably, that the literal words may be kept."""
    try:
        return bool(custom["report"]["toestemming"]["bewaren_eigen_woorden"]["waarde"] == "ja")
    except (KeyError, TypeError):
        return False
