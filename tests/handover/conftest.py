"""A desk on a fresh database, a stand-in bot, and both listeners' applications, for the tests of handover."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from handover import accounts
from handover.conversation.bot import Bot
from handover.desk import Actor, Desk
from handover.hub import Hub
from handover.store import Base, Store
from handover.vault import InstallationKeys, Keyring
from handover.visitor.app import make_visitor_app
from handover.visitor.door import Door
from meldpunt.settings import Settings
from tests.handover.line import Line
from tests.handover.stand_in_bot import SECRET, StandInBot

WEEKDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self, now: datetime = WEEKDAY_NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


class NoReader:
    """A reader of safety cues that knows one word of each of two kinds."""

    async def kinds(self, text: str) -> tuple[str, ...]:
        words = {"dood": "suicidaal", "help nu": "nu_in_gevaar"}
        return tuple(kind for word, kind in words.items() if word in text)


def quick_settings(folder: Path, url: str, **values: Any) -> Settings:
    """Settings for tests: the same product with cheap guessing and short waits."""
    defaults: dict[str, Any] = {
        "var": folder, "database_url": url, "argon2_memory": 1024, "argon2_time": 1, "channel_secret": SECRET,
        "bot_patience": timedelta(seconds=2), "bot_pause": timedelta(milliseconds=1),
        "conversations_per_minute": 10_000, "messages_per_minute": 10_000, "codes_per_minute": 1000,
    }  # fmt: skip
    return Settings(_env_file=None, **{**defaults, **values})


@dataclass
class Office:
    """A desk with a first person who can open everything, and colleagues on request."""

    desk: Desk
    clock: Clock
    account: accounts.FirstAccount
    people: dict[str, tuple[Actor, Keyring]] = field(default_factory=dict)

    async def person(self, name: str = "beheer") -> tuple[Actor, Keyring]:
        if name not in self.people:
            if name != "beheer":
                await self._let_in(name)
            password = self.account.password if name == "beheer" else f"wachtwoord van {name}"
            row, pair = await accounts.check_password(self.desk, name, password)
            keyring = await accounts.keyring_of(self.desk, row.id, pair.private)
            self.people[name] = Actor(row.id, row.display_name, frozenset(row.roles), "toestel"), keyring
        return self.people[name]

    async def _let_in(self, name: str) -> None:
        actor, keyring = await self.person()
        token = await accounts.invite(self.desk, actor, keyring, ["medewerker"])
        account = accounts.NewAccount(name, name.capitalize(), f"wachtwoord van {name}", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        await accounts.accept_invite(self.desk, token, account)


async def make_office(folder: Path, url: str, **values: Any) -> Office:
    clock = Clock()
    store = Store.open(url)
    async with store.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    desk = Desk(
        store, Hub(), quick_settings(folder, url, **values), InstallationKeys(secrets.token_bytes(32)), clock
    )
    first = accounts.NewAccount("beheer", "Beheer", "een lang wachtwoord", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    roles = ["medewerker", "coordinator", "beheerder"]
    return Office(desk, clock, await accounts.set_up(desk, first, roles))


@pytest.fixture
async def office(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Office]:
    """An office on SQLite."""
    office = await make_office(tmp_path, sqlite_url)
    yield office
    await office.desk.store.close()


@pytest.fixture
async def any_office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    """An office on each of the two databases."""
    office = await make_office(tmp_path, database_url)
    yield office
    await office.desk.store.close()


@pytest.fixture
async def bot() -> AsyncIterator[StandInBot]:
    """A stand-in bot that listens on loopback."""
    stand_in = StandInBot()
    async with TestServer(stand_in.app()) as server:
        stand_in.port = server.port
        yield stand_in


@dataclass
class House:
    """A visitors' listener that can be talked to."""

    office: Office
    bot: StandInBot
    door: Door
    server: TestServer
    http: aiohttp.ClientSession

    @property
    def desk(self) -> Desk:
        return self.office.desk

    @property
    def base(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def post(self, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        async with self.http.post(self.base + path, json=body, **options) as response:
            return response.status, await response.json()

    async def token(self) -> str:
        status, body = await self.post("/api/v1/conversations")
        assert status == 201
        return body["token"]

    async def line(self, token: str | None = None, after: int = 0) -> Line:
        """A connected visitor, after hello."""
        line = Line(self.http, self.base, token or await self.token())
        await line.connect(after)
        return line

    async def report(self, words: str = "yes", story: str = "hij stuurt mijn foto door") -> Line:
        """A visitor whose report was stored."""
        line = await self.line()
        await line.until_ask("story")
        await line.say(story)
        await line.until_ask("consent:opslaan_melding")
        await line.choose("consent:opslaan_melding", "yes")
        await line.until_ask("consent:bewaren_eigen_woorden")
        await line.choose("consent:bewaren_eigen_woorden", words)
        await line.until("receipt")
        return line

    async def waiting(self, story: str = "ik wil een mens spreken") -> Line:
        """A visitor who waits for a person."""
        line = await self.line()
        await line.until_ask("story")
        await line.say(story)
        await line.until("receipt")
        return line


async def make_house(office: Office, bot: StandInBot) -> AsyncIterator[House]:
    settings = office.desk.settings.model_copy(update={"rasa_port": bot.port})
    object.__setattr__(office.desk, "settings", settings)
    async with aiohttp.ClientSession(headers={"Connection": "keep-alive"}) as http:
        channel = Bot(http, settings.bot_url, SECRET, settings.bot_patience)
        door = Door(office.desk, channel, NoReader())
        async with TestServer(make_visitor_app(door)) as server, aiohttp.ClientSession() as visitors:
            yield House(office, bot, door, server, visitors)
        await door.relay.stop()


@pytest.fixture
async def house(office: Office, bot: StandInBot) -> AsyncIterator[House]:
    """The visitors' listener on SQLite."""
    async for house in make_house(office, bot):
        yield house


@pytest.fixture
async def any_house(any_office: Office, bot: StandInBot) -> AsyncIterator[House]:
    """The visitors' listener on each of the two databases."""
    async for house in make_house(any_office, bot):
        yield house


@pytest.fixture
def office_time() -> datetime:
    """A weekday at noon."""
    return WEEKDAY_NOON
