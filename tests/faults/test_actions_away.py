"""The action server is gone for a moment: the turn is taken back, asked again, and nobody is left without an answer."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import aiohttp
import pytest

from tests.faults.stubborn import StubbornVisitor
from tests.running import RunningProduct

PATIENCE_S = 90.0


@pytest.mark.timeout(300)
def test_who_writes_while_the_action_server_is_gone_gets_an_answer(product: RunningProduct) -> None:
    asyncio.run(talk(product))


async def talk(product: RunningProduct) -> None:
    visitor = StubbornVisitor(product.public_url, f"weg-{time.time_ns()}")
    async with aiohttp.ClientSession() as http:
        await asyncio.to_thread(product.kill, "actions")
        telling = asyncio.create_task(visitor.tell(http, until(PATIENCE_S)))
        await asyncio.sleep(1)
        await asyncio.to_thread(product.start, "actions")
        await telling
        whole = await visitor.whole(http)
    assert visitor.reference is not None, visitor.where()
    said = [(frame["author"], frame["text"]) for _, frame in sorted(whole.items())]
    assert all(one != other for one, other in pairwise(said) if one[0] == "bot")


def until(seconds: float):
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() > ends
