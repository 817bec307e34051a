"""The command line: what goes wrong is one sentence with the remedy, never a traceback."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from handover import accounts, backup, retention
from handover.cli import main
from handover.desk import Actor
from handover.installation import open_desk
from handover.queue import list_queue, open_report
from handover.store import AuditLine, Conversation, HandedOverKey, Receipt
from handover.vault import WrongPassword
from meldpunt.settings import Settings
from tests.handover.conftest import House

WRONG = {
    "HOLIDAYS": ["kerst", '["geen datum"]', "2026-12-25"],
    "OPENING_HOURS": ["altijd", "ma-vr 17:00-09:00"],
    "TIMEZONE": ["Europa/Twente"],
    "PUBLIC_PORT": ["0", "veel"],
    "KEEP_HANDLED": ["P0D", "lang"],
    "PUBLIC_ORIGINS": ["https://een.example"],
}


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {
        "MELDPUNT_VAR": str(tmp_path / "var"), "MELDPUNT_ARGON2_MEMORY": "1024", "MELDPUNT_ARGON2_TIME": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("handover.cli.logs.set_up", lambda level: None)  # it would outlive the test
    return tmp_path / "var"


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_setting_is_named_in_one_sentence(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
):
    monkeypatch.setenv("MELDPUNT_" + name, value)
    assert main(["retention", "--dry-run"]) == 1
    said = capsys.readouterr().err
    assert name in said or value in said
    assert "docs/settings.md" in said
    assert "Traceback" not in said


def test_without_an_installation_it_says_what_to_do(var: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["audit", "verify"]) == 1
    assert "python -m handover init" in capsys.readouterr().err


def test_init_makes_everything_once(var: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["init", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["made"]
    assert main(["init", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["made"] is False


def test_a_lost_key_file_is_not_replaced_by_one_that_does_not_fit(
    var: Path, capsys: pytest.CaptureFixture[str]
):
    main(["init"])
    (var / "keys" / "installation.json").unlink()
    assert main(["init"]) == 1
    assert "Put back the copy" in capsys.readouterr().err


def test_verify_finds_a_line_that_was_altered_in_the_file(var: Path, capsys: pytest.CaptureFixture[str]):
    main(["init"])
    assert main(["audit", "verify"]) == 0
    with closing(sqlite3.connect(var / "meldpunt.db")) as database:
        database.execute("UPDATE audit SET actor = 'iemand anders'")
        database.commit()
    assert main(["audit", "verify"]) == 1
    assert "line 1: altered" in capsys.readouterr().out


def test_a_dry_run_of_retention_deletes_nothing_and_names_what_is_held(
    var: Path, capsys: pytest.CaptureFixture[str]
):
    main(["init"])
    assert main(["retention", "--dry-run"]) == 0
    assert "nothing was deleted" in capsys.readouterr().out


async def copied(house: House, folder: Path) -> backup.Made:
    settings = house.desk.settings
    keyfile_of(settings, house)
    return await backup.make(settings, folder)


def keyfile_of(settings: Settings, house: House) -> None:
    settings.keys.parent.mkdir(parents=True, exist_ok=True)
    settings.keys.write_text(house.desk.keys.as_text())


def elsewhere(house: House, folder: Path) -> Settings:
    """The settings of an empty machine that has the key file only."""
    url = f"sqlite+aiosqlite:///{folder / 'restored.db'}"
    return house.desk.settings.model_copy(update={"database_url": url, "key_file": house.desk.settings.keys})


async def stamped(house: House) -> None:
    from handover.store.migrate import upgrade

    async with house.desk.store.engine.begin() as connection:
        from alembic import command

        from handover.store import migrate

        await connection.run_sync(lambda c: command.stamp(migrate._config(c), "head"))
    await upgrade(house.desk.store)


async def test_a_copy_put_back_on_an_empty_machine_is_the_whole_installation(house: House, tmp_path: Path):
    await stamped(house)
    line = await house.report()
    actor, keyring = await house.office.person()
    made = await copied(house, tmp_path / "copies")
    new = elsewhere(house, tmp_path)
    await backup.restore(new, made.data, made.keys)
    async with open_desk(new) as desk:
        (item,) = await list_queue(desk, actor, keyring)
        case = await open_report(desk, actor, keyring, item.reference)
        assert "hij stuurt mijn foto door" in [message.body.text for message in case.messages]
        keys = desk.receipts.keys(line.last("receipt")["code"].replace(" ", ""))
        async with desk.store.reading() as session:
            assert await session.get(Receipt, keys.lookup) is not None
            assert await desk.audit.verify(session) == []


async def test_what_was_deleted_after_a_copy_does_not_come_back(house: House, tmp_path: Path):
    await stamped(house)
    gone, stays = await house.report(story="dit moet weg"), await house.report(story="dit mag blijven")
    first = await copied(house, tmp_path / "copies")
    await gone.send({"type": "erase"})
    await gone.until("erased")
    await asyncio.sleep(1.1)  # copies are named by the second
    second = await copied(house, tmp_path / "copies")
    assert second.data != first.data
    assert second.keys == first.keys
    new = elsewhere(house, tmp_path)
    await backup.restore(new, first.data, second.keys)
    async with open_desk(new) as desk, desk.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1
    assert stays.last("report")


async def test_a_consent_withdrawn_after_a_copy_stays_withdrawn(house: House, tmp_path: Path):
    await stamped(house)
    line, other = await house.report(story="die woorden mogen weg"), await house.report(story="deze blijven staan")
    first = await copied(house, tmp_path / "copies")
    await line.choose("consent:bewaren_eigen_woorden", "no")
    await asyncio.sleep(1.1)  # copies are named by the second
    second = await copied(house, tmp_path / "copies")
    new = elsewhere(house, tmp_path)
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


async def test_who_lost_access_after_a_copy_does_not_get_it_back(house: House, tmp_path: Path):
    await stamped(house)
    await house.report()
    beheer, keyring = await house.office.person()
    anna, _ = await house.office.person("anna")
    first = await copied(house, tmp_path / "copies")
    await accounts.end_access(house.desk, beheer, anna.id)
    await accounts.rotate(house.desk, beheer, keyring)
    await asyncio.sleep(1.1)
    second = await copied(house, tmp_path / "copies")
    new = elsewhere(house, tmp_path)
    await backup.restore(new, first.data, second.keys)
    async with open_desk(new) as desk:
        with pytest.raises(WrongPassword):
            await accounts.check_password(desk, "anna", "wachtwoord van anna")
        row, pair = await accounts.check_password(desk, "beheer", house.office.account.password)
        again = await accounts.keyring_of(desk, row.id, pair.private)
        (item,) = await list_queue(desk, beheer, again)
        assert (await open_report(desk, beheer, again, item.reference)).messages


async def test_the_data_copy_alone_opens_nothing(house: House, tmp_path: Path):
    await house.report()
    made = await copied(house, tmp_path / "copies")
    with closing(sqlite3.connect(made.data)) as data:
        for table in (*backup.KEY_TABLES, *backup.ACCESS_TABLES):
            assert data.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    async with house.desk.store.reading() as session:
        sealed = await session.scalar(select(HandedOverKey.sealed))
    assert sealed not in made.data.read_bytes()
    assert sealed in made.keys.read_bytes()


async def test_a_copy_is_never_put_over_what_is_there(house: House, tmp_path: Path):
    made = await copied(house, tmp_path / "copies")
    with pytest.raises(backup.BackupRefused, match="already"):
        await backup.restore(house.desk.settings, made.data, made.keys)


async def test_copies_are_for_their_owner_alone(house: House, tmp_path: Path):
    made = await copied(house, tmp_path / "copies")
    assert [oct(path.stat().st_mode & 0o777) for path in (made.data, made.keys)] == ["0o600", "0o600"]


async def test_retention_writes_its_line(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.office.clock.advance(house.desk.settings.keep_unfinished * 2)
    await retention.carry_out(house.desk, await retention.due(house.desk))
    async with house.desk.store.reading() as session:
        assert await session.scalar(select(AuditLine).where(AuditLine.action == "retention.conversation"))
