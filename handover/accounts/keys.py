"""The meldpunt's own key pair: set-up with the first account, the newest generation, rotation, recovery."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handover.accounts.people import AccountRefused, NewAccount, add_grant, add_staff, new_staff
from handover.desk import SYSTEM, Actor, Desk
from handover.hub import QUEUE
from handover.store import HandedOverKey, Invite, KeyGrant, MeldpuntKey, Staff
from handover.store.database import announce
from handover.vault import (
    RECOVERY,
    KeyPair,
    Keyring,
    NoAccess,
    grant,
    new_recovery_key,
    open_grant,
    recovery_pair,
)


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What set-up prints once."""

    username: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    recovery_key: str = field(repr=False)


async def set_up(desk: Desk, account: NewAccount, roles: list[str]) -> FirstAccount:
    """Make the meldpunt's key pair, the recovery key and the first account. Only on an empty database."""
    recovery_text, recovery = new_recovery_key()
    pair = KeyPair.new()
    row, person = await new_staff(desk, account, roles)
    now = desk.clock()
    async with desk.store.writing() as session:
        if await session.scalar(select(MeldpuntKey.generation).limit(1)) is not None:
            raise AccountRefused("this installation is set up already")
        session.add(
            MeldpuntKey(
                generation=1, public_key=pair.public, recovery_public_key=recovery.public, created_at=now,
                retired_at=None,
            )
        )  # fmt: skip
        await add_staff(session, row)
        for holder, public in ((RECOVERY, recovery.public), (row.id, person.public)):
            add_grant(session, 1, holder, grant(pair.private, public), SYSTEM, desk)
        await desk.record(session, Actor(SYSTEM, SYSTEM, frozenset()), "account.set_up", row.id)
    return FirstAccount(account.username, account.password, account.totp_secret, recovery_text)


async def rotate(desk: Desk, actor: Actor, keyring: Keyring) -> int:
    """Make the next generation of the meldpunt's key and seal every handed-over conversation for it.

    Whoever had the old private key opens nothing that is in the database from now on. Gives the new
    generation.
    """
    pair, now = KeyPair.new(), desk.clock()
    async with desk.store.writing() as session:
        newest = await newest_key(session)
        generation = newest.generation + 1
        session.add(
            MeldpuntKey(
                generation=generation, public_key=pair.public, recovery_public_key=newest.recovery_public_key,
                created_at=now, retired_at=None,
            )
        )  # fmt: skip
        await session.flush()
        add_grant(session, generation, RECOVERY, grant(pair.private, newest.recovery_public_key), actor.id, desk)
        holders = await session.execute(
            select(Staff.id, Staff.public_key).where(
                Staff.active,
                Staff.id.in_(select(KeyGrant.holder).where(KeyGrant.generation == newest.generation)),
            )
        )
        for holder, public in holders.all():
            add_grant(session, generation, holder, grant(pair.private, public), actor.id, desk)
        for row in await session.scalars(select(HandedOverKey)):
            keys = keyring.open(row.conversation_id, row.generation, row.sealed)
            row.generation, row.sealed = generation, keys.sealed_for(pair.public)
        await session.execute(
            update(MeldpuntKey).where(MeldpuntKey.generation < generation).values(retired_at=now)
        )
        await session.execute(delete(KeyGrant).where(KeyGrant.generation < generation))
        await session.execute(delete(Invite).where(Invite.used_at.is_(None)))
        await desk.record(session, actor, "key.rotated", f"generation {generation}")
        announce(session, QUEUE)
    return generation


async def recover(desk: Desk, recovery_key: str, staff_id: str) -> None:
    """Give ``staff_id`` access by the printed recovery key; raises :class:`NoAccess`."""
    pair = _recovery_pair(recovery_key)
    async with desk.store.writing() as session:
        await _recover(desk, session, pair, staff_id)


async def _recover(desk: Desk, session: AsyncSession, pair: KeyPair, staff_id: str) -> None:
    person = await session.get(Staff, staff_id)
    if person is None or not person.active:
        raise AccountRefused("there is no such account")
    rows = await session.scalars(select(KeyGrant).where(KeyGrant.holder == RECOVERY))
    for row in rows.all():
        private = open_grant(row.sealed, pair.private)
        if await session.get(KeyGrant, (row.generation, staff_id)) is None:
            add_grant(session, row.generation, staff_id, grant(private, person.public_key), RECOVERY, desk)
    await desk.record(session, Actor(SYSTEM, SYSTEM, frozenset()), "account.recovered", staff_id)


async def reset_by_recovery(desk: Desk, recovery_key: str, account: NewAccount, roles: list[str]) -> Staff:
    """Make an account by the printed recovery key, when nobody who can open is left."""
    pair = _recovery_pair(recovery_key)
    row, _ = await new_staff(desk, account, roles)
    async with desk.store.writing() as session:
        await add_staff(session, row)
        await _recover(desk, session, pair, row.id)
    return row


def _recovery_pair(text: str) -> KeyPair:
    try:
        return recovery_pair(text)
    except ValueError:
        raise NoAccess("this is not a recovery key") from None


async def newest_key(session: AsyncSession) -> MeldpuntKey:
    """The generation that conversations are handed over to now."""
    row = await session.scalar(select(MeldpuntKey).order_by(MeldpuntKey.generation.desc()).limit(1))
    if row is None:
        raise AccountRefused("this installation is not set up: run 'python -m handover init'")
    return row
