"""Visitors at the public door, for measuring: some who answer at once, some who take the time that typing takes."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from dataclasses import dataclass, field

import aiohttp

PATIENCE_S = 60.0
STORY = (
    "er is een jongen die steeds wil dat ik pakketjes voor hem wegbreng",
    "is dit wel anoniem?",
    "ik ben 16",
    "waarom vraag je dat",
    "in almelo",
    "ik ben bang dat hij boos wordt",
    "weet ik niet",
)


@dataclass
class Times:
    """Milliseconds from each message to its acknowledgement and to Sam's last words; ``seconds`` all together took."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Messages answered a second."""
        return len(self.answered) / self.seconds


async def crowd(base: str, visitors: int, rounds: int, typing_s: tuple[float, float]) -> Times:
    """So many visitors at once, each with so many conversations; ``typing_s`` is how long a message takes to type."""
    times, begun = Times(), time.perf_counter()

    async def visitor(number: int) -> None:
        dice = random.Random(number)
        for _ in range(rounds):
            await _talk(base, times, dice, typing_s)

    await asyncio.gather(*map(visitor, range(visitors)))
    times.seconds = time.perf_counter() - begun
    return times


async def _talk(base: str, times: Times, dice: random.Random, typing_s: tuple[float, float]) -> None:
    async with aiohttp.ClientSession(headers={"Origin": base}) as http:
        async with http.post(base + "/api/v1/conversations") as response:
            token = (await response.json())["token"]
        async with http.ws_connect(base + "/api/v1/conversation") as socket:
            await socket.send_json({"type": "hello", "token": token, "after": 0})
            await _until(socket, "ask")
            for text in STORY:
                await asyncio.sleep(dice.uniform(*typing_s))
                begun = time.perf_counter()
                await socket.send_json({"type": "message", "id": str(uuid.uuid4()), "text": text})
                times.acknowledged.append(1000 * (await _until(socket, "ack") - begun))
                times.answered.append(1000 * (await _until(socket, "ask") - begun))


async def _until(socket: aiohttp.ClientWebSocketResponse, wanted: str) -> float:
    """The moment at which an acknowledgement, or a message that asks something, came."""
    while True:
        frame = await asyncio.wait_for(socket.receive(), PATIENCE_S)
        data = json.loads(frame.data)
        if data["type"] == wanted or (wanted == "ask" and data["type"] == "message" and data.get("ask")):
            return time.perf_counter()
