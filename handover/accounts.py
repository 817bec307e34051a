"""Accounts of staff: set-up, letting a colleague in, changing a password, ending access, rotation, recovery.

Each service works on the database; who may call it is the staff listener's to check (permissions.yml).
"""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handover.desk import SYSTEM, Actor, Desk, new_id
from handover.hub import QUEUE, staff_topic
from handover.store import HandedOverKey, Invite, KeyGrant, MeldpuntKey, ReportRow, Staff, StaffSession
from handover.store.database import announce
from handover.vault import (
    RECOVERY,
    Cost,
    KeyPair,
    Keyring,
    LockedKey,
    NoAccess,
    WrongPassword,
    grant,
    lock,
    lookup_of,
    new_recovery_key,
    new_token,
    open_grant,
    open_invite,
    recovery_pair,
    seal_for_invite,
    seal_secret,
    unlock,
)


class AccountRefused(Exception):
    """Nothing was changed; the text says why."""


class PasswordTooShort(AccountRefused):
    """A password has fewer characters than the settings ask for."""


class UsernameTaken(AccountRefused):
    """There is, or was, an account with this user name; the audit trail must not mix up two people."""


class InviteUnknown(AccountRefused):
    """The invitation does not exist, was used, or its term has passed."""


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What set-up prints once."""

    username: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    recovery_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A new account: its roles, password and TOTP secret as chosen at the screen."""

    username: str
    display_name: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


async def set_up(desk: Desk, account: NewAccount, roles: list[str]) -> FirstAccount:
    """Make the meldpunt's key pair, the recovery key and the first account. Only on an empty database."""
    recovery_text, recovery = new_recovery_key()
    pair = KeyPair.new()
    row, person = await _new_staff(desk, account, roles)
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
        await _add(session, row)
        for holder, public in ((RECOVERY, recovery.public), (row.id, person.public)):
            _grant(session, 1, holder, grant(pair.private, public), SYSTEM, desk)
        await desk.record(session, Actor(SYSTEM, SYSTEM, frozenset()), "account.set_up", row.id)
    return FirstAccount(account.username, account.password, account.totp_secret, recovery_text)


async def check_password(desk: Desk, username: str, password: str) -> tuple[Staff, KeyPair]:
    """The account and its opened key pair; raises :class:`WrongPassword` for an unknown name too, in equal
    time.
    """
    async with desk.store.reading() as session:
        row = await session.scalar(select(Staff).where(Staff.username == tidy_name(username), Staff.active))
    if row is None:
        await asyncio.to_thread(desk.cost.stretch, password.encode("utf-8", "surrogatepass"), b"\0" * 16)
        raise WrongPassword("the password is not right")
    return row, await asyncio.to_thread(unlock, locked_key(row), password, row.id)


async def keyring_of(desk: Desk, staff_id: str, private: bytes) -> Keyring:
    """All of a person's grants, opened; raises :class:`NoAccess` where their access has ended."""
    async with desk.store.reading() as session:
        rows = await session.execute(
            select(KeyGrant.generation, KeyGrant.sealed)
            .join(Staff, Staff.id == KeyGrant.holder)
            .where(KeyGrant.holder == staff_id, Staff.active)
        )
        return Keyring.opened({row.generation: row.sealed for row in rows}, private)


async def change_password(desk: Desk, staff_id: str, pair: KeyPair, password: str) -> None:
    """Wrap the person's key by a new password, and end their other sessions."""
    _check_password(desk, password)
    locked = await asyncio.to_thread(lock, pair.private, password, staff_id, desk.cost)
    async with desk.store.writing() as session:
        await session.execute(
            update(Staff)
            .where(Staff.id == staff_id)
            .values(
                wrapped_private_key=locked.wrapped, salt=locked.salt, cost=locked.cost.as_dict(),
                password_changed_at=desk.clock(),
            )
        )  # fmt: skip
        await session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
        await desk.record(session, Actor(staff_id, "", frozenset()), "account.password", staff_id)


async def invite(desk: Desk, actor: Actor, keyring: Keyring, roles: list[str]) -> str:
    """Invite a colleague; gives the token to hand over in person. It opens what ``actor`` can open, once."""
    token, invite_id, now = new_token(), new_id(), desk.clock()
    async with desk.store.writing() as session:
        session.add(
            Invite(
                id=invite_id, lookup=lookup_of(token), roles=roles, invited_by=actor.id, created_at=now,
                sealed_keys=seal_for_invite(keyring.private_keys, token, invite_id),
                expires_at=now + desk.settings.invite_term, used_at=None,
            )
        )  # fmt: skip
        await desk.record(session, actor, "account.invited", invite_id, roles=",".join(sorted(roles)))
    return token


async def accept_invite(desk: Desk, token: str, account: NewAccount) -> Staff:
    """Make the invited colleague's account; raises :class:`InviteUnknown`."""
    try:
        lookup = lookup_of(token)
    except ValueError:
        raise InviteUnknown("this invitation does not work (any more)") from None
    now = desk.clock()
    async with desk.store.reading() as session:
        found = await session.scalar(select(Invite).where(Invite.lookup == lookup))
    if found is None or found.used_at is not None or found.expires_at < now:
        raise InviteUnknown("this invitation does not work (any more)")
    row, person = await _new_staff(desk, account, found.roles)
    async with desk.store.writing() as session:
        used = await session.scalar(
            update(Invite)
            .where(Invite.id == found.id, Invite.used_at.is_(None))
            .values(used_at=now, sealed_keys=b"")
            .returning(Invite.id)
        )
        if used is None:
            raise InviteUnknown("this invitation does not work (any more)")
        await _add(session, row)
        known = set(await session.scalars(select(MeldpuntKey.generation)))
        for generation, private in open_invite(found.sealed_keys, token, found.id).items():
            if generation in known:
                _grant(session, generation, row.id, grant(private, person.public), found.invited_by, desk)
        await desk.record(session, Actor(row.id, account.display_name, frozenset()), "account.made", row.id)
    return row


async def end_access(desk: Desk, actor: Actor, staff_id: str) -> None:
    """End a colleague's access at once: sessions, grants, invitations and claims go. Rotate the key
    afterwards.
    """
    now = desk.clock()
    async with desk.store.writing() as session:
        if staff_id == actor.id:
            raise AccountRefused("somebody else must end your access")
        await session.execute(
            update(Staff)
            .where(Staff.id == staff_id)
            .values(active=False, ended_at=now, available_until=None, sealed_totp=None)
        )
        for table, column in ((StaffSession, StaffSession.staff_id), (KeyGrant, KeyGrant.holder)):
            await session.execute(delete(table).where(column == staff_id))
        await session.execute(delete(Invite).where(Invite.invited_by == staff_id, Invite.used_at.is_(None)))
        await session.execute(
            update(ReportRow)
            .where(ReportRow.claimed_by == staff_id)
            .values(lease_until=now)  # the jobs process frees these, and puts live conversations back in line
        )
        await desk.record(session, actor, "account.ended", staff_id)
        announce(session, staff_topic(staff_id), QUEUE)


async def rotate(desk: Desk, actor: Actor, keyring: Keyring) -> int:
    """Make the next generation of the meldpunt's key and seal every handed-over conversation for it.

    Whoever had the old private key opens nothing that is in the database from now on. Gives the new
    generation.
    """
    pair, now = KeyPair.new(), desk.clock()
    async with desk.store.writing() as session:
        newest = await _newest(session)
        generation = newest.generation + 1
        session.add(
            MeldpuntKey(
                generation=generation, public_key=pair.public, recovery_public_key=newest.recovery_public_key,
                created_at=now, retired_at=None,
            )
        )  # fmt: skip
        await session.flush()
        _grant(session, generation, RECOVERY, grant(pair.private, newest.recovery_public_key), actor.id, desk)
        holders = await session.execute(
            select(Staff.id, Staff.public_key).where(
                Staff.active,
                Staff.id.in_(select(KeyGrant.holder).where(KeyGrant.generation == newest.generation)),
            )
        )
        for holder, public in holders.all():
            _grant(session, generation, holder, grant(pair.private, public), actor.id, desk)
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
            _grant(session, row.generation, staff_id, grant(private, person.public_key), RECOVERY, desk)
    await desk.record(session, Actor(SYSTEM, SYSTEM, frozenset()), "account.recovered", staff_id)


async def reset_by_recovery(desk: Desk, recovery_key: str, account: NewAccount, roles: list[str]) -> Staff:
    """Make an account by the printed recovery key, when nobody who can open is left."""
    pair = _recovery_pair(recovery_key)
    row, _ = await _new_staff(desk, account, roles)
    async with desk.store.writing() as session:
        await _add(session, row)
        await _recover(desk, session, pair, row.id)
    return row


def _recovery_pair(text: str) -> KeyPair:
    try:
        return recovery_pair(text)
    except ValueError:
        raise NoAccess("this is not a recovery key") from None


async def _add(session: AsyncSession, row: Staff) -> None:
    session.add(row)
    try:
        await session.flush()
    except IntegrityError:  # somebody took the name a moment ago
        raise UsernameTaken(f"there is an account {row.username} already") from None


def tidy_name(username: str) -> str:
    """A user name as it is kept: one name, however it is typed."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def locked_key(row: Staff) -> LockedKey:
    """The wrapped private key of an account."""
    return LockedKey(row.wrapped_private_key, row.salt, Cost.from_dict(row.cost))


async def newest_key(session: AsyncSession) -> MeldpuntKey:
    """The generation that conversations are handed over to now."""
    return await _newest(session)


async def _newest(session: AsyncSession) -> MeldpuntKey:
    row = await session.scalar(select(MeldpuntKey).order_by(MeldpuntKey.generation.desc()).limit(1))
    if row is None:
        raise AccountRefused("this installation is not set up: run 'python -m handover init'")
    return row


async def _new_staff(desk: Desk, account: NewAccount, roles: list[str]) -> tuple[Staff, KeyPair]:
    _check_password(desk, account.password)
    async with desk.store.reading() as session:
        if await session.scalar(select(Staff.id).where(Staff.username == tidy_name(account.username))):
            raise UsernameTaken(f"there is an account {tidy_name(account.username)} already")
    pair, staff_id, now = KeyPair.new(), new_id(), desk.clock()
    locked = await asyncio.to_thread(lock, pair.private, account.password, staff_id, desk.cost)
    row = Staff(
        id=staff_id, username=tidy_name(account.username), display_name=account.display_name, roles=roles, active=True,
        public_key=pair.public, wrapped_private_key=locked.wrapped, salt=locked.salt,
        cost=locked.cost.as_dict(), totp_step=0, failures=0, not_before=None, created_at=now,
        sealed_totp=seal_secret(pair.private, account.totp_secret, staff_id, "totp"),
        password_changed_at=now, ended_at=None, available_until=None,
    )  # fmt: skip
    return row, pair



def _check_password(desk: Desk, password: str) -> None:
    if len(password) < desk.settings.password_length:
        raise PasswordTooShort(f"a password has at least {desk.settings.password_length} characters")


def _grant(session: AsyncSession, generation: int, holder: str, sealed: bytes, by: str, desk: Desk) -> None:
    session.add(KeyGrant(generation=generation, holder=holder, sealed=sealed, granted_by=by, at=desk.clock()))
