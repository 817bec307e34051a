"""The command line: ``python -m handover ...``. What goes wrong is said in one sentence with the remedy."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from handover import backup, logs, retention
from handover.accounts import AccountRefused
from handover.audit import read_anchor
from handover.demo import PASSWORD, PEOPLE, TOTP_SECRET
from handover.installation import NotSetUp, install, open_desk, totp_uri
from handover.jobs import ANCHOR
from handover.vault import KeyFileDamaged, KeyFileMissing
from meldpunt.data_files import DataFileError
from meldpunt.settings import Settings

NOTHING_WRONG, WRONG = 0, 1


def main(arguments: list[str] | None = None) -> int:
    """Run a command; gives the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings()
        logs.set_up(settings.log_level)
        code: int = chosen.run(settings, chosen)
        return code
    except ValidationError as error:
        for row in error.errors(include_input=False, include_url=False):
            name = "_".join(str(step) for step in row["loc"]).upper()
            print(f"MELDPUNT_{name}: {row['msg']}. See docs/settings.md.", file=sys.stderr)
    except SettingsError as error:
        print(f"{_named(str(error))}: write it as JSON, such as [\"2026-12-25\"]. See docs/settings.md.", file=sys.stderr)
    except (
        KeyFileMissing,
        KeyFileDamaged,
        NotSetUp,
        AccountRefused,
        backup.BackupRefused,
        DataFileError,
        RuntimeError,
    ) as error:
        print(error, file=sys.stderr)
    except PermissionError as error:
        print(
            f"No permission to write {error.filename}. Change its owner, or set MELDPUNT_VAR.",
            file=sys.stderr,
        )
    return WRONG


def _named(text: str) -> str:
    """The variable that pydantic's sentence about a setting is about."""
    field = re.search(r'field "(\w+)"', text)
    return f"MELDPUNT_{field[1].upper()}" if field else "A setting"


def _init(settings: Settings, chosen: argparse.Namespace) -> int:
    account = asyncio.run(install(settings))
    staff_url = f"http://{settings.staff_host}:{settings.staff_port}/"
    if chosen.json:
        made: dict[str, Any] = {} if account is None else {
            "username": account.username, "password": account.password, "totp_secret": account.totp_secret,
            "totp_uri": totp_uri(account), "recovery_key": account.recovery_key,
        }  # fmt: skip
        if account is not None and settings.demo:
            made = {**made, "demo": {"people": PEOPLE, "password": PASSWORD, "totp_secret": TOTP_SECRET}}
        print(json.dumps({**made, "staff_url": staff_url, "made": account is not None}))
    elif account is None:
        print("Everything is there already.")
    else:
        print(
            f"Staff address: {staff_url}\nUser name:     {account.username}\nPassword:      {account.password}"
        )
        print(f"TOTP secret:   {account.totp_secret}\nRecovery key:  {account.recovery_key}")
        print(f"These are shown once. Keep a copy of {settings.keys} where copies of the database are not.")
    return NOTHING_WRONG


def _serve(settings: Settings, chosen: argparse.Namespace) -> int:
    from handover.serving import serve
    from handover.staff.permissions import permissions

    permissions()  # a mistake in it is refused now, not at the first page

    asyncio.run(serve(settings))
    return NOTHING_WRONG


def _jobs(settings: Settings, chosen: argparse.Namespace) -> int:
    from handover.jobs import run

    asyncio.run(run(settings))
    return NOTHING_WRONG


def _retention(settings: Settings, chosen: argparse.Namespace) -> int:
    async def work() -> None:
        async with open_desk(settings) as desk:
            items = await retention.due(desk)
            for item in items:
                print(f"{item.what:13} {item.id}  due since {item.since:%Y-%m-%d %H:%M}")
            if chosen.dry_run:
                for held in await retention.held_now(desk):
                    print(f"held          {held.reference}  since {held.since:%Y-%m-%d %H:%M}  {held.why}")
                print(f"{len(items)} to delete; nothing was deleted.")
            else:
                print(f"{await retention.carry_out(desk, items)} deleted.")

    asyncio.run(work())
    return NOTHING_WRONG


def _audit(settings: Settings, chosen: argparse.Namespace) -> int:
    async def work() -> int:
        async with open_desk(settings) as desk, desk.store.reading() as session:
            broken = await desk.audit.verify(session, read_anchor(settings.var / ANCHOR))
        for place in broken:
            print(f"line {place.number}: {place.problem}")
        print("The audit trail is whole." if not broken else f"{len(broken)} place(s) do not hold.")
        return WRONG if broken else NOTHING_WRONG

    return asyncio.run(work())


def _backup(settings: Settings, chosen: argparse.Namespace) -> int:
    made = asyncio.run(backup.make(settings, chosen.folder))
    print(f"Data: {made.data}\nKeys: {made.keys} (keep only this newest one; it opens what was not deleted)")
    return NOTHING_WRONG


def _restore(settings: Settings, chosen: argparse.Namespace) -> int:
    asyncio.run(backup.restore(settings, chosen.data, chosen.keys))
    print("Restored. Check with 'python -m handover audit verify', then start.")
    return NOTHING_WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m handover", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = commands.add_parser("init", help="make keys, database and the first account")
    init.add_argument("--json", action="store_true", help="print what was made as JSON")
    init.set_defaults(run=_init)
    commands.add_parser("serve", help="run both listeners").set_defaults(run=_serve)
    commands.add_parser("jobs", help="run what must happen by itself").set_defaults(run=_jobs)

    terms = commands.add_parser("retention", help="delete what is past its term")
    terms.add_argument("--dry-run", action="store_true", help="only say what would go")
    terms.set_defaults(run=_retention)

    trail = commands.add_parser("audit", help="check the audit trail")
    trail.add_argument("what", choices=["verify"])
    trail.set_defaults(run=_audit)

    saving = commands.add_parser("backup", help="copy the database: data and keys apart")
    saving.add_argument("folder", type=Path)
    saving.set_defaults(run=_backup)
    restoring = commands.add_parser("restore", help="put a copy back into an empty installation")
    restoring.add_argument("data", type=Path)
    restoring.add_argument("keys", type=Path)
    restoring.set_defaults(run=_restore)

    from handover.staff_commands import add_commands

    add_commands(commands)
    return parser
