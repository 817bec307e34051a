"""People: the password, letting a colleague in, ending access."""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handover.desk import Actor, Desk, new_id
from handover.hub import QUEUE, staff_topic
from handover.store import Invite, KeyGrant, MeldpuntKey, ReportRow, Staff, StaffSession
from handover.store.database import announce
from handover.vault import (
    Cost,
    KeyPair,
    Keyring,
    LockedKey,
    WrongPassword,
    grant,
    lock,
    lookup_of,
    new_token,
    open_invite,
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
class NewAccount:
    """A new account: its roles, password and TOTP secret as chosen at the screen."""

    username: str
    display_name: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


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
    row, person = await new_staff(desk, account, found.roles)
    async with desk.store.writing() as session:
        used = await session.scalar(
            update(Invite)
            .where(Invite.id == found.id, Invite.used_at.is_(None))
            .values(used_at=now, sealed_keys=b"")
            .returning(Invite.id)
        )
        if used is None:
            raise InviteUnknown("this invitation does not work (any more)")
        await add_staff(session, row)
        known = set(await session.scalars(select(MeldpuntKey.generation)))
        for generation, private in open_invite(found.sealed_keys, token, found.id).items():
            if generation in known:
                add_grant(session, generation, row.id, grant(private, person.public), found.invited_by, desk)
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


async def add_staff(session: AsyncSession, row: Staff) -> None:
    """Store a new account; raises :class:`UsernameTaken`."""
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


async def new_staff(desk: Desk, account: NewAccount, roles: list[str]) -> tuple[Staff, KeyPair]:
    """A row for a new account, not yet stored, and its opened key pair; raises :class:`AccountRefused`."""
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


def add_grant(session: AsyncSession, generation: int, holder: str, sealed: bytes, by: str, desk: Desk) -> None:
    """Let ``holder`` open what is sealed for this generation of the meldpunt's key."""
    session.add(KeyGrant(generation=generation, holder=holder, sealed=sealed, granted_by=by, at=desk.clock()))
