"""The command line: what goes wrong is one sentence with the remedy, never a traceback."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from handover import retention
from handover.cli import main
from handover.store import AuditLine
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


async def test_retention_writes_its_line(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.office.clock.advance(house.desk.settings.keep_unfinished * 2)
    await retention.carry_out(house.desk, await retention.due(house.desk))
    async with house.desk.store.reading() as session:
        assert await session.scalar(select(AuditLine).where(AuditLine.action == "retention.conversation"))
