"""After a whole report and an answer, at debug level, nothing that a visitor said or is stands in any table, file or log.

The four real processes run; a visitor with a canary sentence, address, user agent and referrer tells everything, staff
read and answer it, then every file and every value of every table is searched.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pyotp
import pytest
from yarl import URL

from tests.faults.stubborn import StubbornVisitor
from tests.running import RunningProduct, running_product

WORDS = ("kanarievogelzang", "zeepaardjesstal")
STORY = f"{WORDS[0]} een jongen van snap dreigt met mijn fotos {WORDS[1]}. ik ben 15 en woon in hengelo"
ADDRESS = "127.45.67.89"  # loopback on Linux is a whole network: the connection really comes from here
FORWARDED = "203.0.113.77"
AGENT = "Kanarie/7.7 (verklikkertelefoon)"
REFERRER = "https://verklikkersite.example/pagina"
ANSWER = "een papegaaienveer als antwoord van een mens"
NOTE = "een flamingoveer als aantekening voor collega's"
PATIENCE_S = 300.0
DEBUG = {
    "MELDPUNT_LOG_LEVEL": "DEBUG", "LOG_LEVEL": "DEBUG", "LOG_LEVEL_LIBRARIES": "DEBUG", "PYTHONASYNCIODEBUG": "1",
}  # fmt: skip

OPERATORS = {"MELDPUNT_OIDC_SECRET": "geheim-van-de-aanmelddienst", "MELDPUNT_SMTP_PASSWORD": "geheim-van-de-mail"}


@dataclass
class Told:
    """What was told, and where nothing of it may be."""

    product: RunningProduct
    visitor: StubbornVisitor
    page: str  # what staff saw of it

    @property
    def secrets(self) -> dict[str, str]:
        assert self.visitor.code
        return {
            "the first canary word": WORDS[0], "the last canary word": WORDS[1], "the address": ADDRESS,
            "the forwarded address": FORWARDED, "the user agent": "verklikkertelefoon",
            "the referrer": "verklikkersite", "the token": self.visitor.token, "the code": self.visitor.code,
            "the code without spaces": self.visitor.code.replace(" ", ""), "the answer": "papegaaienveer",
            "the note": "flamingoveer", "the password": self.product.login["password"], **OPERATORS,
        }  # fmt: skip


async def tell(product: RunningProduct) -> StubbornVisitor:
    visitor = StubbornVisitor(product.public_url, "kanarie", STORY)
    headers = {"User-Agent": AGENT, "Referer": REFERRER, "X-Forwarded-For": FORWARDED}
    connector = aiohttp.TCPConnector(local_addr=(ADDRESS, 0))
    ends = time.monotonic() + PATIENCE_S
    async with aiohttp.ClientSession(headers=headers, connector=connector) as http:
        await visitor.tell(http, lambda: time.monotonic() > ends)
        for body in ({"code": visitor.code}, {"code": "1234 5678 9012 3456"}, {"code": STORY[:60]}):
            async with http.post(product.public_url + "/api/v1/receipts", json=body) as answer:
                assert answer.status in (201, 404)
                assert "Set-Cookie" not in answer.headers
        async with http.get(f"{product.public_url}/{WORDS[0]}?{WORDS[1]}") as answer:  # errors quote nothing either
            assert answer.status == 404
        async with http.post(product.public_url + "/api/v1/conversation/frames", data=STORY) as answer:
            assert answer.status == 400
        async with http.ws_connect(product.public_url + "/api/v1/conversation", origin=product.public_url) as line:
            await line.send_str(STORY)
            assert (await line.receive_json(timeout=60))["type"] == "error"
    return visitor


async def answer_as_staff(product: RunningProduct, reference: str) -> str:
    """Log in, claim the case, answer, note; gives the page as staff see it at the end."""
    cookies = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(product.staff_url)])  # as browsers do
    async with aiohttp.ClientSession(product.staff_url, cookie_jar=cookies) as http:

        async def send(page: str, action: str, **fields: str) -> str:
            async with http.get(page) as answer:
                hidden = dict(re.findall(r'type="hidden" name="(csrf|version)" value="(\w+)"', await answer.text()))
            async with http.post(action, data={**hidden, **fields}) as answer:
                assert answer.status == 200, (action, answer.status)
                return await answer.text()

        login, case = product.login, f"/meldingen/{reference}"
        await send("/login", "/login", username=login["username"], password=login["password"])
        await send("/login/code", "/login/code", code=pyotp.TOTP(login["totp_secret"]).now())
        await send(case, f"{case}/claim")
        await send(case, f"{case}/notitie", text=NOTE)
        return await send(case, f"{case}/antwoord", text=ANSWER)


async def whole_path(product: RunningProduct) -> tuple[StubbornVisitor, str]:
    visitor = await tell(product)
    assert visitor.reference, visitor.where()
    assert visitor.code, visitor.where()
    return visitor, await answer_as_staff(product, visitor.reference)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with running_product(tmp_path_factory.mktemp("kanarie"), {**DEBUG, **OPERATORS}) as product:
        yield Told(product, *asyncio.run(whole_path(product)))


def forms(secret: str) -> set[bytes]:
    """A secret as it may stand in a file."""
    return {secret.encode(), secret.encode("utf-16-le"), json.dumps(secret)[1:-1].encode()}


def files_with(folder: Path, secret: str) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in forms(secret))
    ]


def tables_with(folder: Path, secret: str) -> list[str]:
    """Value by value: in the file itself a long one is spread over pages."""
    found = []
    for file in sorted(folder.glob("*.db")):
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                values = (value for row in database.execute(f'SELECT * FROM "{name}"') for value in row)
                raw = (value if isinstance(value, bytes) else str(value).encode() for value in values)
                if any(form in value for value in raw for form in forms(secret)):
                    found.append(f"{file.name}: {name}")
    return found


@pytest.mark.product
@pytest.mark.timeout(600)
def test_staff_read_what_was_told_so_there_is_something_to_find(told: Told) -> None:
    assert all(word in told.page for word in (*WORDS, "papegaaienveer", "flamingoveer"))


@pytest.mark.product
def test_no_table_holds_anything_of_a_visitor(told: Told) -> None:
    assert {path.name for path in told.product.var.glob("*.db")} == {"meldpunt.db", "trackers.db"}
    found = {name: tables_with(told.product.var, secret) for name, secret in told.secrets.items()}
    assert {name: tables for name, tables in found.items() if tables} == {}


@pytest.mark.product
def test_no_file_and_no_log_holds_anything_of_a_visitor(told: Told) -> None:
    found = {name: files_with(told.product.var, secret) for name, secret in told.secrets.items()}
    assert {name: files for name, files in found.items() if files} == {}


@pytest.mark.product
def test_the_four_processes_were_asked_for_debug_and_rasa_stayed_at_info(told: Told) -> None:
    """At DEBUG Rasa writes down what visitors say, so it is never started there."""
    logs = {path.stem: path.read_text(errors="replace") for path in (told.product.var / "log").glob("*.log")}
    assert set(logs) == {"handover", "jobs", "rasa", "actions"}
    assert all(logs.values()), {name: len(text) for name, text in logs.items()}
    assert " DEBUG " not in logs["rasa"]


@pytest.mark.product
def test_a_secret_of_the_operator_is_with_the_process_that_needs_it_alone(told: Told) -> None:
    holders = {name: set() for name in OPERATORS}
    for process in ("handover", "jobs", "rasa", "actions"):
        environment = Path(f"/proc/{told.product.control.supervisor.pid(process)}/environ").read_bytes()
        for name, secret in OPERATORS.items():
            if secret.encode() in environment:
                holders[name].add(process)
    assert holders == {"MELDPUNT_OIDC_SECRET": {"handover"}, "MELDPUNT_SMTP_PASSWORD": {"jobs"}}


@pytest.mark.product
def test_the_search_finds_what_is_there(told: Told, tmp_path: Path) -> None:
    """Otherwise its silence would say nothing."""
    (tmp_path / "a.log").write_text(json.dumps({"said": STORY}))
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("CREATE TABLE said (words)")
        database.execute("INSERT INTO said VALUES (?)", (STORY.encode(),))
        database.commit()
    assert files_with(tmp_path, WORDS[0]) == ["a.db", "a.log"]
    assert tables_with(tmp_path, WORDS[1]) == ["a.db: said"]


@pytest.mark.product
def test_nothing_of_a_visitor_is_left_in_any_file_when_all_has_stopped(told: Told) -> None:
    told.product.control.stop()
    found = {name: files_with(told.product.var, secret) for name, secret in told.secrets.items()}
    assert {name: files for name, files in found.items() if files} == {}
