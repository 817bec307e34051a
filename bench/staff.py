"""Speed of the staff workspace, each figure beside its target: ``python -m bench.staff``, a part of ``make bench``.

1,000 invented reports in SQLite, both listeners in this process, a stand-in for the bot; the cost of passwords is low.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyotp
import yaml
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from handover.demo import add_case
from handover.demo_data import DATA, rows
from handover.staff import make_staff_app
from handover.staff.web import LIVE_HEADER, RINGS
from handover.store import ReportRow, Staff
from tests.handover.conftest import House, make_house, make_office
from tests.handover.stand_in_bot import StandInBot

REPORTS, QUEUE_TRIES, CASE_TRIES, MESSAGES = 1000, 20, 50, 100
FIRST_TRIES = 10
# What is measured, and its target in milliseconds. All of it runs in this one process: the CPU of a message is that of the
# visitor, the stand-in bot, the browser's look and both listeners together.
FIGURES = {
    "queue": ("queue page, 1,000 reports", 300.0),
    "queue_first": ("the same, nothing in memory yet", 300.0),
    "case": ("opening a sealed report", 150.0),
    "to_visitor": ("an answer shows at the visitor", 200.0),
    "to_staff": ("a visitor's message shows at staff", 200.0),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds: median and 95th percentile of the time, and the CPU that one took."""

    median: float
    p95: float
    cpu: float


async def measure() -> dict[str, Measured]:
    """Every figure of ``FIGURES``."""
    with tempfile.TemporaryDirectory() as folder:
        office = await make_office(Path(folder), f"sqlite+aiosqlite:///{folder}/bench.db", staff_url="")
        bot = StandInBot()
        async with TestServer(bot.app()) as server:
            bot.port = server.port
            async for house in make_house(office, bot):
                async with TestClient(TestServer(make_staff_app(office.desk))) as client:
                    await _log_in(house, client)
                    await _fill(house)
                    found = {
                        "queue": await _times(QUEUE_TRIES, lambda: _get(client, "/wachtrij")),
                        "queue_first": await _times(FIRST_TRIES, lambda: _get_afresh(client, "/wachtrij")),
                        "case": await _times(CASE_TRIES, lambda: _get(client, "/meldingen/DEMO-0012")),
                        **await _conversation(house, client),
                    }
        await office.desk.store.close()
    return found


async def _fill(house: House) -> None:
    stories = yaml.safe_load((DATA / "demo_stories.yml").read_text(encoding="utf-8"))
    async with house.desk.store.reading() as session:
        me = await session.scalar(select(Staff.id))
    assert me is not None
    listed = [row for row in rows() if row.kind == "melding" and row.status != "afgesloten"]
    for number in range(REPORTS):
        row = replace(listed[number % len(listed)], number=number + 1)
        await add_case(house.desk, row, stories, {"noor": me, "bas": me})


async def _conversation(house: House, client: TestClient[Any, Any]) -> dict[str, Measured]:
    line = await house.waiting()
    async with house.desk.store.reading() as session:
        row = await session.scalar(
            select(ReportRow).where(ReportRow.kind == "gesprek").order_by(ReportRow.created_at.desc())
        )
    assert row is not None
    page = f"/meldingen/{row.reference}"
    token = await _token(client, page)
    await client.post(
        f"{page}/claim", data={"csrf": token, "version": str(row.version)}, allow_redirects=False
    )
    await line.until("mode", mode="staff")
    there, back = Watch(), Watch()
    async with client.ws_connect(f"/live?melding={row.reference}") as socket:
        for number in range(MESSAGES):
            there.start()
            sent = asyncio.create_task(
                client.post(
                    f"{page}/antwoord",
                    data={"csrf": token, "text": f"antwoord {number}"},
                    allow_redirects=False,
                )
            )
            await line.until("message", text=f"antwoord {number}")
            there.stop()
            await sent
            await _quiet(socket)
            back.start()
            said = asyncio.create_task(line.say(f"bericht {number}"))
            await socket.receive()
            while f"bericht {number}<" not in await _get(client, page, {LIVE_HEADER: "1"}):
                await socket.receive()
            back.stop()
            await said
            await _quiet(socket)
    return {"to_visitor": there.read(), "to_staff": back.read()}


async def _quiet(socket: Any) -> None:
    while True:
        try:
            await asyncio.wait_for(socket.receive(), 0.05)
        except TimeoutError:
            return


async def _log_in(house: House, client: TestClient[Any, Any]) -> None:
    account, now = house.office.account, house.office.clock()
    form = {
        "csrf": await _token(client, "/login"),
        "username": account.username,
        "password": account.password,
    }
    await client.post("/login", data=form)
    code = pyotp.TOTP(account.totp_secret).at(now)
    await client.post("/login/code", data={"csrf": await _token(client, "/login/code"), "code": code})


async def _token(client: TestClient[Any, Any], path: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', await _get(client, path))
    assert found is not None
    return found[1]


async def _get(client: TestClient[Any, Any], path: str, headers: dict[str, str] | None = None) -> str:
    async with client.get(path, headers=headers) as answer:
        assert answer.status == 200, (path, answer.status)
        return await answer.text()


async def _get_afresh(client: TestClient[Any, Any], path: str) -> str:
    assert client.app is not None
    client.app[RINGS].clear()
    return await _get(client, path)


async def _times(tries: int, act: Callable[[], Awaitable[object]]) -> Measured:
    await act()
    watch = Watch()
    for _ in range(tries):
        watch.start()
        await act()
        watch.stop()
    return watch.read()


class Watch:
    """Times things one after the other, by the clock and by the processor."""

    def __init__(self) -> None:
        self._taken: list[float] = []
        self._cpu = 0.0
        self._begun = (0.0, 0.0)

    def start(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        self._taken.append(time.perf_counter() - self._begun[0])
        self._cpu += time.process_time() - self._begun[1]

    def read(self) -> Measured:
        ranked = sorted(self._taken)
        p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
        return Measured(statistics.median(ranked) * 1000, p95 * 1000, self._cpu / len(ranked) * 1000)


def main() -> int:
    """Print a table; 1 where a figure is not reached."""
    found = asyncio.run(measure())
    print(f"staff, load {os.getloadavg()[0]:.1f}:")
    print("| | ms p50 / p95 | CPU ms | target |\n|---|---|---|---|")
    for name, (title, target) in FIGURES.items():
        one = found[name]
        print(f"| {title} | {one.median:.0f} / {one.p95:.0f} | {one.cpu:.0f} | {target:.0f} |", flush=True)
    return 0 if all(found[name].p95 <= target for name, (_, target) in FIGURES.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
