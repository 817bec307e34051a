"""Telling an open page that something changed: never what, only that it should look again.

While a page is open it renews the leases of its owner, and their being available for conversations.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, WSMsgType, web

from handover.hub import QUEUE, conversation_topic, staff_topic, visitor_typing_topic
from handover.queue import renew, set_available, typing
from handover.queue.presence import SIGN_OF_LIFE
from handover.staff.login import NotLoggedIn, resume
from handover.staff.web import RINGS, desk_of, login_of
from handover.store import ReportRow, Staff

EVERY = 30.0
_OPEN: set[web.WebSocketResponse] = set()


async def live(request: web.Request) -> web.StreamResponse:
    """``/live`` for the queue, ``/live?melding=<reference>`` for one case."""
    login, desk = login_of(request), desk_of(request)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden
    case = await _case(request)
    typing_of = visitor_typing_topic(case.conversation_id) if case else ""
    topics = [staff_topic(login.actor.id), QUEUE]
    topics += [conversation_topic(case.conversation_id), typing_of] if case else []
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    _OPEN.add(socket)
    reader = asyncio.create_task(_read(request, socket, case))
    try:
        with desk.hub.listen(*topics) as bell:
            due = 0.0
            while not socket.closed:
                if (now := time.monotonic()) >= due:
                    await renew(desk, login.actor)
                    await _stay_available(request)
                    due = now + EVERY
                rung = await bell.wait(due - now)
                await resume(desk, request.app[RINGS], login.token, active=False)
                if rung and not socket.closed:
                    elsewhere = case is not None and rung <= {QUEUE, typing_of}
                    kind = "typing" if rung == {typing_of} else "elsewhere" if elsewhere else "changed"
                    await socket.send_json({"type": kind})
    except NotLoggedIn:
        await socket.send_json({"type": "logged_out"})
    except (ConnectionError, RuntimeError):
        pass  # the page was closed
    finally:
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reader
        _OPEN.discard(socket)
        await socket.close()
    return socket


async def close_all(_: web.Application) -> None:
    """Close every open page's socket, so that stopping does not wait for them."""
    for socket in list(_OPEN):
        await socket.close(code=WSCloseCode.GOING_AWAY)


async def _read(request: web.Request, socket: web.WebSocketResponse, case: ReportRow | None) -> None:
    """All that a page says: its owner types. Passed on when the case was theirs as the page opened."""
    mine = case is not None and case.claimed_by == login_of(request).actor.id
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            break
        if case is not None and mine:
            typing(desk_of(request), case.conversation_id)


async def _case(request: web.Request) -> ReportRow | None:
    reference = request.query.get("melding", "")
    async with desk_of(request).store.reading() as session:
        return await session.get(ReportRow, reference)


async def _stay_available(request: web.Request) -> None:
    desk, actor = desk_of(request), login_of(request).actor
    now = desk.clock()
    async with desk.store.reading() as session:
        staff = await session.get(Staff, actor.id)
    if staff is not None and staff.available_until is not None and staff.available_until > now:
        await set_available(desk, actor, now + SIGN_OF_LIFE)


ROUTES = [web.get("/live", live)]
