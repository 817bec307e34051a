"""A person takes the conversation with what is known, Sam is silent, and gets it back for the questions still open."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from yarl import URL

from tests.conversations.visitor import Visitor
from tests.running import RunningProduct, running_product
from tests.second_factor import codes

pytestmark = [pytest.mark.product, pytest.mark.timeout(600)]
STORY = "ik moet van hem geld pinnen met mijn pasje, ik ben 17"
FIELD = re.compile(r'type="hidden" name="(csrf|version)" value="(\w+)"')
A_CASE = re.compile(r'href="/meldingen/([A-Z0-9-]+)')
ANSWERS = {"place": "losser", "wants": "help", "in_danger_now": "no", "when": "now", "contact_channel": "code_only"}
PATIENCE = 60  # times a second


@dataclass
class Colleague:
    """Somebody of the staff, over HTTP as a browser would."""

    http: aiohttp.ClientSession

    async def page(self, path: str) -> str:
        async with self.http.get(path) as answer:
            assert answer.status == 200, (path, answer.status)
            return html.unescape(await answer.text())

    async def send(self, page: str, action: str, **fields: str) -> str:
        hidden = dict(FIELD.findall(await self.page(page)))
        async with self.http.post(action, data={**hidden, **fields}) as answer:
            assert answer.status == 200, (action, answer.status)
            return html.unescape(await answer.text())

    async def prove(self, secret: str) -> None:
        """Give the second factor."""
        hidden = dict(FIELD.findall(await self.page("/login/code")))
        for code in codes(secret):
            async with self.http.post("/login/code", data={**hidden, "code": code}) as answer:
                if answer.status == 200:
                    return
        raise AssertionError("no code was accepted")

    async def the_waiting_one(self) -> str:
        """The reference of the conversation that waits."""
        for _ in range(PATIENCE):
            waiting = (await self.page("/gesprekken")).partition('aria-labelledby="wachtend"')[2]
            waiting = waiting or (await self.page("/gesprekken")).partition("aria-labelledby=wachtend")[2]
            if found := A_CASE.search(waiting):
                return found[1]
            await asyncio.sleep(1)
        raise AssertionError("nobody waits")


@asynccontextmanager
async def a_colleague(product: RunningProduct) -> AsyncIterator[Colleague]:
    """Logged in, taking conversations as long as it lasts."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(product.staff_url)])
    async with aiohttp.ClientSession(product.staff_url, cookie_jar=jar) as http:
        colleague, login = Colleague(http), product.login
        await colleague.send("/login", "/login", username=login["username"], password=login["password"])
        await colleague.prove(login["totp_secret"])
        await colleague.send("/gesprekken", "/beschikbaar", available="yes")
        try:
            yield colleague
        finally:
            await colleague.send("/gesprekken", "/beschikbaar", available="no")


async def whole_way(product: RunningProduct) -> dict[str, str]:
    said: dict[str, str] = {}
    async with a_colleague(product) as colleague, Visitor(product.public_url) as visitor:
        said["welcome"] = " ".join(visitor.welcome.texts)
        await visitor.choose("yes")
        await visitor.say(STORY)
        said["open"] = str(visitor.ask)
        handed = await visitor.say("ik wil met een mens praten")
        said["handed over"] = " ".join(handed.texts)
        reference = await colleague.the_waiting_one()
        case = f"/meldingen/{reference}"
        await colleague.send(case, f"{case}/claim")
        said["what staff see"] = await colleague.page(case)
        await colleague.send(case, f"{case}/antwoord", text="Hoi, ik ben Bo.")
        said["to staff"] = " ".join((await visitor.say("fijn dat je er bent")).texts)
        await colleague.send(case, f"{case}/teruggeven")
        back = await visitor.listen_again()
        said["back"], said["open again"] = " ".join(back.texts), str(back.ask)
        heard = back
        for _ in range(12):
            if visitor.ask == "summary":
                break
            usual = "yes" if str(visitor.ask).startswith("consent:") else "weet ik niet"
            answer = ANSWERS.get(str(visitor.ask), usual)
            heard = await (visitor.choose(answer) if answer in visitor.choices else visitor.say(answer))
        said["summary"] = " ".join(heard.texts)
        end = await visitor.choose("correct")
        said["end"] = "receipt" if end.has("receipt") or end.has("report") else str(end.frames)
        said["case at the end"] = await colleague.page(case)
    return said


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """In a product of its own: nobody else waits in it, and no colleague of another test is there."""
    with running_product(tmp_path_factory.mktemp("handing-over")) as product:
        return asyncio.run(whole_way(product))


def test_a_person_is_told_to_be_there_and_is_fetched_at_once(said: dict[str, str]) -> None:
    assert "Een medewerker van het meldpunt is er ook" in said["welcome"]
    assert "Ik haal een medewerker erbij" in said["handed over"]


def test_the_colleague_sees_what_is_known(said: dict[str, str]) -> None:
    page = said["what staff see"]
    assert "Geldezel" in page or "geldezel" in page
    assert "17" in page


def test_sam_is_silent_while_a_person_has_it(said: dict[str, str]) -> None:
    assert "Sam" not in said["to staff"]
    assert "Mag ik bewaren" not in said["to staff"]


def test_given_back_sam_puts_the_question_that_was_open(said: dict[str, str]) -> None:
    assert "Ik ben er weer, Sam" in said["back"]
    assert said["open again"] == said["open"]


def test_and_goes_on_to_a_stored_report(said: dict[str, str]) -> None:
    assert "Losser" in said["summary"]
    assert said["end"] == "receipt"
