"""``python -m handover serve``: both listeners in one process, and what keeps them awake."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import start_http_server

from handover import notices
from handover.conversation import texts
from handover.conversation.bot import Bot
from handover.conversation.safety import SafetyReader
from handover.desk import Desk
from handover.installation import must_be_set_up, open_desk
from handover.lines import KEEPALIVE_SECONDS, SilentLines, room_for, swept
from handover.preferences import keep_fresh
from handover.staff import make_staff_app
from handover.visitor.app import make_visitor_app
from handover.visitor.door import Door
from handover.waking import keep_awake
from meldpunt.settings import Settings

log = structlog.get_logger()
BACKLOG = 1024
BEAT_SECONDS = 15.0
CLOSING_SECONDS = 3.0


class PortTaken(RuntimeError):
    """A listener cannot bind; the text says which setting to change."""


async def serve(settings: Settings) -> None:
    """Serve until the process is told to stop."""
    texts.check()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    room_for(settings.sockets_total)
    async with open_desk(settings) as desk:
        await must_be_set_up(desk)
        async with open_door(desk) as door, _listening(desk, door):
            if settings.metrics_port:
                start_http_server(settings.metrics_port, addr="127.0.0.1")
            log.info("serving", public=settings.public_port, staff=settings.staff_port)
            await stop.wait()


@asynccontextmanager
async def open_door(desk: Desk) -> AsyncIterator[Door]:
    """The visitors' side with its relay, as long as the context lasts."""
    settings = desk.settings
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector) as http:
        secret = settings.channel_secret.get_secret_value()
        bot = Bot(http, settings.bot_url, secret, settings.bot_patience)
        door = Door(desk, bot, SafetyReader())
        background = (keep_awake(desk), keep_fresh(desk), _beat(desk))
        tasks = [asyncio.create_task(one) for one in background]
        try:
            yield door
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await door.relay.stop()


async def _beat(desk: Desk) -> None:
    """Say now and then that this process lives."""
    while True:
        try:
            await notices.beat(desk, "handover")
        except Exception as error:
            log.error("beat.failed", problem=type(error).__name__)
        await asyncio.sleep(BEAT_SECONDS)


@asynccontextmanager
async def _listening(desk: Desk, door: Door) -> AsyncIterator[None]:
    settings = desk.settings
    async with AsyncExitStack() as open_now:
        for app, host, port, name in (
            (make_visitor_app(door), settings.public_host, settings.public_port, "MELDPUNT_PUBLIC_PORT"),
            (make_staff_app(desk), settings.staff_host, settings.staff_port, "MELDPUNT_STAFF_PORT"),
        ):
            try:
                await open_now.enter_async_context(listener(app, host, port))
            except OSError:
                raise PortTaken(
                    f"Port {port} on {host} is in use or not allowed. Stop what uses it, or set {name}."
                ) from None
        yield


@asynccontextmanager
async def listener(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Listen there, without an access log, and close what never says anything; raises :class:`OSError`."""
    silent = SilentLines()
    app.middlewares.insert(0, silent.heard)
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=CLOSING_SECONDS, keepalive_timeout=KEEPALIVE_SECONDS
    )
    await runner.setup()
    try:
        async with swept(runner, silent):
            await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
            yield
    finally:
        await runner.cleanup()
