"""The visitors' HTTP interface: beginning, the socket, the same frames over HTTP, coming back by code,
health.
"""

from __future__ import annotations

import asyncio
import json
import math
from datetime import datetime, timedelta
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from handover.conversation.feed import Feed
from handover.conversation.frames import Code, Hello, Poll, PostedFrames, error_frame, parse
from handover.conversation.socket import serve_socket
from handover.conversation.talk import Talk
from handover.conversation.texts import Problem, problem
from handover.conversation.thread import ConversationGone
from handover.conversation.visit import (
    ReceiptUnknown,
    TokenUnknown,
    Visit,
    begin,
    come_back,
    open_visit,
    sign_of_life,
)  # fmt: skip
from handover.hub import QUEUE, conversation_topic
from handover.preferences import preferences_of
from handover.vault import ReceiptKeys, ReceiptMistyped
from handover.vault import receipt as receipts
from handover.visitor.door import Door

DOOR = web.AppKey("door", Door)
CODE_SECONDS = 1.0  # every answer about a code takes this long, right, wrong or mistyped
SLOWER_SECONDS = 2.0
SLOWEST_SECONDS = 20.0
CODES_AT_ONCE = 2
BODY_SECONDS = 15.0
Model = TypeVar("Model", bound=BaseModel)
routes = web.RouteTableDef()
_one_code_at_a_time = asyncio.Semaphore(CODES_AT_ONCE)


@routes.post("/api/v1/conversations")
async def begin_conversation(request: web.Request) -> web.Response:
    """A new conversation and the token that opens it; the token is nowhere else."""
    door = request.app[DOOR]
    if not door.beginnings.pace(request.remote).allows():
        raise problem("too_many", 429)
    token, expires = await begin(door.desk)
    door.relay.nudge(await open_visit(door.desk, token))  # Sam thinks of a first word while the page connects
    return web.json_response({"token": token, "expires_at": _said(expires)}, status=201)


@routes.get("/api/v1/conversation")
async def conversation(request: web.Request) -> web.StreamResponse:
    """The WebSocket."""
    door = request.app[DOOR]
    _must_be_here(request, door)
    place = door.sockets.enter(request.remote)
    if place is None:
        raise problem("too_many", 503)
    try:
        return await serve_socket(request, door)
    finally:
        door.sockets.leave(place)


@routes.post("/api/v1/conversation/frames")
async def frames(request: web.Request) -> web.Response:
    """Frames over HTTP, where WebSockets are blocked; answers with the frames that answer them."""
    door = request.app[DOOR]
    posted = await _body(request, PostedFrames)
    visit = await _visit(door, posted.token)
    talk = Talk(door.desk, door.relay, visit, door.pace_of(visit))
    answers: list[dict[str, Any]] = []
    for raw in posted.frames:
        frame_id = raw.get("id") if isinstance(raw, dict) and isinstance(raw.get("id"), str) else None
        try:
            frame = parse(raw)
            if isinstance(frame, Hello):
                raise problem("hello_again", 400)
            answers += await talk.handle(frame)
        except Problem as found:
            answers.append(error_frame(found, frame_id))
        except (ConversationGone, TokenUnknown):
            answers.append({"type": "erased"})
            break
    return web.json_response({"frames": answers})


@routes.post("/api/v1/conversation/poll")
async def poll(request: web.Request) -> web.Response:
    """Everything above ``after``, waiting up to ``wait`` seconds for something to come."""
    door = request.app[DOOR]
    asked = await _body(request, Poll)
    visit = await _visit(door, asked.token)
    await sign_of_life(door.desk, visit)
    feed = Feed(door.desk, visit, asked.after)
    with door.desk.hub.listen(conversation_topic(visit.conversation_id), QUEUE) as bell:
        welcome = await feed.welcome()
        door.relay.nudge(visit)
        found = await _all_frames(feed)
        ends = asyncio.get_running_loop().time() + asked.wait
        while not any(frame["type"] in ("message", "erased") for frame in found):
            left = ends - asyncio.get_running_loop().time()
            if left <= 0 or not await bell.wait(left):
                break
            found += await _all_frames(feed)
    return web.json_response({"frames": welcome + found})


@routes.post("/api/v1/receipts")
async def receipt(request: web.Request) -> web.Response:
    """A token for the follow-up of an earlier report. Every answer takes equally long; guessing slows down."""
    door, loop = request.app[DOOR], asyncio.get_running_loop()
    started = loop.time()
    over = door.codes.pace(request.remote).count()
    slower = min(SLOWEST_SECONDS, SLOWER_SECONDS * over)
    asked = await _body(request, Code)
    try:
        async with _one_code_at_a_time:
            keys = await asyncio.to_thread(_keys, door, asked.code)
        token, expires = await come_back(door.desk, keys)
        return web.json_response({"token": token, "expires_at": _said(expires)}, status=201)
    except (ReceiptMistyped, ReceiptUnknown):
        raise problem("code_unknown", 404) from None
    finally:
        await asyncio.sleep(_rounded_up(loop.time() - started) - (loop.time() - started) + slower)


@routes.get("/api/v1/info")
async def info(request: web.Request) -> web.Response:
    """What the page shows before a conversation: who, when, and where the quick exit goes."""
    desk = request.app[DOOR].desk
    settings, hours, now = desk.settings, desk.hours, desk.clock()
    return web.json_response(
        {
            "organisation": settings.organisation,
            "phone": settings.organisation_phone or None,
            "url": settings.organisation_url or None,
            "notice": preferences_of(desk).start_notice or None,
            "exit_site": settings.exit_site,
            "open_now": hours.open_at(now),
            "opening_hours": hours.say(),
            "next_open": hours.say_next_open(now),
        }
    )


@routes.get("/health/live")
async def live(request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"live": True})


@routes.get("/health/ready")
async def ready(request: web.Request) -> web.Response:
    """The database and the bot answer too."""
    door = request.app[DOOR]
    parts = {"database": await _database_answers(door), "bot": await door.bot.is_ready()}
    return web.json_response(
        {"ready": all(parts.values()), **parts}, status=200 if all(parts.values()) else 503
    )


@routes.get("/.well-known/security.txt")
async def security_txt(request: web.Request) -> web.Response:
    """Where to report a weakness (RFC 9116)."""
    desk = request.app[DOOR].desk
    expires = (desk.clock() + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {desk.settings.security_contact}",
        f"Expires: {expires}",
        "Preferred-Languages: nl, en",
    )
    return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", charset="utf-8")


async def _all_frames(feed: Feed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    more = True
    while more:
        page, more = await feed.page()
        found += page
    return found


async def _visit(door: Door, token: str) -> Visit:
    try:
        return await open_visit(door.desk, token)
    except TokenUnknown:
        raise problem("unknown_token", 404) from None


async def _body(request: web.Request, model: type[Model]) -> Model:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            raw = await request.read()  # no larger than the application's client_max_size
    except web.HTTPRequestEntityTooLarge:
        raise problem("too_large", 413) from None
    except TimeoutError:
        raise problem("too_slow", 408) from None
    except web.RequestPayloadError:  # said to be compressed, and is not
        raise problem("not_json", 400) from None
    try:
        return model.model_validate(json.loads(raw))
    except (ValueError, ValidationError, RecursionError):
        raise problem("not_json", 400) from None


def _must_be_here(request: web.Request, door: Door) -> None:
    """Refuse a socket that another site opens in a visitor's browser."""
    origin = request.headers.get("Origin", "")
    here = {f"{scheme}://{request.host}" for scheme in ("http", "https")}
    if origin not in here | set(door.desk.settings.public_origins):
        raise problem("wrong_origin", 403)


def _keys(door: Door, typed: str) -> ReceiptKeys:
    return door.desk.receipts.keys(receipts.read(typed))


async def _database_answers(door: Door) -> bool:
    from sqlalchemy import text

    try:
        async with door.desk.store.reading() as session:
            await session.execute(text("SELECT 1"))
    except Exception:
        return False
    return True


def _rounded_up(took: float) -> float:
    return max(1, math.ceil(took / CODE_SECONDS)) * CODE_SECONDS


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
