"""One's own account: password, passkeys, sessions; and proving again who one is before something grave."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import delete, select, update
from webauthn.helpers import bytes_to_base64url

from handover.accounts import PasswordTooShort, change_password, check_password
from handover.staff.login import LoginRefused, opened_pair, prove_by_code
from handover.staff.web import SESSION_COOKIE, desk_of, login_of, page
from handover.store import AuditLine, Passkey, Staff, StaffSession
from handover.vault import WrongPassword, lookup_of

LOGINS = ("staff.login", "staff.password", "staff.code", "staff.passkey")
RECENT = 12


async def mine(request: web.Request) -> web.StreamResponse:
    return await _mine(request)


async def _mine(request: web.Request, *, problem: str | None = None, status: int = 200) -> web.Response:
    desk, login = desk_of(request), login_of(request)
    async with desk.store.reading() as session:
        staff = await session.get_one(Staff, login.actor.id)
        keys = await session.scalars(
            select(Passkey).where(Passkey.staff_id == staff.id).order_by(Passkey.created_at)
        )
        sessions = await session.scalars(
            select(StaffSession)
            .where(StaffSession.staff_id == staff.id, StaffSession.second_factor)
            .order_by(StaffSession.created_at.desc())
        )
        logins = await session.scalars(
            select(AuditLine)
            .where(AuditLine.actor == staff.id, AuditLine.action.in_(LOGINS))
            .order_by(AuditLine.number.desc())
            .limit(RECENT)
        )
        return page(
            request, "mine.html", status=status, problem=problem, staff=staff, sessions=sessions.all(),
            logins=logins.all(), device=login.actor.device,
            passkeys=[(bytes_to_base64url(key.credential), key) for key in keys],
        )  # fmt: skip


async def password_changed(request: web.Request) -> web.StreamResponse:
    """A new password; every session ends, this one too."""
    desk, login, form = desk_of(request), login_of(request), await request.post()
    staff, _ = await opened_pair(desk, login.token)
    try:
        _, pair = await check_password(desk, staff.username, str(form.get("old", "")))
        await change_password(desk, staff.id, pair, str(form.get("new", "")))
    except WrongPassword:
        return await _mine(request, problem="wrong_old_password", status=422)
    except PasswordTooShort:
        return await _mine(request, problem="password_short", status=422)
    response = web.HTTPSeeOther("/login")
    response.del_cookie(SESSION_COOKIE, path="/")
    raise response


async def sessions_ended(request: web.Request) -> web.StreamResponse:
    """End every other session of one's own."""
    desk, login = desk_of(request), login_of(request)
    async with desk.store.writing() as session:
        await session.execute(
            delete(StaffSession).where(
                StaffSession.staff_id == login.actor.id, StaffSession.lookup != lookup_of(login.token)
            )
        )
        await desk.record(session, login.actor, "account.sessions_ended", login.actor.id)
    raise web.HTTPSeeOther("/mijn")


async def sso_linked(request: web.Request) -> web.StreamResponse:
    """Take away the tie with single sign-on; it is made at the first login through it."""
    desk, login = desk_of(request), login_of(request)
    async with desk.store.writing() as session:
        await session.execute(update(Staff).where(Staff.id == login.actor.id).values(sso_subject=None))
        await desk.record(session, login.actor, "account.sso_removed", login.actor.id)
    raise web.HTTPSeeOther("/mijn")


async def proof_page(request: web.Request) -> web.StreamResponse:
    return await _proof(request, str(request.query.get("terug", "/")))


async def proof_by_code(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    back = _ours(str(form.get("back", "/")))
    try:
        await prove_by_code(desk_of(request), login_of(request).token, str(form.get("code", "")))
    except LoginRefused as error:
        return await _proof(request, back, problem=error.reason, status=401)
    raise web.HTTPSeeOther(back)


async def _proof(
    request: web.Request, back: str, *, problem: str | None = None, status: int = 200
) -> web.Response:
    return page(
        request, "proof.html", status=status, problem=problem, back=_ours(back),
        has_passkey=await has_passkey(request, login_of(request).actor.id),
    )  # fmt: skip


async def has_passkey(request: web.Request, staff_id: str) -> bool:
    """Whether a passkey can be asked of this person."""
    async with desk_of(request).store.reading() as session:
        found = await session.scalar(select(Passkey.credential).where(Passkey.staff_id == staff_id).limit(1))
    return found is not None


def _ours(path: str) -> str:
    """A page of ours, never another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


ROUTES = [
    web.get("/mijn", mine),
    web.post("/mijn/wachtwoord", password_changed),
    web.post("/mijn/sessies/beeindigen", sessions_ended),
    web.post("/mijn/sso", sso_linked),
    web.get("/bevestigen", proof_page),
    web.post("/bevestigen", proof_by_code),
]
