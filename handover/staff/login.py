"""Logging in: a password that opens the account's key, then a one-time code that works once (RFC 6238).

The cookie's token finds the session and opens the private key in it; the database alone does neither.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.accounts import tidy_name
from handover.audit import Doing
from handover.desk import Actor, Desk
from handover.queue import set_available
from handover.staff.rings import Rings
from handover.store import KeyGrant, Staff, StaffSession
from handover.vault import (
    Cost,
    KeyPair,
    Keyring,
    LockedKey,
    NoAccess,
    NotOpened,
    WrongPassword,
    lookup_of,
    new_token,
    open_secret,
    unlock,
    unwrap_for_session,
    wrap_for_session,
)

BETWEEN_FACTORS = timedelta(minutes=10)
SEEN_EVERY = timedelta(seconds=30)
FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=15)
STEP_SECONDS = 30
TOTP_FIELD = "totp"
UNKNOWN = "onbekend"  # a name that nobody has: what was typed is not kept


class NotLoggedIn(Exception):
    """There is no valid session for this token."""


class LoginRefused(Exception):
    """The attempt failed; ``reason`` is a key of data/words.json (``problems``)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Login:
    """A session. ``keyring`` is there once both factors were given."""

    actor: Actor
    token: str
    keyring: Keyring | None
    proved_at: datetime | None = None
    next_step: str = "/login/code"


async def give_password(desk: Desk, username: str, password: str) -> str:
    """The first factor; gives the token of a session that still needs the second."""
    async with desk.store.reading() as session:
        staff = await session.scalar(select(Staff).where(Staff.username == tidy_name(username)))
    now = desk.clock()
    if staff is None or not staff.active or staff.ended_at is not None:
        await asyncio.to_thread(desk.cost.stretch, password.encode("utf-8", "replace"), b"0" * 16)
        async with desk.store.writing() as session:
            doing = Doing(UNKNOWN, "staff.password", UNKNOWN, outcome="mislukt")
            await desk.audit.write(session, doing, now)
        raise LoginRefused("wrong_password")
    not_too_soon(staff, now)
    locked = LockedKey(staff.wrapped_private_key, staff.salt, Cost.from_dict(staff.cost))
    try:
        pair = await asyncio.to_thread(unlock, locked, password, staff.id)
    except WrongPassword:
        await note_failure(desk, staff.id, "staff.password")
        raise LoginRefused("wrong_password") from None
    return await begin_session(desk, staff.id, pair.private, second_factor=False)


async def give_code(desk: Desk, token: str, code: str) -> str:
    """The second factor; gives the token of the full session, which replaces the first one."""
    staff_id, private = await _check_code(desk, token, code)
    return await replace_session(desk, token, staff_id, private)


async def prove_by_code(desk: Desk, token: str, code: str) -> None:
    """Step up: another code in a session that is there already; raises :class:`LoginRefused`."""
    await _check_code(desk, token, code)
    await note_proof(desk, token)


async def note_proof(desk: Desk, token: str) -> None:
    """A second factor was given just now in this session."""
    async with desk.store.writing() as session:
        row, staff = await _session(session, token, desk)
        row.proved_at, row.challenge = desk.clock(), None
        doing = Doing(staff.id, "staff.proved", staff.id, device=row.device)
        await desk.audit.write(session, doing, desk.clock())


async def replace_session(desk: Desk, token: str, staff_id: str, private: bytes) -> str:
    """The full session after both factors; the one between the factors is gone."""
    async with desk.store.writing() as session:
        await session.execute(delete(StaffSession).where(StaffSession.lookup == lookup_of(token)))
    return await begin_session(desk, staff_id, private, second_factor=True)


async def opened_pair(desk: Desk, token: str) -> tuple[Staff, KeyPair]:
    """The account of a session and its key pair, with one factor or two; raises :class:`NotLoggedIn`."""
    async with desk.store.reading() as session:
        row, staff = await _session(session, token, desk)
    if not row.wrapped_private_key:
        raise NotLoggedIn
    try:
        return staff, unwrap_for_session(row.wrapped_private_key, token, staff.id)
    except NotOpened:
        raise NotLoggedIn from None


async def pending(desk: Desk, token: str) -> Staff:
    """The account of a session that came by single sign-on and still needs its passphrase."""
    async with desk.store.reading() as session:
        row, staff = await _session(session, token, desk)
    if row.wrapped_private_key or row.second_factor:
        raise NotLoggedIn
    return staff


async def _check_code(desk: Desk, token: str, code: str) -> tuple[str, bytes]:
    refused: str | None = None
    async with desk.store.writing() as session:
        row, staff = await _session(session, token, desk, hold=True)
        not_too_soon(staff, desk.clock())
        if not row.wrapped_private_key:
            raise NotLoggedIn
        pair = unwrap_for_session(row.wrapped_private_key, token, staff.id)
        if staff.sealed_totp is None:
            raise LoginRefused("no_second_factor")
        secret = open_secret(pair.private, staff.sealed_totp, staff.id, TOTP_FIELD)
        step = matching_step(secret, code, desk.clock())
        if step is None:
            refused = "wrong_code"
        elif step <= staff.totp_step:
            refused = "used_code"
        else:
            staff.totp_step, staff.failures, staff.not_before = step, 0, None
    if refused:
        await note_failure(desk, staff.id, "staff.code")
        raise LoginRefused(refused)
    return staff.id, pair.private


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step (one back, one ahead allowed) that gives this code."""
    digits = "".join(code.split())
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode("utf-8", "replace")):
            return step
    return None


async def resume(desk: Desk, rings: Rings, token: str, *, active: bool = True) -> Login:
    """The session of a cookie; raises :class:`NotLoggedIn`. ``active`` counts as use of the session."""
    now = desk.clock()
    async with desk.store.reading() as session:
        row, staff = await _session(session, token, desk)
        grants = await session.scalars(select(KeyGrant).where(KeyGrant.holder == staff.id))
        sealed = {grant.generation: grant.sealed for grant in grants}
    keyring = None
    if row.second_factor:
        try:
            keyring = rings.of(row.lookup, token, staff.id, row.wrapped_private_key, sealed)
        except (NotOpened, NoAccess):
            raise NotLoggedIn from None
    if active and now - row.seen_at > SEEN_EVERY:
        async with desk.store.writing() as session:
            kept = await session.get(StaffSession, row.lookup)
            if kept is not None:
                kept.seen_at = now
    return Login(
        Actor(staff.id, staff.display_name, frozenset(staff.roles), row.device),
        token,
        keyring,
        row.proved_at,
        "/login/code" if row.wrapped_private_key else "/login/zegel",
    )


async def log_out(desk: Desk, rings: Rings, login: Login) -> None:
    """End the session, and with it being available for conversations."""
    rings.let_go(lookup_of(login.token))
    async with desk.store.writing() as session:
        await session.execute(delete(StaffSession).where(StaffSession.lookup == lookup_of(login.token)))
        await desk.record(session, login.actor, "staff.logout", login.actor.id)
    await set_available(desk, login.actor, None)


async def _session(
    session: AsyncSession, token: str, desk: Desk, *, hold: bool = False
) -> tuple[StaffSession, Staff]:
    try:
        lookup = lookup_of(token)
    except ValueError:
        raise NotLoggedIn from None
    wanted = select(StaffSession, Staff).join(Staff, Staff.id == StaffSession.staff_id)
    found = (
        await session.execute(
            (wanted.with_for_update(of=Staff) if hold else wanted).where(StaffSession.lookup == lookup)
        )
    ).first()
    if found is None:
        raise NotLoggedIn
    row, staff = found
    now = desk.clock()
    idle = now - row.seen_at > desk.settings.session_idle
    if not staff.active or staff.ended_at is not None or row.expires_at <= now or idle:
        raise NotLoggedIn
    return row, staff


async def begin_session(desk: Desk, staff_id: str, private: bytes | None, *, second_factor: bool) -> str:
    """A new session; without a key (single sign-on) it still needs the passphrase of the seal."""
    token, now = new_token(), desk.clock()
    device = lookup_of(token).hex()[:12]
    term = desk.settings.session_term if second_factor else BETWEEN_FACTORS
    async with desk.store.writing() as session:
        await session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
        session.add(
            StaffSession(
                lookup=lookup_of(token), staff_id=staff_id, device=device, second_factor=second_factor,
                wrapped_private_key=wrap_for_session(private, token, staff_id) if private else b"",
                created_at=now, seen_at=now, expires_at=now + term, proved_at=now if second_factor else None, challenge=None,
            )
        )  # fmt: skip
        if second_factor:
            await desk.audit.write(session, Doing(staff_id, "staff.login", staff_id, device=device), now)
    return token


async def note_failure(desk: Desk, staff_id: str, action: str) -> None:
    """Count a failure; from the fourth on the next attempt waits, each time twice as long."""
    now = desk.clock()
    async with desk.store.writing() as session:
        staff = await session.get(Staff, staff_id, with_for_update=True)
        if staff is not None:
            staff.failures += 1
            beyond = staff.failures - FREE_TRIES
            if beyond > 0:
                staff.not_before = now + min(timedelta(seconds=2 ** min(beyond, 12)), LONGEST_WAIT)
            await desk.audit.write(session, Doing(staff_id, action, staff_id, outcome="mislukt"), now)


def not_too_soon(staff: Staff, now: datetime) -> None:
    """Raise :class:`LoginRefused` while this account must wait after failures."""
    if staff.not_before is not None and staff.not_before > now:
        raise LoginRefused("too_soon")
