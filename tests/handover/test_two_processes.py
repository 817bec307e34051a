"""Two handover processes on one database: what one does wakes the pages of the other, notified or not."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from handover import waking
from handover.conversation.visit import begin
from handover.desk import Desk
from handover.hub import Bell, Hub, conversation_topic
from handover.store import Conversation, Store
from handover.store.database import announce
from handover.vault import InstallationKeys
from tests.handover.conftest import Office, make_office, quick_settings

PATIENCE_S = 20.0


def another_process(office: Office, folder: Path) -> Desk:
    url = office.desk.settings.url
    return Desk(
        Store.open(url), Hub(), quick_settings(folder, url), InstallationKeys(secrets.token_bytes(32)), office.clock
    )


@asynccontextmanager
async def awake(desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(waking.keep_awake(desk))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def conversation_of(desk: Desk) -> str:
    await begin(desk)
    async with desk.store.reading() as session:
        return str(await session.scalar(select(Conversation.id)))


async def change(desk: Desk, name: str, *, telling: bool) -> None:
    async with desk.store.writing() as session:
        conversation = await session.get(Conversation, name, with_for_update=True)
        assert conversation is not None
        conversation.last_seq += 1
        if telling:
            announce(session, conversation_topic(name))


async def rings(bell: Bell, topic: str) -> bool:
    return topic in await bell.wait(PATIENCE_S)


async def test_a_commit_elsewhere_wakes_by_notification(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waking, "POLL_SECONDS", 3600.0)  # so that it cannot be the poll
    office = await make_office(tmp_path, postgres_url)
    other = another_process(office, tmp_path)
    name = await conversation_of(other)
    with office.desk.hub.listen(conversation_topic(name)) as bell:
        async with awake(office.desk):
            for _ in range(40):  # until it listens
                await change(other, name, telling=True)
                if await bell.wait(0.5):
                    break
            else:
                pytest.fail("nothing was heard")
    for desk in (office.desk, other):
        await desk.store.close()


async def test_without_a_notification_the_poll_finds_it(
    any_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waking, "POLL_SECONDS", 0.1)
    other = another_process(any_office, tmp_path)
    name = await conversation_of(other)
    topic = conversation_topic(name)
    with any_office.desk.hub.listen(topic) as bell:
        async with awake(any_office.desk):
            assert await rings(bell, topic)  # new here: it looks once more
            await change(other, name, telling=False)
            assert await rings(bell, topic)
            assert await bell.wait(1.0) == frozenset()  # and then there is peace
    await other.store.close()


async def test_what_changes_between_connecting_and_the_first_poll_is_heard(
    any_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(waking, "POLL_SECONDS", 0.3)
    other = another_process(any_office, tmp_path)
    name = await conversation_of(other)
    topic = conversation_topic(name)
    async with awake(any_office.desk):
        with any_office.desk.hub.listen(topic) as bell:
            await change(other, name, telling=False)
            assert await rings(bell, topic)
    await other.store.close()
