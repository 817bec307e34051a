"""The visitor's WebSocket, in phases: hello, then traffic. One writer; a reader that is too slow is closed,
and resumes.

Memory is bounded: at most ``WAITING_FRAMES`` answers wait, and messages are read from the database page by
page as fast as the visitor takes them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from handover.conversation.feed import Feed
from handover.conversation.frames import LARGEST_FRAME, Hello, error_frame, parse_text
from handover.conversation.states import State
from handover.conversation.talk import Talk
from handover.conversation.texts import Problem, problem
from handover.conversation.thread import ConversationGone
from handover.conversation.visit import TokenUnknown, Visit, open_visit, sign_of_life
from handover.hub import QUEUE, Bell, bot_topic, conversation_topic, typing_topic

if TYPE_CHECKING:
    from handover.visitor.door import Door

log = structlog.get_logger()
WAITING_FRAMES = 200
HELLO_SECONDS = 10.0
WRITE_SECONDS = 20.0
PING_SECONDS = 30.0
BAD_FRAMES = 10


class Refused(Exception):
    """The connection ends: ``code`` is the WebSocket's close code."""

    def __init__(self, found: Problem, code: int) -> None:
        super().__init__(found.code)
        self.found, self.code = found, code


async def serve_socket(request: web.Request, door: Door) -> web.WebSocketResponse:
    """One visitor's connection, from hello to its end."""
    socket = web.WebSocketResponse(
        max_msg_size=LARGEST_FRAME, heartbeat=PING_SECONDS, compress=False, autoping=True
    )
    await socket.prepare(request)
    socket.headers.clear()  # they were sent; with thousands of sockets they are megabytes
    try:
        visit, after = await _hello(socket, door)
        await _traffic(socket, door, visit, after)
    except Refused as refused:
        await _send_quietly(socket, error_frame(refused.found))
        await socket.close(code=refused.code, message=refused.found.code.encode())
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception as error:
        log.error("socket.failed", problem=type(error).__name__)
        await _send_quietly(socket, error_frame(problem("broken", 500)))
        await socket.close(code=WSCloseCode.INTERNAL_ERROR)
    return socket


async def _hello(socket: web.WebSocketResponse, door: Door) -> tuple[Visit, int]:
    """Phase one: the token, within ten seconds."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            message = await socket.receive()
    except TimeoutError:
        raise Refused(problem("hello_late", 408), WSCloseCode.POLICY_VIOLATION) from None
    if message.type is not WSMsgType.TEXT:
        raise _not_text(message.type)
    try:
        frame = parse_text(message.data)
    except Problem as found:
        raise Refused(found, WSCloseCode.POLICY_VIOLATION) from None
    if not isinstance(frame, Hello):
        raise Refused(problem("hello_first", 400), WSCloseCode.POLICY_VIOLATION)
    try:
        visit = await open_visit(door.desk, frame.token)
    except TokenUnknown:
        raise Refused(problem("unknown_token", 404), WSCloseCode.POLICY_VIOLATION) from None
    await sign_of_life(door.desk, visit)
    return visit, frame.after


async def _traffic(socket: web.WebSocketResponse, door: Door, visit: Visit, after: int) -> None:
    """Phase two: a writer beside a reader, until one of them ends."""
    name = visit.conversation_id
    topics = (conversation_topic(name), typing_topic(name), bot_topic(name))
    feed = Feed(door.desk, visit, after)
    with door.desk.hub.listen(*topics) as bell:
        outgoing = Outgoing(bell)
        for frame in await feed.welcome():
            outgoing.put(frame)
        bell.ring(conversation_topic(name))
        door.relay.nudge(visit)
        writer = asyncio.create_task(_write(socket, door, feed, bell, outgoing))
        reader = asyncio.create_task(_read(socket, door, visit, feed, outgoing))
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reader, writer):
                task.cancel()
            ended = await asyncio.gather(reader, writer, return_exceptions=True)
        for problem_found in ended:
            if isinstance(problem_found, Exception) and not isinstance(problem_found, ConnectionError):
                raise problem_found
    if not socket.closed:
        await socket.close()


class Outgoing:
    """Answers that wait for the writer; when there are too many the visitor does not read them."""

    def __init__(self, bell: Bell) -> None:
        self._frames: deque[dict[str, Any]] = deque()
        self._bell = bell

    def put(self, frame: dict[str, Any]) -> None:
        if len(self._frames) >= WAITING_FRAMES:
            raise Refused(problem("slow_reader", 408), WSCloseCode.TRY_AGAIN_LATER)
        self._frames.append(frame)
        self._bell.ring("")

    def take(self) -> dict[str, Any] | None:
        return self._frames.popleft() if self._frames else None


async def _write(
    socket: web.WebSocketResponse, door: Door, feed: Feed, bell: Bell, outgoing: Outgoing
) -> None:
    name = feed.visit.conversation_id
    while True:
        _follow_the_line(feed, bell)
        rung = await bell.wait()
        while (frame := outgoing.take()) is not None:
            await _send(socket, frame)
            if frame["type"] == "erased":
                return
        for topic, author in ((bot_topic(name), "bot"), (typing_topic(name), "staff")):
            if topic in rung:
                await _send(socket, {"type": "typing", "author": author})
        if conversation_topic(name) in rung or QUEUE in rung:
            more = True
            while more:
                try:
                    frames, more = await feed.page()
                except TokenUnknown:
                    frames, more = [{"type": "erased"}], False
                if any(frame.get("mode") == State.BOT for frame in frames):
                    door.relay.nudge(feed.visit)  # staff gave it back, perhaps in another process: the bot owes a word
                for frame in frames:
                    await _send(socket, frame)
                    if frame["type"] == "erased":
                        return


def _follow_the_line(feed: Feed, bell: Bell) -> None:
    """Whoever waits for a person hears of every change of the queue; thousands of others are not woken for it."""
    hub = feed.desk.hub
    if not feed.is_waiting:
        hub.mute(bell, QUEUE)
    elif hub.tune(bell, QUEUE):
        bell.ring(QUEUE)  # for what changed just before


async def _read(
    socket: web.WebSocketResponse, door: Door, visit: Visit, feed: Feed, outgoing: Outgoing
) -> None:
    talk = Talk(door.desk, door.relay, visit, door.pace_of(visit))
    bad = 0
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            raise _not_text(message.type)
        frame_id = None
        try:
            frame = parse_text(message.data)
            if isinstance(frame, Hello):
                raise problem("hello_again", 400)
            frame_id = getattr(frame, "id", None)
            for answer in await talk.handle(frame):
                if answer["type"] == "ack":
                    feed.own.add(answer["seq"])
                outgoing.put(answer)
        except Problem as found:
            bad += found.status == 400
            outgoing.put(error_frame(found, frame_id))
            if bad > BAD_FRAMES:
                raise Refused(problem("bad_frame", 400), WSCloseCode.POLICY_VIOLATION) from None
        except (ConversationGone, TokenUnknown):
            outgoing.put({"type": "erased"})


def _not_text(kind: WSMsgType) -> Exception:
    if kind is WSMsgType.BINARY:
        return Refused(problem("binary", 415), WSCloseCode.UNSUPPORTED_DATA)
    if kind is WSMsgType.ERROR:
        return Refused(problem("too_large", 413), WSCloseCode.MESSAGE_TOO_BIG)
    return ConnectionResetError("the visitor left")


async def _send(socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            await socket.send_str(json.dumps(frame))
    except TimeoutError:
        raise Refused(problem("slow_reader", 408), WSCloseCode.TRY_AGAIN_LATER) from None


async def _send_quietly(socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(1):
            await socket.send_str(json.dumps(frame))
