"""Rasa's own starter bot (``rasa init``) behind its REST channel, to compare with: trained, started and asked here."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from tools.environments import RASA
from tools.lifetime import end_with_me
from tools.settings import free_ports

READY_LIMIT_S = 300.0
MESSAGES = ("hello", "I am sad", "yes", "are you a bot?", "great", "no", "goodbye")


@contextmanager
def starter_bot() -> Iterator[str]:
    """The starter bot as it comes, on a free port; its address."""
    port = free_ports().rasa
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SANIC_HOST": "127.0.0.1",
    }
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [str(RASA.python), "-m", "rasa", "init", "--no-prompt", "--init-dir", folder],
            cwd=folder, env=environment, check=True, stdin=subprocess.DEVNULL, capture_output=True,
            preexec_fn=end_with_me(),
        )  # fmt: skip
        with Path(folder, "bench.log").open("wb") as log:
            process = subprocess.Popen(
                [str(RASA.python), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)],
                cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=end_with_me(),
            )  # fmt: skip
            try:
                base = f"http://127.0.0.1:{port}"
                asyncio.run(_until_it_answers(base, process))
                yield base
            finally:
                process.terminate()
                process.wait(30)


async def ask_it(base: str, senders: int, rounds: int) -> tuple[list[float], float]:
    """Milliseconds of every message, and the seconds that all took: each sender asks as soon as it has an answer."""
    times: list[float] = []
    begun = time.perf_counter()
    async with aiohttp.ClientSession() as http:

        async def sender(number: int) -> None:
            for _ in range(rounds):
                for text in MESSAGES:
                    sent = time.perf_counter()
                    await _ask(http, base, f"sender-{number}", text)
                    times.append(1000 * (time.perf_counter() - sent))

        await asyncio.gather(*map(sender, range(senders)))
    return times, time.perf_counter() - begun


async def _ask(http: aiohttp.ClientSession, base: str, sender: str, text: str) -> None:
    async with http.post(
        f"{base}/webhooks/rest/webhook", json={"sender": sender, "message": text}
    ) as response:
        assert response.status == 200, response.status
        await response.read()


async def _until_it_answers(base: str, process: subprocess.Popen[bytes]) -> None:
    begun = time.monotonic()
    async with aiohttp.ClientSession() as http:
        while process.poll() is None and time.monotonic() - begun < READY_LIMIT_S:
            try:
                return await _ask(http, base, "first", "hello")
            except (aiohttp.ClientError, OSError, AssertionError):
                await asyncio.sleep(0.5)
    raise RuntimeError("Rasa's starter bot did not start.")
