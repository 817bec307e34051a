"""What every staff page shares: who is logged in, the token that proves a form is ours."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web

from handover.conversation.states import NotAllowed
from handover.conversation.thread import ConversationGone, WrongState
from handover.desk import Desk
from handover.queue import (
    CaseGone,
    ClaimLost,
    NotClaimed,
    ReasonNeeded,
    Refused,
    SecondPersonNeeded,
    TooManyChats,
)
from handover.queue.alarm import Alarm, alarm
from handover.queue.problems import NotAgreed
from handover.staff.login import Login, NotLoggedIn, resume
from handover.staff.permissions import OPEN, NotPermitted, may, must_be_allowed, needed, permissions, start_of
from handover.staff.problems import NotPublished
from handover.staff.render import Renderer
from handover.staff.rings import Rings
from handover.vault import Keyring, new_token
from handover.vault.derive import derive, token_bytes

DESK: web.AppKey[Desk] = web.AppKey("desk", Desk)
ALARM: web.RequestKey[Alarm] = web.RequestKey("alarm", Alarm)
LOGIN: web.RequestKey[Login] = web.RequestKey("login", Login)
RINGS: web.AppKey[Rings] = web.AppKey("rings", Rings)
RENDERER: web.AppKey[Renderer] = web.AppKey("renderer", Renderer)
SESSION_COOKIE = "meldpunt_sessie"
FORM_COOKIE = "meldpunt_formulier"
PROOF_TERM = timedelta(minutes=10)
FORM_HEADER = "X-Meldpunt-Form"  # what a script of ours sends instead of a form field
LIVE_HEADER = "X-Meldpunt-Live"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def desk_of(request: web.Request) -> Desk:
    return request.app[DESK]


def login_of(request: web.Request) -> Login:
    """Who is logged in; raises :class:`NotLoggedIn`."""
    login: Login | None = request.get(LOGIN)
    if login is None or login.keyring is None:
        raise NotLoggedIn
    return login


def keyring_of(request: web.Request) -> Keyring:
    keyring = login_of(request).keyring
    if keyring is None:
        raise NotLoggedIn
    return keyring


def csrf_of(token: str) -> str:
    """The value that a form carries: whoever sends it has read a page of ours with this cookie."""
    return derive(token_bytes(token), "form").hex()


def page(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A page; sets the form cookie where there is no session yet."""
    token = _form_token(request)
    fresh = token is None
    token = token or new_token()
    login: Login | None = request.get(LOGIN)
    known = login if login is not None and login.keyring is not None else None
    text = request.app[RENDERER].page(
        template,
        csrf=csrf_of(token),
        me=known.actor if known else None,
        path=request.path,
        alarm=request.get(ALARM),
        may=lambda permission: known is not None and may(known.actor, permission),
        start=start_of(known.actor) if known else "/login",
        sso=_sso(request),
        **values,
    )
    response = web.Response(text=text, content_type="text/html", charset="utf-8", status=status)
    if fresh:
        set_cookie(request, response, FORM_COOKIE, token)
    return response


def _sso(request: web.Request) -> str:
    """The name on the button of single sign-on; empty where there is none."""
    settings = desk_of(request).settings
    return settings.oidc_name if settings.oidc_issuer else ""


def set_cookie(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """A cookie for this browser session, never sent from another site, never readable by scripts."""
    response.set_cookie(name, value, httponly=True, samesite="Strict", path="/", secure=request.secure)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals of the services into a page that says what to do."""
    try:
        return await handler(request)
    except NotLoggedIn:
        raise web.HTTPSeeOther("/login") from None
    except ClaimLost as error:
        return page(request, "problem.html", status=409, problem="claim_lost", by=error.by, since=error.since)
    except (CaseGone, ConversationGone):
        return page(request, "problem.html", status=404, problem="gone")
    except NotClaimed:
        return page(request, "problem.html", status=409, problem="not_claimed")
    except TooManyChats:
        return page(request, "problem.html", status=409, problem="too_many_chats")
    except ReasonNeeded:
        return page(request, "problem.html", status=422, problem="reason_needed")
    except NotAgreed:
        return page(request, "problem.html", status=409, problem="not_agreed")
    except NotPublished:
        return page(request, "problem.html", status=409, problem="not_published")
    except NotPermitted:
        return page(request, "problem.html", status=403, problem="not_permitted")
    except SecondPersonNeeded:
        return page(request, "problem.html", status=409, problem="second_person")
    except (Refused, WrongState, NotAllowed):
        return page(request, "problem.html", status=409, problem="changed")
    except web.HTTPNotFound:
        return page(request, "problem.html", status=404, problem="gone")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No page without both factors; no change without the form's token."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        try:
            live = LIVE_HEADER in request.headers or request.path == "/live"
            request[LOGIN] = await resume(desk_of(request), request.app[RINGS], token, active=not live)
        except NotLoggedIn:
            pass  # an ended session is no session
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else ""
    if resource is None:
        login_of(request)  # whoever is not logged in hears nothing of which pages there are
    elif needed(request.method, route) != OPEN:
        must_be_allowed(login_of(request).actor, request.method, route)
        if may(login_of(request).actor, "cases"):
            request[ALARM] = await alarm(desk_of(request))
    if request.method == "POST" and not await _form_is_ours(request):
        return page(request, "problem.html", status=403, problem="form")
    if f"{request.method} {route}" in permissions().step_up and not proved_recently(request):
        return page(request, "problem.html", status=403, problem="step_up", back=_page_of(request))
    return await handler(request)


def proved_recently(request: web.Request) -> bool:
    """Whether a second factor was given in this session a short while ago."""
    proved = login_of(request).proved_at
    return proved is not None and desk_of(request).clock() - proved <= PROOF_TERM


def _page_of(request: web.Request) -> str:
    """The page that a form was on, to go back to after proving who one is."""
    reference = request.match_info.get("reference")
    return f"/meldingen/{reference}" if reference else "/collegas" if "collegas" in request.path else "/mijn"


async def _form_is_ours(request: web.Request) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    token = _form_token(request)
    given = request.headers.get(FORM_HEADER) or (await request.post()).get("csrf")
    if token is None or not isinstance(given, str):
        return False
    return hmac.compare_digest(csrf_of(token).encode(), given.encode("utf-8", "replace"))


def _form_token(request: web.Request) -> str | None:
    """The cookie that forms are bound to: the session's, or before that the form's own."""
    login: Login | None = request.get(LOGIN)
    token = login.token if login is not None else request.cookies.get(FORM_COOKIE)
    try:
        token_bytes(token or "")
    except ValueError:
        return None
    return token
