"""Logging in with the organisation's account, where a setting names one; the seal opens with a passphrase of its own."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import select, update

from handover.accounts import check_password
from handover.desk import Actor
from handover.staff.login import (
    Login,
    LoginRefused,
    NotLoggedIn,
    begin_session,
    not_too_soon,
    note_failure,
    pending,
    replace_session,
)
from handover.staff.oidc import Leaving, SsoFailed, address, subject
from handover.staff.oidc_client import public_keys
from handover.staff.web import LOGIN, SESSION_COOKIE, desk_of, page, set_cookie
from handover.store import Staff
from handover.vault import WrongPassword

SSO_COOKIE = "meldpunt_sso"


async def leave(request: web.Request) -> web.StreamResponse:
    """To the provider; for somebody who is logged in, to tie their account to what comes back."""
    desk = desk_of(request)
    if not desk.settings.oidc_issuer:
        raise web.HTTPNotFound
    login: Login | None = request.get(LOGIN)
    known = login is not None and login.keyring is not None
    left = Leaving.new(desk.clock(), login.actor.id if known and login else "")
    try:
        response = web.HTTPSeeOther(await address(desk.settings, left, _back(request)))
    except SsoFailed:
        return page(request, "login.html", status=502, problem="sso_failed", username="")
    # Lax: the way back comes from another site. It holds nothing that opens anything.
    response.set_cookie(
        SSO_COOKIE, left.as_cookie(desk.keys.root), httponly=True, samesite="Lax", path="/login/sso",
        secure=request.secure, max_age=600,
    )  # fmt: skip
    raise response


async def came_back(request: web.Request) -> web.StreamResponse:
    """From the provider: a session that still needs the passphrase, or an account that is tied now."""
    desk = desk_of(request)
    try:
        left = Leaving.from_cookie(request.cookies.get(SSO_COOKIE, ""), desk.keys.root, desk.clock())
        who = await subject(desk.settings, left, dict(request.query), _back(request), desk.clock())
    except SsoFailed:
        return _without_cookie(page(request, "login.html", status=401, problem="sso_failed", username=""))
    async with desk.store.reading() as session:
        staff = await session.scalar(select(Staff).where(Staff.sso_subject == who, Staff.active))
    if left.staff:
        if staff is None:
            await _tie(request, left.staff, who)
        return _without_cookie(page(request, "sso_back.html", to="/mijn"))
    if staff is None:
        return _without_cookie(page(request, "login.html", status=403, problem="sso_unknown", username=""))
    token = await begin_session(desk, staff.id, None, second_factor=False)
    # A page of ours in between: strict cookies are not sent on a way that began at another site.
    response = _without_cookie(page(request, "sso_back.html", to="/login/zegel"))
    set_cookie(request, response, SESSION_COOKIE, token)
    return response


async def keys(request: web.Request) -> web.StreamResponse:
    """Our public key, for the provider that checks what we sign."""
    found = public_keys(desk_of(request).settings)
    if found is None:
        raise web.HTTPNotFound
    return web.json_response(found)


async def seal_page(request: web.Request) -> web.StreamResponse:
    await pending(desk_of(request), _token(request))
    return page(request, "seal.html", problem=None)


async def seal_opened(request: web.Request) -> web.StreamResponse:
    """The passphrase of the account opens the seal: a full session."""
    desk, token, form = desk_of(request), _token(request), await request.post()
    staff = await pending(desk, token)
    try:
        not_too_soon(staff, desk.clock())
        _, pair = await check_password(desk, staff.username, str(form.get("password", "")))
    except LoginRefused as error:
        return page(request, "seal.html", status=429, problem=error.reason)
    except WrongPassword:
        await note_failure(desk, staff.id, "staff.seal")
        return page(request, "seal.html", status=401, problem="wrong_password")
    response = web.HTTPSeeOther("/")
    set_cookie(request, response, SESSION_COOKIE, await replace_session(desk, token, staff.id, pair.private))
    raise response


async def _tie(request: web.Request, staff_id: str, who: str) -> None:
    desk = desk_of(request)
    async with desk.store.writing() as session:
        await session.execute(update(Staff).where(Staff.id == staff_id, Staff.active).values(sso_subject=who))
        await desk.record(session, Actor(staff_id, "", frozenset()), "account.sso_tied", staff_id)


def _token(request: web.Request) -> str:
    login: Login | None = request.get(LOGIN)
    if login is None:
        raise NotLoggedIn
    return login.token


def _back(request: web.Request) -> str:
    base = desk_of(request).settings.staff_url.rstrip("/") or f"{request.scheme}://{request.host}"
    return f"{base}/login/sso/terug"


def _without_cookie(response: web.Response) -> web.Response:
    response.del_cookie(SSO_COOKIE, path="/login/sso")
    return response


ROUTES = [
    web.get("/login/sso", leave),
    web.get("/login/sso/terug", came_back),
    web.get("/login/sso/sleutels", keys),
    web.get("/login/zegel", seal_page),
    web.post("/login/zegel", seal_opened),
]
