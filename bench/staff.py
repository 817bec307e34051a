"""Speed of the staff workspace: ``python -m bench.staff`` prints each figure beside its target.

1,000 invented reports in SQLite, both listeners in this process, a stand-in for the bot; the cost of passwords is low.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyotp
import yaml
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from handover.demo import add_case
from handover.demo_data import DATA, rows
from handover.staff import make_staff_app
from handover.staff.web import LIVE_HEADER
from handover.store import ReportRow, Staff
from tests.handover.conftest import House, make_house, make_office
from tests.handover.stand_in_bot import StandInBot

REPORTS, QUEUE_TRIES, CASE_TRIES, MESSAGES = 1000, 20, 50, 100
TARGETS = {"queue": 300.0, "case": 150.0, "to_visitor": 200.0, "to_staff": 200.0}  # milliseconds


async def measure() -> dict[str, dict[str, float]]:
    """Every figure in milliseconds: median and 95th percentile."""
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


async def _conversation(house: House, client: TestClient[Any, Any]) -> dict[str, dict[str, float]]:
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
    there, back = [], []
    async with client.ws_connect(f"/live?melding={row.reference}") as socket:
        for number in range(MESSAGES):
            begun = time.perf_counter()
            sent = asyncio.create_task(
                client.post(
                    f"{page}/antwoord",
                    data={"csrf": token, "text": f"antwoord {number}"},
                    allow_redirects=False,
                )
            )
            await line.until("message", text=f"antwoord {number}")
            there.append(time.perf_counter() - begun)
            await sent
            await _quiet(socket)
            begun = time.perf_counter()
            said = asyncio.create_task(line.say(f"bericht {number}"))
            await socket.receive()
            while f"bericht {number}<" not in await _get(client, page, {LIVE_HEADER: "1"}):
                await socket.receive()
            back.append(time.perf_counter() - begun)
            await said
            await _quiet(socket)
    return {"to_visitor": _of(there), "to_staff": _of(back)}


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


async def _times(tries: int, act: Callable[[], Awaitable[object]]) -> dict[str, float]:
    await act()
    taken = []
    for _ in range(tries):
        begun = time.perf_counter()
        await act()
        taken.append(time.perf_counter() - begun)
    return _of(taken)


def _of(seconds: list[float]) -> dict[str, float]:
    ranked = sorted(seconds)
    p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
    return {"median": round(statistics.median(ranked) * 1000, 1), "p95": round(p95 * 1000, 1)}


def main() -> int:
    found = asyncio.run(measure())
    print(json.dumps({name: {**value, "target": TARGETS[name]} for name, value in found.items()}, indent=1))
    return 0 if all(value["p95"] <= TARGETS[name] for name, value in found.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
