"""``python -m handover staff ...``: for whoever runs the machine, when the staff pages cannot be reached."""

from __future__ import annotations

import argparse
import asyncio
import getpass
from typing import Any

import pyotp
from sqlalchemy import select

from handover.accounts import NewAccount, end_access, reset_by_recovery, tidy_name
from handover.desk import SYSTEM, Actor
from handover.installation import FIRST_ROLES, open_desk
from handover.store import Staff
from meldpunt.settings import Settings


def add_commands(commands: Any) -> None:
    """Add ``staff list``, ``staff end`` and ``staff recover`` to the parser."""
    staff = commands.add_parser("staff", help="accounts of staff")
    what = staff.add_subparsers(required=True, metavar="WHAT")
    what.add_parser("list", help="who has an account").set_defaults(run=_list)
    ending = what.add_parser("end", help="end somebody's access at once")
    ending.add_argument("username")
    ending.set_defaults(run=_end)
    recovering = what.add_parser("recover", help="make an account by the printed recovery key")
    recovering.add_argument("username")
    recovering.set_defaults(run=_recover)


def _list(settings: Settings, chosen: argparse.Namespace) -> int:
    async def work() -> None:
        async with open_desk(settings) as desk, desk.store.reading() as session:
            for row in await session.scalars(select(Staff).order_by(Staff.username)):
                print(f"{row.username:20} {'active' if row.active else 'ended':7} {', '.join(row.roles)}")

    asyncio.run(work())
    return 0


def _end(settings: Settings, chosen: argparse.Namespace) -> int:
    async def work() -> int:
        async with open_desk(settings) as desk:
            async with desk.store.reading() as session:
                row = await session.scalar(select(Staff).where(Staff.username == tidy_name(chosen.username)))
            if row is None:
                print(f"There is no account {chosen.username}.")
                return 1
            await end_access(desk, Actor(SYSTEM, SYSTEM, frozenset()), row.id)
            print(f"Access of {chosen.username} has ended. Rotate the key from the staff pages as well.")
            return 0

    return asyncio.run(work())


def _recover(settings: Settings, chosen: argparse.Namespace) -> int:
    recovery_key = getpass.getpass("Recovery key: ")
    password = getpass.getpass("New password: ")

    async def work() -> None:
        async with open_desk(settings) as desk:
            account = NewAccount(chosen.username, chosen.username, password, pyotp.random_base32())
            await reset_by_recovery(desk, recovery_key, account, FIRST_ROLES)
            print(f"Account {chosen.username} was made. TOTP secret: {account.totp_secret}")

    asyncio.run(work())
    return 0
