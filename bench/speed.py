"""``python -m bench.speed``: how fast the real product answers, on loopback, bounded in count and time.

One visitor alone, then twenty typing at once: from sending a message to the last reply. Also how long the start takes and
what each process holds in memory. Nothing is left running.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
import uuid
from pathlib import Path

import aiohttp

from tests.running import RunningProduct, running_product
from tools.product import MAY_KNOW

ALONE, TOGETHER = 1, 20
ROUNDS = {ALONE: 6, TOGETHER: 2}
PATIENCE_S = 30.0
STORY = (
    "er is een jongen die steeds wil dat ik pakketjes voor hem wegbreng",
    "is dit wel anoniem?",
    "ik ben 16",
    "waarom vraag je dat",
    "in almelo",
    "ik ben bang dat hij boos wordt",
    "weet ik niet",
)


async def talk(base: str) -> tuple[list[float], list[float]]:
    """One conversation; ms from each message to its acknowledgement and to Sam's first words."""
    acknowledged, answered = [], []
    async with aiohttp.ClientSession(headers={"Origin": base}) as http:
        async with http.post(base + "/api/v1/conversations") as response:
            token = (await response.json())["token"]
        async with http.ws_connect(base + "/api/v1/conversation") as socket:
            await socket.send_json({"type": "hello", "token": token, "after": 0})
            await _until(socket, "ask")
            for text in STORY:
                begun = time.perf_counter()
                await socket.send_json({"type": "message", "id": str(uuid.uuid4()), "text": text})
                acknowledged.append(1000 * (await _until(socket, "ack") - begun))
                answered.append(1000 * (await _until(socket, "ask") - begun))
    return acknowledged, answered


async def _until(socket: aiohttp.ClientWebSocketResponse, wanted: str) -> float:
    """The moment at which an acknowledgement, or a message that asks something, came."""
    while True:
        frame = await asyncio.wait_for(socket.receive(), PATIENCE_S)
        data = json.loads(frame.data)
        if data["type"] == wanted or (wanted == "ask" and data["type"] == "message" and data.get("ask")):
            return time.perf_counter()


async def measure(base: str, visitors: int) -> str:
    """One row of the table."""
    begun = time.perf_counter()
    acknowledged: list[float] = []
    answered: list[float] = []
    for _ in range(ROUNDS[visitors]):
        for acks, answers in await asyncio.gather(*(talk(base) for _ in range(visitors))):
            acknowledged += acks
            answered += answers
    spent = time.perf_counter() - begun
    return f"| {visitors} | {_both(acknowledged)} | {_both(answered)} | {len(answered) / spent:.1f} | {len(answered)} |"


def _both(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} / {statistics.quantiles(times, n=20)[-1]:.0f}"


def memory_mb(product: RunningProduct) -> dict[str, float]:
    """Resident memory of each process, MB."""
    found = {}
    for name in MAY_KNOW:
        pid = product.control.supervisor.pid(name)
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        found[name] = int(line.split()[1]) / 1024
    return found


def main() -> None:
    """Start, measure, stop."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        with running_product(Path(folder), {"MELDPUNT_CONVERSATIONS_PER_MINUTE": "10000"}) as product:
            print(f"start to ready with a new data folder: {time.monotonic() - begun:.0f} s")
            asyncio.run(talk(product.public_url))  # everything is loaded
            print(
                "| visitors at once | acknowledged, ms p50 / p95 | answered, ms p50 / p95 | messages/s | messages |"
            )
            print("|---|---|---|---|---|")
            for visitors in (ALONE, TOGETHER):
                print(asyncio.run(measure(product.public_url, visitors)), flush=True)
            print(", ".join(f"{name} {size:.0f} MB" for name, size in memory_mb(product).items()))


if __name__ == "__main__":
    main()
