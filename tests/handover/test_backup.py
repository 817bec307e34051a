"""Copies are tested by putting them back: on SQLite, on PostgreSQL, and from the one to the other."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, select

from handover import accounts, backup
from handover.desk import Actor
from handover.installation import open_desk
from handover.queue import list_queue, open_report
from handover.queue.claim import claim, release
from handover.store import Conversation, HandedOverKey, Receipt, migrate
from handover.vault import WrongPassword
from meldpunt.settings import Settings
from tests.conftest import empty_postgres
from tests.handover.conftest import House


@pytest.fixture
async def house(any_house: House) -> House:
    """The visitors' listener on each of the two databases, whose tables know their version."""
    async with any_house.desk.store.engine.begin() as connection:
        await connection.run_sync(lambda c: command.stamp(migrate._config(c), "head"))
    return any_house


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Another, empty database of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite+aiosqlite:///{tmp_path / 'restored.db'}"
    else:
        with empty_postgres(request.getfixturevalue("postgres_server")) as url:
            yield url


async def copied(house: House, folder: Path) -> backup.Made:
    settings = house.desk.settings
    keyfile_of(settings, house)
    return await backup.make(settings, folder)


def keyfile_of(settings: Settings, house: House) -> None:
    settings.keys.parent.mkdir(parents=True, exist_ok=True)
    settings.keys.write_text(house.desk.keys.as_text())


def elsewhere(house: House, url: str) -> Settings:
    """The settings of a machine with an empty database and the key file."""
    return house.desk.settings.model_copy(update={"database_url": url, "key_file": house.desk.settings.keys})


async def test_a_copy_put_back_on_an_empty_machine_is_the_whole_installation(house: House, tmp_path: Path, empty_url: str):
    line = await house.report()
    actor, keyring = await house.office.person()
    made = await copied(house, tmp_path / "copies")
    new = elsewhere(house, empty_url)
    await backup.restore(new, made.data, made.keys)
    async with open_desk(new) as desk:
        (item,) = await list_queue(desk, actor, keyring)
        case = await open_report(desk, actor, keyring, item.reference)
        assert "hij stuurt mijn foto door" in [message.body.text for message in case.messages]
        keys = desk.receipts.keys(line.last("receipt")["code"].replace(" ", ""))
        async with desk.store.reading() as session:
            assert await session.get(Receipt, keys.lookup) is not None
            assert await desk.audit.verify(session) == []


async def test_what_was_deleted_after_a_copy_does_not_come_back(house: House, tmp_path: Path, empty_url: str):
    gone, stays = await house.report(story="dit moet weg"), await house.report(story="dit mag blijven")
    first = await copied(house, tmp_path / "copies")
    await gone.send({"type": "erase"})
    await gone.until("erased")
    await asyncio.sleep(1.1)  # copies are named by the second
    second = await copied(house, tmp_path / "copies")
    assert second.data != first.data
    assert second.keys == first.keys
    new = elsewhere(house, empty_url)
    await backup.restore(new, first.data, second.keys)
    async with open_desk(new) as desk, desk.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
    assert stays.last("report")


async def test_a_consent_withdrawn_after_a_copy_stays_withdrawn(house: House, tmp_path: Path, empty_url: str):
    line, other = await house.report(story="die woorden mogen weg"), await house.report(story="deze blijven staan")
    first = await copied(house, tmp_path / "copies")
    await line.choose("consent:bewaren_eigen_woorden", "no")
    await asyncio.sleep(1.1)  # copies are named by the second
    second = await copied(house, tmp_path / "copies")
    new = elsewhere(house, empty_url)
    await backup.restore(new, first.data, second.keys)
    async with open_desk(new) as desk:
        actor, pair = await accounts.check_password(desk, "beheer", house.office.account.password)
        keyring = await accounts.keyring_of(desk, actor.id, pair.private)
        me = Actor(actor.id, actor.display_name, frozenset(actor.roles))
        cases = [
            await open_report(desk, me, keyring, item.reference) for item in await list_queue(desk, me, keyring)
        ]
    found = {case.item.reference: case for case in cases}
    withdrawn, kept = (found[one.last("report")["reference"]] for one in (line, other))
    assert not withdrawn.consents["bewaren_eigen_woorden"].yes
    assert withdrawn.messages == []
    assert withdrawn.report.feiten.eigen_woorden == ()
    assert kept.consents["bewaren_eigen_woorden"].yes
    assert "deze blijven staan" in [message.body.text for message in kept.messages]


async def test_who_lost_access_after_a_copy_does_not_get_it_back(house: House, tmp_path: Path, empty_url: str):
    await house.report()
    beheer, keyring = await house.office.person()
    anna, _ = await house.office.person("anna")
    first = await copied(house, tmp_path / "copies")
    await accounts.end_access(house.desk, beheer, anna.id)
    await accounts.rotate(house.desk, beheer, keyring)
    await asyncio.sleep(1.1)
    second = await copied(house, tmp_path / "copies")
    new = elsewhere(house, empty_url)
    await backup.restore(new, first.data, second.keys)
    async with open_desk(new) as desk:
        with pytest.raises(WrongPassword):
            await accounts.check_password(desk, "anna", "wachtwoord van anna")
        row, pair = await accounts.check_password(desk, "beheer", house.office.account.password)
        again = await accounts.keyring_of(desk, row.id, pair.private)
        (item,) = await list_queue(desk, beheer, again)
        assert (await open_report(desk, beheer, again, item.reference)).messages


async def test_the_data_copy_alone_opens_nothing(house: House, tmp_path: Path, empty_url: str):
    await house.report()
    made = await copied(house, tmp_path / "copies")
    with closing(sqlite3.connect(made.data)) as data:
        for table in (*backup.KEY_TABLES, *backup.ACCESS_TABLES):
            assert data.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    async with house.desk.store.reading() as session:
        sealed = await session.scalar(select(HandedOverKey.sealed))
    assert sealed not in made.data.read_bytes()
    assert sealed in made.keys.read_bytes()


async def test_a_copy_moves_an_installation_to_the_other_database(
    house: House, database_url: str, tmp_path: Path, postgres_server: str
):
    await house.report()
    actor, keyring = await house.office.person()
    (item,) = await list_queue(house.desk, actor, keyring)
    taken = await claim(house.desk, actor, item.reference, item.version)
    made = await copied(house, tmp_path / "copies")
    with empty_postgres(postgres_server) as other:
        if not database_url.startswith("sqlite"):
            other = f"sqlite+aiosqlite:///{tmp_path / 'moved.db'}"
        new = elsewhere(house, other)
        await backup.restore(new, made.data, made.keys)
        async with open_desk(new) as desk:
            assert (await open_report(desk, actor, keyring, item.reference)).messages
            await release(desk, actor, item.reference, taken.version)  # its line is numbered after the copied ones
            async with desk.store.reading() as session:
                assert await desk.audit.verify(session) == []


async def test_a_copy_that_is_damaged_is_refused_and_nothing_is_left_behind(house: House, tmp_path: Path, empty_url: str):
    await house.report()
    made = await copied(house, tmp_path / "copies")
    made.data.write_bytes(made.data.read_bytes()[:5000])
    new = elsewhere(house, empty_url)
    with pytest.raises(backup.BackupRefused, match="damaged"):
        await backup.restore(new, made.data, made.keys)
    await backup.restore(new, (await copied(house, tmp_path / "more")).data, tmp_path / "more" / "keys.db")
    left = await asyncio.to_thread(lambda: list(tmp_path.rglob(".partial-*")))
    assert left == []


async def test_a_copy_is_never_put_over_what_is_there(house: House, tmp_path: Path, empty_url: str):
    made = await copied(house, tmp_path / "copies")
    with pytest.raises(backup.BackupRefused, match="already"):
        await backup.restore(house.desk.settings, made.data, made.keys)


async def test_copies_are_for_their_owner_alone(house: House, tmp_path: Path, empty_url: str):
    made = await copied(house, tmp_path / "copies")
    assert [oct(path.stat().st_mode & 0o777) for path in (made.data, made.keys)] == ["0o600", "0o600"]


