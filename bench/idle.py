"""``python -m bench.idle``: what one handover process holds, on loopback, bounded in count and time.

First 5,000 visitors who are connected and write nothing; then 10,000 connections that never say anything, half of them
bare and half of them sockets without a hello, while somebody else is served. The bot is a stand-in. Exits 1 where
one of the connections was not told why it was closed.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from handover.lines import room_for
from tools.lifetime import end_with_me
from tools.paths import ROOT
from tools.product import answers
from tools.settings import Ports, free_ports

AT_ONCE = 100
PATIENCE_S = 120.0
QUIET_S = 20.0
PER_ADDRESS = 1000  # below sockets_per_network: each thousand comes from a network of its own
MEGABYTE = 1024
GREETING = {"replies": [{"text": "Hoi, ik ben Sam.", "ask": "story"}], "reading": None}
LIMITS = {"MELDPUNT_CONVERSATIONS_PER_MINUTE": "1000000", "MELDPUNT_LOG_LEVEL": "WARNING"}

VISITOR = """
import json, select, sys, time, urllib.request
waits = []
while not waits or not select.select([sys.stdin], [], [], 0.5)[0]:
    begun = time.perf_counter()
    urllib.request.urlopen(urllib.request.Request(sys.argv[1], data=b""), timeout=300).read()
    waits.append(1000 * (time.perf_counter() - begun))
print(json.dumps(waits))
"""


class House:
    """One handover process, and what it holds."""

    def __init__(self, ports: Ports, pid: int) -> None:
        self.ports, self.pid = ports, pid
        self.base = f"http://127.0.0.1:{ports.public}"

    def memory_mb(self, which: str = "VmRSS") -> int:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(which)) // MEGABYTE

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def handover_alone(var: Path) -> Iterator[House]:
    """A set-up handover process whose bot is expected on the port for Rasa."""
    ports = free_ports()
    secrets = {"MELDPUNT_CHANNEL_SECRET": base64.b64encode(os.urandom(32)).decode(), "MELDPUNT_VAR": str(var)}
    env = {**os.environ, **ports.as_environment(), **LIMITS, **secrets, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "handover"]
    subprocess.run([*command, "init", "--json"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen([*command, "serve"], cwd=ROOT, env=env, preexec_fn=end_with_me())
    try:
        house = House(ports, process.pid)
        ends = time.monotonic() + PATIENCE_S
        while not answers(f"{house.base}/health/live"):
            if process.poll() is not None or time.monotonic() > ends:
                raise SystemExit("handover did not start")
            time.sleep(0.2)
        yield house
    finally:
        process.terminate()
        process.wait(30)


@asynccontextmanager
async def stand_in_bot(port: int) -> AsyncIterator[None]:
    """Greets everybody, forgets at once."""

    async def greet(request: web.Request) -> web.Response:
        return web.json_response(GREETING)

    async def well(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.method == "GET" else 204)

    app = web.Application()
    app.router.add_post("/webhooks/meldpunt/webhook", greet)
    app.router.add_route("*", "/webhooks/meldpunt/{rest:.*}", well)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


def address(number: int) -> str:
    """The loopback address that connection ``number`` comes from."""
    return f"127.0.{1 + number // PER_ADDRESS}.1"


async def connected(house: House, number: int) -> list[float]:
    """So many visitors, greeted and then idle; gives seconds from hello to the greeting. They leave at the end."""
    gate, waits = asyncio.Semaphore(AT_ONCE), []
    async with contextlib.AsyncExitStack() as open_now:
        networks = [
            await open_now.enter_async_context(
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(limit=0, local_addr=(address(first), 0), keepalive_timeout=1),
                    headers={"Origin": house.base},
                )
            )
            for first in range(0, number, PER_ADDRESS)
        ]
        sockets: list[aiohttp.ClientWebSocketResponse] = []
        reading: list[asyncio.Task[aiohttp.WSMessage]] = []

        async def arrive(http: aiohttp.ClientSession) -> None:
            async with gate:
                async with http.post(f"{house.base}/api/v1/conversations") as answer:
                    token = (await answer.json())["token"]
                socket = await http.ws_connect(f"{house.base}/api/v1/conversation")
                sockets.append(socket)
                begun = time.perf_counter()
                await socket.send_json({"type": "hello", "token": token, "after": 0})
                while (await socket.receive_json(timeout=PATIENCE_S))["type"] != "message":
                    pass
                waits.append(time.perf_counter() - begun)
                reading.append(asyncio.create_task(socket.receive()))  # answers pings, as a browser does

        await asyncio.gather(*(arrive(networks[n // PER_ADDRESS]) for n in range(number)))
        before = house.cpu_seconds()
        await asyncio.sleep(QUIET_S)
        busy = (house.cpu_seconds() - before) / QUIET_S
        still = sum(not task.done() for task in reading)
        print(f"{still} visitors connected and idle: {house.memory_mb()} MB, {busy:.0%} of one core", flush=True)
        for task in reading:
            task.cancel()
        await asyncio.gather(*(socket.close() for socket in sockets))
    return waits


@contextmanager
def somebody_else(house: House) -> Iterator[list[float]]:
    """A process apart that begins a conversation twice a second, each on a connection of its own; ms for each."""
    waits: list[float] = []
    command = [sys.executable, "-c", VISITOR, f"{house.base}/api/v1/conversations"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield waits
    finally:
        told, _ = process.communicate("enough\n", timeout=PATIENCE_S)
        waits += json.loads(told)


async def silent(house: House, number: int, is_socket: bool, gate: asyncio.Semaphore) -> str:
    """One connection that says nothing; gives how it ended."""
    try:
        async with gate:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", house.ports.public, local_addr=(address(number), 0)
            )
            if is_socket:
                key = base64.b64encode(os.urandom(16)).decode()
                writer.write(
                    f"GET /api/v1/conversation HTTP/1.1\r\nHost: 127.0.0.1:{house.ports.public}\r\n"
                    f"Origin: {house.base}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
                )
        told = await asyncio.wait_for(_until_closed(reader, writer), PATIENCE_S)
    except TimeoutError:
        return "never closed"
    except OSError as error:
        return type(error).__name__
    return "told why" if (b"hello_late" if is_socket else b" 408 ") in told else f"not told why: {told[:80]!r}"


async def _until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    told = b""
    while more := await reader.read(4096):
        told += more
        if b"hello_late" in told:
            break  # what follows is the closing handshake, which a silent one does not take part in
    writer.close()
    return told


async def silences(house: House, number: int) -> Counter[str]:
    """So many silent connections at once, and one visitor who talks meanwhile."""
    gate = asyncio.Semaphore(4 * AT_ONCE)
    begun = time.monotonic()
    tasks = [asyncio.create_task(silent(house, n, n % 2 == 0, gate)) for n in range(number)]
    most = 0
    with somebody_else(house) as waits:
        while not all(task.done() for task in tasks):
            most = max(most, house.memory_mb())
            await asyncio.sleep(0.5)
    ends = Counter(task.result() for task in tasks)
    print(
        f"{number} connections that say nothing: {json.dumps(ends)} after at most {time.monotonic() - begun:.0f} s, "
        f"at most {most} MB; {len(waits)} who came meanwhile waited p50 {statistics.median(waits):.0f} ms, "
        f"at most {max(waits):.0f} ms",
        flush=True,
    )
    return ends


async def measure(house: House, visitors: int, nobodies: int) -> int:
    """Everything; gives how many connections were not told why they were closed."""
    room_for(max(visitors, nobodies))
    print(f"at rest: {house.memory_mb()} MB", flush=True)
    async with stand_in_bot(house.ports.rasa):
        begun = time.monotonic()
        waits = sorted(await connected(house, visitors))
        print(f"  hello to greeting p50 {1000 * waits[len(waits) // 2]:.0f} ms; {time.monotonic() - begun:.0f} s in all")
        ends = await silences(house, nobodies)
    print(f"afterwards: {house.memory_mb()} MB", flush=True)
    return sum(count for end, count in ends.items() if end != "told why")


def main() -> int:
    """Measure and print; 1 where a connection was closed without a word."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=5000)
    parser.add_argument("--silent", type=int, default=10_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, handover_alone(Path(folder)) as house:
        untold = asyncio.run(measure(house, chosen.visitors, chosen.silent))
    return 1 if untold else 0


if __name__ == "__main__":
    sys.exit(main())
