"""Pages to log in and out."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import text

from handover.staff.login import LoginRefused, NotLoggedIn, give_code, give_password, log_out
from handover.staff.mine import has_passkey
from handover.staff.web import FORM_COOKIE, LOGIN, RINGS, SESSION_COOKIE, desk_of, login_of, page, set_cookie


async def alive(_: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """Ready when the database answers."""
    async with desk_of(request).store.reading() as session:
        await session.execute(text("SELECT 1"))
    return web.json_response({"ready": True})


async def password_page(request: web.Request) -> web.StreamResponse:
    login = request.get(LOGIN)
    if login is not None:
        raise web.HTTPSeeOther("/" if login.keyring else login.next_step)
    return page(request, "login.html", problem=None, username="")


async def password_given(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    username = str(form.get("username", ""))
    try:
        token = await give_password(desk_of(request), username, str(form.get("password", "")))
    except LoginRefused as error:
        return page(request, "login.html", status=_status(error), problem=error.reason, username=username)
    response = web.HTTPSeeOther("/login/code")
    set_cookie(request, response, SESSION_COOKIE, token)
    response.del_cookie(FORM_COOKIE, path="/")
    raise response


async def code_page(request: web.Request) -> web.StreamResponse:
    login = request.get(LOGIN)
    if login is None:
        raise NotLoggedIn
    if login.keyring is not None:
        raise web.HTTPSeeOther("/")
    return await _code_page(request, login.actor.id)


async def code_given(request: web.Request) -> web.StreamResponse:
    login = request.get(LOGIN)
    if login is None:
        raise NotLoggedIn
    form = await request.post()
    try:
        token = await give_code(desk_of(request), login.token, str(form.get("code", "")))
    except LoginRefused as error:
        return await _code_page(request, login.actor.id, problem=error.reason, status=_status(error))
    response = web.HTTPSeeOther("/")
    set_cookie(request, response, SESSION_COOKIE, token)
    raise response


async def logged_out(request: web.Request) -> web.StreamResponse:
    await log_out(desk_of(request), request.app[RINGS], login_of(request))
    response = web.HTTPSeeOther("/login")
    response.del_cookie(SESSION_COOKIE, path="/")
    raise response


async def _code_page(
    request: web.Request, staff_id: str, *, problem: str | None = None, status: int = 200
) -> web.Response:
    known = await has_passkey(request, staff_id)
    return page(request, "code.html", status=status, problem=problem, has_passkey=known)


def _status(error: LoginRefused) -> int:
    return 429 if error.reason == "too_soon" else 401


ROUTES = [
    web.get("/health/live", alive),
    web.get("/health/ready", ready),
    web.get("/login", password_page),
    web.post("/login", password_given),
    web.get("/login/code", code_page),
    web.post("/login/code", code_given),
    web.post("/uitloggen", logged_out),
]
