"""A staff side on a real SQLite file, with one account, cases, and a clock that the test moves."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from handover.accounts import NewAccount, set_up
from handover.conversation.states import State
from handover.conversation.thread import Body, locked, post
from handover.desk import Actor, Desk, new_id
from handover.hub import Hub
from handover.queue.card import card_of
from handover.staff import make_staff_app
from handover.store import Conversation, HandedOverKey, MeldpuntKey, ReportRow, Staff, Store
from handover.store.migrate import upgrade
from handover.vault import ConversationKeys, InstallationKeys, new_key
from meldpunt.report import Report
from meldpunt.settings import Settings

PASSWORD, SECRET = "een-lang-wachtwoord", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class StaffSide:
    """What a test works with."""

    desk: Desk
    client: TestClient[Any, Any]
    now: list[datetime]
    recovery_key: str = ""
    keys: dict[str, ConversationKeys] = field(default_factory=dict)

    def later(self, **term: float) -> None:
        self.now[0] += timedelta(**term)

    def code(self) -> str:
        return pyotp.TOTP(SECRET).at(self.now[0])

    async def form(self, path: str, action: str, **fields: str) -> Any:
        """Open a page, take its form token, send the form."""
        text = await (await self.client.get(path)).text()
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', text)
        assert token, text
        return await self.client.post(action, data={"csrf": token[1], **fields}, allow_redirects=False)

    async def log_in(self) -> None:
        first = await self.form("/login", "/login", username="beheer", password=PASSWORD)
        assert first.headers["Location"] == "/login/code"
        second = await self.form("/login/code", "/login/code", code=self.code())
        assert second.headers["Location"] == "/"

    async def add_case(
        self,
        reference: str,
        level: str,
        state: State = State.FOLLOW_UP,
        said: str = "",
        report: Report | None = None,
    ) -> str:
        """Put a case in the queue as the hand-over does."""
        keys = ConversationKeys.new(new_id())
        report, now = report or Report(), self.now[0]
        async with self.desk.store.writing() as session:
            meldpunt = await session.get(MeldpuntKey, 1)
            assert meldpunt is not None
            session.add(
                Conversation(
                    id=keys.conversation_id,
                    state=state,
                    last_seq=0,
                    part=0,
                    sender="s" * 43,
                    created_at=now,
                    last_sign_at=now,
                    waiting_since=now if state is State.WAITING else None,
                )
            )
            await session.flush()
            session.add(
                HandedOverKey(
                    conversation_id=keys.conversation_id,
                    generation=1,
                    sealed=keys.sealed_for(meldpunt.public_key),
                )
            )
            session.add(
                ReportRow(
                    reference=reference,
                    conversation_id=keys.conversation_id,
                    part=0,
                    status="nieuw",
                    kind="melding" if state is State.FOLLOW_UP else "gesprek",
                    level=level,
                    proposed_level=level,
                    created_at=now,
                    updated_at=now,
                    sealed_report=keys.seal(0, 0, "report", report.model_dump(mode="json")),
                    sealed_card=keys.seal(0, 0, "card", card_of(report).as_json()),
                )
            )
            if said:
                conversation = await locked(session, keys.conversation_id)
                await post(session, conversation, keys, "visitor", Body(said), now, allowed=set(State))
        self.keys[reference] = keys
        return reference

    async def add_colleague(self) -> Actor:
        """Another account, as far as claiming needs one."""
        async with self.desk.store.writing() as session:
            session.add(
                Staff(
                    id="collega",
                    username="noor",
                    display_name="Noor",
                    roles=["medewerker"],
                    public_key=b"",
                    wrapped_private_key=b"",
                    salt=b"",
                    cost={},
                    created_at=self.now[0],
                    password_changed_at=self.now[0],
                )
            )
        return Actor("collega", "Noor", frozenset({"medewerker"}))


@pytest.fixture
async def staff(sqlite_url: str, tmp_path: Path) -> AsyncIterator[StaffSide]:
    settings = Settings(var=tmp_path, database_url=sqlite_url, argon2_memory=1024, argon2_time=1)
    store, now = Store.open(sqlite_url), [datetime.now(UTC)]
    await upgrade(store)
    desk = Desk(store, Hub(), settings, InstallationKeys(new_key()), clock=lambda: now[0])
    first = await set_up(
        desk, NewAccount("beheer", "Beheer", PASSWORD, SECRET), ["medewerker", "coordinator", "beheerder"]
    )
    async with TestClient(TestServer(make_staff_app(desk))) as client:
        yield StaffSide(desk, client, now, first.recovery_key)
    await store.close()


Fetch = Callable[[str], Awaitable[str]]


@pytest.fixture
def fetch(staff: StaffSide) -> Fetch:
    async def get(path: str) -> str:
        return await (await staff.client.get(path)).text()

    return get
