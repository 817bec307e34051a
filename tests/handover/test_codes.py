"""Guessing receipt codes: one answer, in one time, slower and slower, and never a closed door."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from handover.conversation.limits import Networks
from handover.vault.receipt import new_code
from handover.visitor import api
from tests.handover.conftest import House


async def ask(house: House, code: str) -> tuple[int, Any, float]:
    begun = time.monotonic()
    status, body = await house.post("/api/v1/receipts", {"code": code})
    return status, body, time.monotonic() - begun


async def test_a_wrong_a_mistyped_and_an_unreadable_code_get_the_same_answer_in_the_same_time(house: House):
    right = (await house.report()).last("receipt")["code"]
    mistyped = right[:-1] + str((int(right[-1]) + 1) % 10)
    kinds = {"right": right, "wrong": new_code(), "mistyped": mistyped, "unreadable": "geen code"}
    answers = {
        kind: await asyncio.gather(*(ask(house, code) for _ in range(3))) for kind, code in kinds.items()
    }
    refused = [answers[kind][0][:2] for kind in ("wrong", "mistyped", "unreadable")]
    assert refused[0][0] == 404
    assert refused[0] == refused[1] == refused[2]
    took = {kind: min(seconds for *_, seconds in found) for kind, found in answers.items()}
    assert {kind: seconds >= api.CODE_SECONDS for kind, seconds in took.items()} == dict.fromkeys(kinds, True)
    assert max(took.values()) - min(took.values()) < 0.5, took  # stretching alone takes longer than reading


async def test_guessing_is_slowed_down_and_the_right_code_still_opens(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(api, "CODE_SECONDS", 0.01)
    monkeypatch.setattr(api, "SLOWER_SECONDS", 0.2)
    right = (await house.report()).last("receipt")["code"]
    house.door.codes = Networks(2, house.door.seconds)
    took = [(await ask(house, new_code()))[2] for _ in range(5)]
    assert took[4] > took[0] + 0.4
    assert sorted(took[2:]) == took[2:]
    status, body, seconds = await ask(house, right)
    assert (status, len(body["token"])) == (201, 43)
    assert seconds > took[0]


async def test_it_never_gets_slower_than_bearable(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(api, "CODE_SECONDS", 0.01)
    monkeypatch.setattr(api, "SLOWEST_SECONDS", 0.1)
    pace = Networks(1, house.door.seconds)
    house.door.codes = pace
    for _ in range(10_000):
        pace.pace("127.0.0.1").count()
    assert (await ask(house, new_code()))[2] < 5


async def test_one_network_that_guesses_slows_only_itself(house: House):
    pace = Networks(1, house.door.seconds)
    for _ in range(50):
        over = pace.pace("198.51.100.7").count()
    assert over > 40
    assert pace.pace("203.0.113.9").count() == 0
    assert pace.pace("198.51.100.99").count() > 40  # the same network


async def test_every_use_of_a_code_gives_another_token_and_the_earlier_ones_keep_working(house: House):
    line = await house.report()
    code = line.last("receipt")["code"]
    tokens = {(await house.post("/api/v1/receipts", {"code": code}))[1]["token"] for _ in range(2)}
    assert len(tokens | {line.token}) == 3
    for token in tokens | {line.token}:
        assert (await house.line(token)).frames[0]["mode"] == "follow_up"
