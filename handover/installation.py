"""Opening an installation: settings, key file, database; and making a new one."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pyotp
from sqlalchemy import select

from handover import demo
from handover.accounts import FirstAccount, NewAccount, set_up
from handover.desk import Desk
from handover.hub import Hub
from handover.store import Store
from handover.store.database import Store as Database
from handover.store.migrate import upgrade
from handover.store.people import MeldpuntKey
from handover.vault import keyfile
from meldpunt.settings import Settings

FIRST_USER = "beheer"
FIRST_ROLES = ["medewerker", "coordinator", "beheerder"]
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 20
ISSUER = "Meldpunt"


class NotSetUp(RuntimeError):
    """There is no installation here yet; the text says what to do."""


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """The desk of an installation whose tables are up to date; raises what is wrong in words for whoever
    runs it.
    """
    keys = keyfile.load(settings.keys)
    store = Store.open(settings.url)
    try:
        await upgrade(store)
        yield Desk(store, Hub(), settings, keys)
    finally:
        await store.close()


async def install(settings: Settings) -> FirstAccount | None:
    """Key file, tables, key pair and first account; None where all of it was there already."""
    settings.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    await _keys_or_new(settings)
    async with open_desk(settings) as desk:
        if await is_set_up(desk.store):
            return None
        account = NewAccount(FIRST_USER, FIRST_USER.capitalize(), _password(), pyotp.random_base32())
        made = await set_up(desk, account, FIRST_ROLES)
        if settings.demo:
            await demo.fill(desk, made)
        return made


async def is_set_up(store: Database) -> bool:
    """True when the meldpunt's key pair is there."""
    async with store.reading() as session:
        return await session.scalar(select(MeldpuntKey.generation).limit(1)) is not None


async def must_be_set_up(desk: Desk) -> None:
    """Raise :class:`NotSetUp` unless ``init`` was run."""
    if not await is_set_up(desk.store):
        raise NotSetUp("There is no account yet. Run 'python -m handover init' first.")


def totp_uri(account: FirstAccount) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(account.totp_secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


async def _keys_or_new(settings: Settings) -> None:
    try:
        keyfile.load(settings.keys)
    except keyfile.KeyFileMissing:
        store = Store.open(settings.url)
        try:
            await upgrade(store)
            if await is_set_up(store):
                raise  # the database belongs to a key file that is gone: a new one would not fit
        finally:
            await store.close()
        keyfile.create(settings.keys)


def _password() -> str:
    return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))
