"""What a visitor must be shown next, read from the database: welcome, new messages, mode, receipt, erased."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from handover.conversation.frames import message_frame
from handover.conversation.states import State
from handover.conversation.texts import consent_label
from handover.conversation.thread import read
from handover.conversation.visit import Visit, kept_code, refresh_keys
from handover.desk import Desk
from handover.preferences import preferences_of
from handover.queue.consent import consents_today, no_means
from handover.queue.listing import waiting_position
from handover.queue.presence import staff_online
from handover.store import Conversation, ReportRow, Staff
from handover.vault.receipt import shown

PAGE = 50
MODE_FIELDS = ("mode", "position", "name")


@dataclass
class Feed:
    """Where one visitor's page is: up to which ``seq``, in which mode, with which reference and code shown."""

    desk: Desk
    visit: Visit
    after: int = 0
    own: set[int] = field(default_factory=set)
    _mode: tuple[Any, ...] | None = None
    _reference: str | None = None
    _code: str | None = None
    _consents: tuple[tuple[str, str], ...] | None = None

    @property
    def is_waiting(self) -> bool:
        """True while the visitor waits for a person: their place in line can change."""
        return self._mode is not None and self._mode[0] == State.WAITING

    async def welcome(self) -> list[dict[str, Any]]:
        """The first frame; what follows it comes from :meth:`page`."""
        now, hours = self.desk.clock(), self.desk.hours
        async with self.desk.store.reading() as session:
            conversation = await session.get(Conversation, self.visit.conversation_id)
            if conversation is None:
                return [{"type": "erased"}]
            mode, last_seq = await self._mode_of(session, conversation), conversation.last_seq
        self._mode = tuple(mode.get(name) for name in MODE_FIELDS)
        return [
            {
                "type": "welcome",
                **mode,
                "last_seq": last_seq,
                "staff_online": await staff_online(self.desk),
                "open_now": hours.open_at(now),
                "next_open": hours.say_next_open(now),
            }
        ]

    async def page(self) -> tuple[list[dict[str, Any]], bool]:
        """The next frames, and whether there are more. After ``erased`` nothing more comes."""
        async with self.desk.store.reading() as session:
            conversation = await session.get(Conversation, self.visit.conversation_id)
            if conversation is None:
                return [{"type": "erased"}], False
            if conversation.part not in self.visit.keys.parts:
                await refresh_keys(session, self.visit)
            messages = []
            if conversation.last_seq > self.after:
                messages = await read(session, self.visit.keys, self.after, limit=PAGE)
            frames = [message_frame(message) for message in messages if message.seq not in self.own]
            if messages:
                self.after = messages[-1].seq
                self.own = {seq for seq in self.own if seq > self.after}
            if len(messages) == PAGE:
                return frames, True
            self.after = max(self.after, conversation.last_seq)
            frames += await self._changed_mode(session, conversation)
            frames += await self._case(session, conversation)
        return frames, False

    async def _changed_mode(self, session: Any, conversation: Conversation) -> list[dict[str, Any]]:
        mode = await self._mode_of(session, conversation)
        now = tuple(mode.get(name) for name in MODE_FIELDS)
        if now == self._mode:
            return []
        self._mode = now
        return [{"type": "mode", **mode}]

    async def _mode_of(self, session: Any, conversation: Conversation) -> dict[str, Any]:
        mode: dict[str, Any] = {"mode": conversation.state}
        if conversation.state == State.WAITING:
            mode["position"] = await waiting_position(session, conversation)
        if conversation.state == State.STAFF and preferences_of(self.desk).first_names:
            mode["name"] = await _first_name(session, conversation)
        return mode

    async def _case(self, session: Any, conversation: Conversation) -> list[dict[str, Any]]:
        """The reference of the report, the code while it is kept, the consents as they are today."""
        if conversation.state == State.BOT:
            return []
        frames: list[dict[str, Any]] = []
        found = (
            await session.execute(
                select(ReportRow.reference, ReportRow.kind).where(
                    ReportRow.conversation_id == conversation.id
                )
            )
        ).first()
        if found is not None and found.kind == "melding" and self._reference != found.reference:
            self._reference = found.reference
            frames.append({"type": "report", "reference": found.reference})
        code = await kept_code(session, self.visit)
        if code is not None and code != self._code:
            self._code = code
            frames.append({"type": "receipt", "code": shown(code)})
        if found is not None and found.kind == "melding":
            today = await consents_today(session, found.reference)
            consents = tuple(sorted((item, consent.value) for item, consent in today.items()))
            if consents != self._consents:
                self._consents = consents
                items = [
                    {"item": item, "label": consent_label(item), "value": value, "no_means": no_means(item)}
                    for item, value in consents
                ]
                frames.append({"type": "consents", "items": items})
        return frames


async def _first_name(session: Any, conversation: Conversation) -> str | None:
    """The first name of the colleague who has this conversation."""
    name = await session.scalar(
        select(Staff.display_name)
        .join(ReportRow, ReportRow.claimed_by == Staff.id)
        .where(ReportRow.conversation_id == conversation.id)
    )
    return name.split()[0] if name and name.strip() else None
