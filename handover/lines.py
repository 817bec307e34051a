"""Connections as such: how many may be open, and what becomes of those that never say anything.

aiohttp keeps a connection on which no request was ever finished until its keep-alive term, and then drops it without a
word. Here it is told why, after ``SILENT_SECONDS``, whether it was silent or sent its headers letter by letter.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

SILENT_SECONDS = 15.0
KEEPALIVE_SECONDS = 75.0  # longer than a proxy's 60
SPARE_FILES = 256  # database, logs, the bot
_WHY = b'{"status": 408, "title": "Request Timeout", "detail": "There was no request."}'
SILENT = b"\r\n".join((
    b"HTTP/1.1 408 Request Timeout", b"Connection: close", b"Content-Type: application/problem+json",
    b"Content-Length: %d" % len(_WHY), b"", _WHY,
))  # fmt: skip
log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SilentLines:
    """Knows which connections of one listener have made a request."""

    def __init__(self) -> None:
        self._spoke: set[object] = set()
        self._since: dict[object, float] = {}

    @web.middleware
    async def heard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Every request passes here."""
        self._spoke.add(request.protocol)
        return await handler(request)

    def sweep(self, server: web.Server, now: float) -> int:
        """Close what has been silent for too long; gives how many."""
        lines = server.connections
        self._spoke.intersection_update(lines)
        self._since = {line: self._since.get(line, now) for line in lines if line not in self._spoke}
        late = [line for line in lines if now - self._since.get(line, now) >= SILENT_SECONDS]
        for line in late:
            if line.transport is not None:
                line.transport.write(SILENT)
            line.force_close()
        return len(late)


@asynccontextmanager
async def swept(runner: web.AppRunner, silent: SilentLines) -> AsyncIterator[None]:
    """Sweep a listener's connections, as long as the context lasts."""
    task = asyncio.create_task(_sweep(runner, silent))
    try:
        yield
    finally:
        task.cancel()


async def _sweep(runner: web.AppRunner, silent: SilentLines) -> None:
    while True:
        await asyncio.sleep(SILENT_SECONDS / 5)
        if runner.server is not None and (closed := silent.sweep(runner.server, asyncio.get_running_loop().time())):
            log.info("lines.silent", closed=closed)


def room_for(lines: int) -> None:
    """Have as many files open as ``lines`` need, as far as the system allows; say so where it does not."""
    needed = lines + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < needed:
        log.warning("lines.limited", allowed=allowed, needed=needed, remedy="raise the limit of open files (ulimit -n)")
