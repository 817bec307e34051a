"""The HTTP interface against its own published description, with whatever schemathesis thinks of."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from handover.visitor import api
from handover.visitor.app import make_visitor_app
from handover.visitor.door import Door
from handover.visitor.openapi import description
from tests.handover.conftest import NoReader, make_office


class DeadBot:
    """Nobody answers; the interface must answer all the same."""

    async def ask(self, call: Any) -> Any:
        from handover.conversation.bot import BotFailed

        raise BotFailed("dead")

    async def is_ready(self) -> bool:
        return False


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A listener in a thread of its own, and its description as it publishes it."""
    patch = pytest.MonkeyPatch()
    for name in ("CODE_SECONDS", "SLOWER_SECONDS"):
        patch.setattr(api, name, 0.001)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> tuple[TestServer, Any]:
        folder: Path = tmp_path_factory.mktemp("openapi")
        office = await make_office(folder, f"sqlite+aiosqlite:///{folder}/a.db")
        server = TestServer(make_visitor_app(Door(office.desk, DeadBot(), NoReader())))  # type: ignore[arg-type]
        await server.start_server()
        return server, office

    server, office = asyncio.run_coroutine_threadsafe(begin(), loop).result(60)
    yield schemathesis.openapi.from_url(str(server.make_url("/api/v1/openapi.json")))
    asyncio.run_coroutine_threadsafe(server.close(), loop).result(30)
    asyncio.run_coroutine_threadsafe(office.desk.store.close(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    patch.undo()


PATHS = sorted(path for path in description()["paths"] if path != "/api/v1/conversation")  # that is a WebSocket
SAYS_503 = "/health/ready"  # with a dead bot that is the right answer; no other path may give a 5xx


@pytest.mark.parametrize("path", PATHS)
def test_every_request_gets_what_the_description_says(published: Any, path: str) -> None:
    (operation,) = (found.ok() for found in published.get_all_operations() if found.ok().path == path)
    allowed = [not_a_server_error] if path == SAYS_503 else []

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy())
    def check(case: Any) -> None:
        case.call_and_validate(timeout=20, excluded_checks=allowed)

    check()
