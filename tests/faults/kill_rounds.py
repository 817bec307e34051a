"""Kill -9 on one of the four processes at a random moment, under load, again and again: what was promised must stand.

``python -m tests.faults.kill_rounds --rounds 100`` starts a product of its own and prints the figures. A few rounds
run with every test run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

import aiohttp

from tests.faults.stubborn import StubbornVisitor
from tests.running import RunningProduct, running_product

PROCESSES = ("handover", "jobs", "rasa", "actions")
LONGEST_WAIT_S = 3.0
LAST_WORD_S = 150.0
READ_AT_ONCE = 20


@dataclass
class Outcome:
    """What was promised, and what of it does not stand."""

    rounds: int
    killed: dict[str, int] = field(default_factory=dict)
    conversations: int = 0
    acknowledged: int = 0
    reports: int = 0
    broken_lines: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    transcripts: dict[str, list[str]] = field(default_factory=dict)  # of the conversations that are named above


async def run(
    product: RunningProduct, rounds: int, visitors: int, seed: int, minutes: float = 60.0
) -> Outcome:
    """So many rounds with so many visitors who talk at once; fewer when the time is up."""
    chance, outcome, begun = random.Random(seed), Outcome(rounds), time.monotonic()
    everyone: list[StubbornVisitor] = []
    killed: Counter[str] = Counter()
    over = asyncio.Event()
    late = asyncio.Event()

    async def keep_telling(http: aiohttp.ClientSession, place: int) -> None:
        number = 0
        while not over.is_set():
            visitor = StubbornVisitor(product.public_url, f"v{place}-{number}")
            everyone.append(visitor)
            await visitor.tell(http, late.is_set)
            number += 1

    async with aiohttp.ClientSession() as http:
        tasks = [asyncio.create_task(keep_telling(http, place)) for place in range(visitors)]
        for done in range(rounds):
            if time.monotonic() - begun > 60 * minutes:
                outcome.rounds = done
                break
            await asyncio.sleep(chance.uniform(0.1, LONGEST_WAIT_S))
            name = chance.choice(PROCESSES)
            killed[name] += 1
            await asyncio.to_thread(kill_and_start, product, name)
        over.set()
        _, unfinished = await asyncio.wait(tasks, timeout=LAST_WORD_S)
        late.set()
        await asyncio.gather(*tasks)
        if unfinished:
            stranded = [visitor.where() for visitor in everyone if visitor.token and visitor.reference is None]
            outcome.lost.append(f"{len(unfinished)} visitor(s) were stranded: {stranded}")
        reading = asyncio.Semaphore(READ_AT_ONCE)
        await asyncio.gather(*(check_as_visitor(http, visitor, outcome, reading) for visitor in everyone))
        for visitor in everyone:
            if visitor.name in " ".join(outcome.lost + outcome.doubled):
                outcome.transcripts[visitor.name] = visitor.transcript()
    check_database(product.var / "meldpunt.db", everyone, outcome)
    outcome.killed, outcome.seconds = dict(killed), round(time.monotonic() - begun, 1)
    return outcome


def kill_and_start(product: RunningProduct, name: str) -> None:
    """End a process as a power cut would, start it again, and wait until everything answers."""
    os.killpg(product.control.supervisor.pid(name), signal.SIGKILL)
    product.kill(name)  # tidies up after what is dead already
    product.start(name)
    product.wait_until_ready()


async def check_as_visitor(
    http: aiohttp.ClientSession, visitor: StubbornVisitor, outcome: Outcome, reading: asyncio.Semaphore
) -> None:
    """The conversation as the server tells it: gapless, each message as it was seen, no answer of the bot twice."""
    if not visitor.token:
        return
    async with reading:
        whole = await visitor.whole(http)
    outcome.conversations += 1
    outcome.acknowledged += len(visitor.acked)
    outcome.broken_lines += visitor.breaks
    if sorted(whole) != list(range(1, len(whole) + 1)):
        outcome.lost.append(f"{visitor.name}: the numbers have gaps: {sorted(whole)}")
    for seq, frame in visitor.seen.items():
        if seq not in whole or whole[seq]["text"] != frame["text"]:
            outcome.lost.append(f"{visitor.name}: message {seq} is not as it was")
    for seq in visitor.acked.values():
        if whole.get(seq, {}).get("author") != "visitor":
            outcome.lost.append(f"{visitor.name}: acknowledged message {seq} is not there")
    for seq in range(2, len(whole) + 1):
        one, other = whole.get(seq - 1), whole.get(seq)
        if one and other and one["author"] == other["author"] == "bot" and one["text"] == other["text"]:
            outcome.doubled.append(f"{visitor.name}: the bot said {seq} twice")
    outcome.doubled += [f"{visitor.name}: {what}" for what in visitor.broken]


def check_database(file: Path, visitors: list[StubbornVisitor], outcome: Outcome) -> None:
    """Every acknowledged id once, at its seq; every confirmed report once."""
    with closing(sqlite3.connect(file)) as database:
        stored: dict[str, list[int]] = {}
        for client_id, seq in database.execute(
            "SELECT client_id, seq FROM messages WHERE client_id IS NOT NULL"
        ):
            stored.setdefault(client_id, []).append(seq)
        reports = Counter(
            reference for (reference,) in database.execute("SELECT reference FROM reports WHERE kind = 'melding'")
        )
        twice = database.execute(
            "SELECT count(*) FROM (SELECT 1 FROM reports GROUP BY conversation_id HAVING count(*) > 1)"
        ).fetchone()[0]
    for visitor in visitors:
        for frame_id, seq in visitor.acked.items():
            if seq not in stored.get(frame_id, []):
                outcome.lost.append(f"{frame_id} was acknowledged as {seq} and is not stored")
        if visitor.reference is not None:
            outcome.reports += 1
            if reports[visitor.reference] != 1:
                outcome.lost.append(f"report {visitor.reference} is there {reports[visitor.reference]} times")
    if twice:
        outcome.doubled.append(f"{twice} conversation(s) have more than one report")


def main() -> None:
    """Measure, print JSON, and end with 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--visitors", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=60.0, help="no new round after these")
    parser.add_argument("--seed", type=int, default=20261128)
    chosen = parser.parse_args()
    quick = {"MELDPUNT_CONVERSATIONS_PER_MINUTE": "100000", "MELDPUNT_MESSAGES_PER_MINUTE": "100000"}
    with tempfile.TemporaryDirectory() as folder, running_product(Path(folder), quick) as product:
        outcome = asyncio.run(run(product, chosen.rounds, chosen.visitors, chosen.seed, chosen.minutes))
    print(json.dumps(asdict(outcome), indent=1))
    raise SystemExit(1 if outcome.lost or outcome.doubled else 0)


if __name__ == "__main__":
    main()
