"""A call to the bot that is repeated, even while the first one runs, is one turn; and no turn says a thing ten times."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import aiohttp
import pytest

from tests.faults.stubborn import FIRST_CHOICES, STORY
from tests.running import RunningProduct
from tools.keys import shared_secrets

AT_ONCE = 4
LONGEST_TALK = 60
STORING = "consent:opslaan_melding"
pytestmark = pytest.mark.timeout(300)


class Sam:
    """The bot behind its channel, as handover calls it: each call ``times`` times at once."""

    def __init__(self, product: RunningProduct, http: aiohttp.ClientSession, times: int) -> None:
        self.http, self.times, self.sender, self.seq = http, times, secrets.token_urlsafe(32), 0
        self.url = f"http://127.0.0.1:{product.control.ports.rasa}/webhooks/meldpunt/webhook"
        self.headers = {"X-Meldpunt-Secret": shared_secrets(product.var, {})["MELDPUNT_CHANNEL_SECRET"]}

    async def say(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        self.seq += 1
        call = {
            "sender": self.sender, "message_id": secrets.token_hex(16), "message_seq": self.seq, "kind": kind,
            "context": {"staff_online": False, "open_now": True, "next_open": "", "opening_hours": ""}, **fields,
        }  # fmt: skip
        first, *others = await asyncio.gather(*(self._post(call) for _ in range(self.times)))
        assert all(other == first for other in others)
        return first

    async def _post(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        async with self.http.post(self.url, json=call, headers=self.headers) as response:
            assert response.status == 200
            return list((await response.json())["replies"])


async def talk(sam: Sam, storing: str) -> list[tuple[str | None, str | None]]:
    """To the end, with the same answers every time; gives what was said: texts, and the asks they carry."""
    said: list[tuple[str | None, str | None]] = []
    replies = await sam.say("start")
    for _ in range(LONGEST_TALK):
        said += [(reply["text"], reply["ask"]) for reply in replies]
        asked = next((reply for reply in reversed(replies) if reply["ask"]), None)
        if asked is None:
            return said
        if asked["choices"]:
            by_label = {choice["label"]: choice["value"] for choice in asked["choices"]}
            value = next((by_label[one] for one in FIRST_CHOICES if one in by_label), list(by_label.values())[-1])
            value = storing if asked["ask"] == STORING else value
            replies = await sam.say("choice", ask=asked["ask"], value=value)
        else:
            replies = await sam.say("message", text=STORY)
    raise AssertionError(f"no end: {said[-6:]}")


def test_a_call_that_comes_again_while_it_runs_is_one_turn(product: RunningProduct) -> None:
    async def both() -> None:
        async with aiohttp.ClientSession() as http:
            once = await talk(Sam(product, http, 1), "yes")
            assert await talk(Sam(product, http, AT_ONCE), "yes") == once

    asyncio.run(both())


KINDS_OF_TEXT = {
    "half a sign": "\ud800 half", "nothing": "\x00", "Arabic": "عربي", "a family": "👩‍👩‍👧‍👦", "turned round": "a\u202eb",
    "2000 signs of four bytes": "👧" * 2000, "only a mark": "\u0301", "a slash": "/restart", "braces": '{{x}} {"a": 1}',
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS_OF_TEXT)
def test_a_text_of_any_kind_gets_an_answer(product: RunningProduct, kind: str) -> None:
    async def answer() -> list[dict[str, Any]]:
        async with aiohttp.ClientSession() as http:
            sam = Sam(product, http, 1)
            await sam.say("start")
            return await sam.say("message", text=KINDS_OF_TEXT[kind])

    assert any(reply["ask"] for reply in asyncio.run(answer()))


def test_who_goes_on_after_the_end_hears_one_answer(product: RunningProduct) -> None:
    async def after_the_end() -> list[dict[str, Any]]:
        async with aiohttp.ClientSession() as http:
            sam = Sam(product, http, 1)
            await talk(sam, "no")
            return await sam.say("message", text="en nu")

    assert len(asyncio.run(after_the_end())) == 1
