"""How fast the real product answers, on loopback, each figure beside its target (``make bench``).

Training and starting Rasa, its memory, its own answer; then visitors at the public door: one alone, twenty who type, and
twenty who never pause, beside Rasa's own starter bot in the same run. Nothing is left running.
``python -m bench.speed NAME ...`` measures only those parts.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import aiohttp

from bench.load import STORY, crowd
from bench.starter import ask_it, starter_bot
from handover.conversation.bot import Bot, Call
from tests.running import RunningProduct, running_product
from tools.keys import shared_secrets
from tools.product import MAY_KNOW
from tools.training import ensure_model

TOGETHER = 20
TYPING_S = (2.0, 4.0)  # a short message typed fast
AT_ONCE = (0.0, 0.0)
CONTEXT = {"staff_online": False, "open_now": True, "next_open": "morgen", "opening_hours": "altijd"}
POLL_S = 0.1


def main() -> int:
    """All parts, or those that are named."""
    wanted = sys.argv[1:] or list(PARTS)
    print(f"load when it began: {os.getloadavg()[0]:.1f}; {os.cpu_count()} cores", flush=True)
    print("| | measured | target |\n|---|---|---|")
    for name in wanted:
        PARTS[name]()
    return 0


def training() -> None:
    """``make train``, from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        ensure_model(Path(folder))
    row("make train", f"{time.monotonic() - begun:.0f} s", "≤ 120 s")


def product() -> None:
    """Start, memory, Rasa alone, and the public door beside the starter bot."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        many = {
            "MELDPUNT_CONVERSATIONS_PER_MINUTE": "100000",
            "MELDPUNT_MESSAGES_PER_MINUTE": "100000",
        }  # all come from one address
        with running_product(Path(folder), many) as running:
            row("start to ready, new data folder", f"{time.monotonic() - begun:.0f} s", "")
            row("rasa run ready", f"{_rasa_again(running):.0f} s", "≤ 25 s")
            asyncio.run(_at_the_door(running))
            memory = memory_mb(running)
            row("memory of Rasa", f"{memory['rasa']:.0f} MB", "≤ 1,200 MB")
            row("memory of the others", ", ".join(f"{n} {s:.0f} MB" for n, s in memory.items() if n != "rasa"), "")
            ours = asyncio.run(crowd(running.public_url, TOGETHER, 2, AT_ONCE))
            row(f"{TOGETHER} visitors who never pause: answered", both(ours.answered), "")
    with starter_bot() as base:
        asyncio.run(ask_it(base, 1, 1))
        times, seconds = asyncio.run(ask_it(base, TOGETHER, 2))
    theirs = len(times) / seconds
    row(f"Rasa's starter bot, {TOGETHER} senders: answered", both(times), "")
    row(
        "throughput, ours beside the starter bot's",
        f"{ours.per_second:.1f} beside {theirs:.1f} a second: {ours.per_second / theirs:.1f} x",
        "≥ 3 x",
    )


async def _at_the_door(running: RunningProduct) -> None:
    await crowd(running.public_url, 1, 1, AT_ONCE)  # everything is loaded
    row("Rasa's own answer, one visitor", both(await _rasa_alone(running)), "p95 ≤ 150 ms")
    alone = await crowd(running.public_url, 1, 6, AT_ONCE)
    row("message to reply, one visitor", both(alone.answered), "")
    typing = await crowd(running.public_url, TOGETHER, 2, TYPING_S)
    row(
        f"message to reply, {TOGETHER} visitors typing ({TYPING_S[0]:.0f}-{TYPING_S[1]:.0f} s a message)",
        both(typing.answered),
        "p95 ≤ 300 ms",
    )
    row("message to acknowledgement, the same", both(typing.acknowledged), "")


async def _rasa_alone(running: RunningProduct) -> list[float]:
    """Milliseconds of one call after another to Rasa's channel: reading, dialogue, action server and store included."""
    times = []
    url = f"http://127.0.0.1:{running.control.ports.rasa}/webhooks/meldpunt"
    async with aiohttp.ClientSession() as http:
        secret = shared_secrets(running.var, {})["MELDPUNT_CHANNEL_SECRET"]
        bot = Bot(http, url, secret, timedelta(seconds=30))
        for _ in range(6):
            sender = secrets.token_hex(24)
            await bot.ask(Call(sender, "0", 0, "start", CONTEXT))
            for number, text in enumerate(STORY, 1):
                begun = time.perf_counter()
                await bot.ask(Call(sender, str(number), number, "message", CONTEXT, text=text))
                times.append(1000 * (time.perf_counter() - begun))
    return times


def _rasa_again(running: RunningProduct) -> float:
    """Seconds from starting Rasa to its health check."""
    running.kill("rasa")
    ready, begun = running.control.probes()["rasa"], time.monotonic()
    running.start("rasa")
    while not ready():
        time.sleep(POLL_S)
    return time.monotonic() - begun


def memory_mb(running: RunningProduct) -> dict[str, float]:
    """Resident memory of each process, MB."""
    found = {}
    for name in MAY_KNOW:
        pid = running.control.supervisor.pid(name)
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        found[name] = int(line.split()[1]) / 1024
    return found


def both(times: list[float]) -> str:
    """Median and 95th percentile."""
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"{statistics.median(times):.0f} ms, p95 {p95:.0f} ms ({len(times)} messages)"


def row(what: str, measured: str, target: str) -> None:
    """One line of the table, as soon as it is known."""
    print(f"| {what} | {measured} | {target} |", flush=True)


PARTS: dict[str, Callable[[], None]] = {"training": training, "product": product}

if __name__ == "__main__":
    sys.exit(main())
