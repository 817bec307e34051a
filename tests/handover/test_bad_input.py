"""Whatever is sent: an answer or a close with its reason, and memory that stays bounded."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover import lines
from handover.conversation import socket as sockets
from handover.conversation.frames import (
    LARGEST_FRAME,
    Choose,
    EraseAll,
    Hello,
    ReceiptNoted,
    Say,
    Typing,
    parse,
    parse_text,
)
from handover.conversation.limits import Networks, OpenSockets, Pace, prefix
from handover.conversation.socket import Outgoing, Refused
from handover.conversation.texts import Problem
from handover.hub import Bell
from handover.serving import listener
from handover.visitor import api
from handover.visitor.app import make_visitor_app
from tests.handover.conftest import House
from tools.settings import free_ports

KNOWN = (Hello, Say, Choose, EraseAll, ReceiptNoted, Typing)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "message", "choice", "erase", "receipt_noted", "typing", "zing"])},
    optional={
        "id": st.text(max_size=70) | st.integers(),
        "text": st.text(max_size=3000) | st.none(),
        "ask": st.text(max_size=90),
        "value": st.text(max_size=90) | st.booleans(),
        "token": st.text(min_size=43, max_size=43),
        "after": st.integers() | st.floats() | st.text(max_size=3),
        "extra": ANYTHING,
    },
)


def read(parser: Any, given_: Any) -> Any:
    """The frame, or the problem that a visitor would be told: never anything else."""
    try:
        answer = parser(given_)
    except Problem as found:
        answer = found
    if isinstance(answer, Problem):
        assert answer.status in (400, 413)
        assert answer.title
        assert answer.detail
    else:
        assert isinstance(answer, KNOWN)
    return answer


@given(st.text(max_size=400))
def test_any_text_is_a_frame_or_is_refused(text: str):
    read(parse_text, text)


@given(ANYTHING)
def test_any_json_is_a_frame_or_is_refused(data: Any):
    read(parse, data)


@given(NEARLY)
def test_what_is_nearly_a_frame_is_a_frame_or_is_refused(data: dict[str, Any]):
    frame = read(parse, data)
    if isinstance(frame, Say):
        assert frame.text == data["text"]
        assert 1 <= len(frame.id) <= 64
        assert frame.id.isascii()


@given(NEARLY)
def test_a_frame_survives_json(data: dict[str, Any]):
    assert type(read(parse_text, json.dumps(data))) is type(read(parse, json.loads(json.dumps(data))))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 5000, "1" * 10_000, "NaN", "\x00", "\ud800", '"' * 99])
def test_texts_made_to_hurt_are_refused(text: str):
    assert isinstance(read(parse_text, text), Problem)


def test_a_text_over_the_limit_is_not_even_read():
    with pytest.raises(Problem) as found:
        parse_text("[" * (LARGEST_FRAME + 1))
    assert found.value.status == 413


async def raw(house: House, **options: Any) -> aiohttp.ClientWebSocketResponse:
    headers = {"Origin": house.base}
    return await house.http.ws_connect(f"{house.base}/api/v1/conversation", headers=headers, **options)


async def test_hundreds_of_connections_that_say_nothing_are_closed_and_leave_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sockets, "HELLO_SECONDS", 4.0)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as many:
        house.http, before = many, house.http
        silent = await asyncio.gather(*(raw(house) for _ in range(300)))
        assert house.door.sockets.count == 300
        house.http = before
        line = await house.line()  # in between somebody who does talk is served
        await line.until_ask("story")
        for socket in silent:
            assert (await socket.receive_json())["code"] == "hello_late"
            await socket.receive()
    for _ in range(100):
        if house.door.sockets.count == 1:
            break
        await asyncio.sleep(0.1)
    assert house.door.sockets.count == 1


async def test_a_line_that_is_dead_without_a_word_is_found(house: House, monkeypatch: pytest.MonkeyPatch):
    """Half open: the other side is gone and says nothing, not even to a ping."""
    monkeypatch.setattr(sockets, "PING_SECONDS", 0.3)
    socket = await raw(house, autoping=False)
    await socket.send_json({"type": "hello", "token": await house.token()})
    for _ in range(100):
        if house.door.sockets.count == 0:
            break
        await asyncio.sleep(0.1)
    assert house.door.sockets.count == 0


async def test_who_does_not_read_is_closed_and_can_resume(house: House, monkeypatch: pytest.MonkeyPatch):
    class Stuck:
        async def send_str(self, text: str) -> None:
            await asyncio.sleep(60)

    monkeypatch.setattr(sockets, "WRITE_SECONDS", 0.05)
    with pytest.raises(Refused) as refused:
        await sockets._send(Stuck(), {"type": "typing"})
    assert refused.value.found.code == "slow_reader"
    assert refused.value.code == aiohttp.WSCloseCode.TRY_AGAIN_LATER


def test_answers_that_nobody_takes_do_not_pile_up():
    outgoing = Outgoing(Bell())
    for _ in range(sockets.WAITING_FRAMES):
        outgoing.put({"type": "ack"})
    with pytest.raises(Refused):
        outgoing.put({"type": "ack"})


async def test_a_flood_of_frames_is_answered_with_too_fast_and_stores_no_more(house: House):
    settings = house.desk.settings.model_copy(update={"messages_per_minute": 5})
    object.__setattr__(house.desk, "settings", settings)
    line = await house.line()
    await line.until_ask("story")
    for n in range(100):
        await line.send({"type": "message", "id": f"f{n}", "text": "snel"})
    for n in range(5):
        await line.until("ack", id=f"f{n}")
    for _ in range(95):
        assert (await line.until("error"))["code"] == "too_fast"


async def test_out_of_order_and_repeated_frames_store_each_id_once(house: House):
    line = await house.line()
    await line.until_ask("story")
    for name in ("c", "a", "b", "a", "c"):
        await line.send({"type": "message", "id": name, "text": f"bericht {name}"})
    seqs = [(frame := await line.until("ack"))["id"] + str(frame["seq"]) for _ in range(5)]
    assert seqs[0] == seqs[4]
    assert seqs[1] == seqs[3]
    assert len(set(seqs)) == 3


async def test_more_frames_than_fit_in_a_request_are_refused(house: House):
    token = await house.token()
    frames = [{"type": "typing"}] * 21
    status, _ = await house.post("/api/v1/conversation/frames", {"token": token, "frames": frames})
    assert status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"token":1}', b"[" * 60_000])
async def test_a_body_that_is_no_json_is_refused_everywhere(house: House, body: bytes):
    for path in ("conversation/frames", "conversation/poll", "receipts"):
        answer = await house.http.post(f"{house.base}/api/v1/{path}", data=body)
        assert answer.status == 400, path
        assert (await answer.json(content_type=None))["title"]


async def pieces(body: bytes, pause: float) -> AsyncIterator[bytes]:
    for begin in range(0, len(body), 7000):
        yield body[begin : begin + 7000]
        await asyncio.sleep(pause)


async def test_a_body_that_comes_in_pieces_is_read_whole(house: House):
    frames = [{"type": "message", "id": f"p{n}", "text": "a" * 2000} for n in range(20)]
    body = json.dumps({"token": await house.token(), "frames": frames}).encode()
    answer = await house.http.post(f"{house.base}/api/v1/conversation/frames", data=pieces(body, 0.02))
    assert answer.status == 200
    assert [frame["type"] for frame in (await answer.json())["frames"]] == ["ack"] * 20


async def test_a_body_that_does_not_come_is_answered_with_too_slow(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(api, "BODY_SECONDS", 0.3)
    answer = await house.http.post(f"{house.base}/api/v1/receipts", data=pieces(b" " * 14_000, 2.0))
    assert answer.status == 408
    assert (await answer.json(content_type=None))["code"] == "too_slow"


async def test_a_body_that_only_says_it_is_compressed_is_refused(house: House):
    headers = {"Content-Encoding": "gzip"}
    answer = await house.http.post(f"{house.base}/api/v1/receipts", data=b"geen gzip", headers=headers)
    assert answer.status == 400


async def test_a_bomb_of_compressed_nothing_is_refused(house: House):
    bomb = gzip.compress(b" " * 20_000_000)
    headers = {"Content-Encoding": "gzip"}
    answer = await house.http.post(f"{house.base}/api/v1/receipts", data=bomb, headers=headers)
    assert answer.status in (400, 413)


async def test_connections_that_never_make_a_request_are_told_why(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lines, "SILENT_SECONDS", 1.0)
    app, port = make_visitor_app(house.door), free_ports().public
    async with listener(app, "127.0.0.1", port):
        spoke, spoke_to = await asyncio.open_connection("127.0.0.1", port)
        spoke_to.write(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200 OK" in await spoke.readuntil(b"\r\n")
        for said in (b"", b"GET /health/live HTT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            told = await asyncio.wait_for(reader.read(), 20)
            assert told.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), said
            assert json.loads(told.partition(b"\r\n\r\n")[2])["status"] == 408
            writer.close()
        spoke_to.write(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.wait_for(spoke.readuntil(b"200 OK"), 20)  # who made a request may wait with the next
        spoke_to.close()


def test_places_are_counted_by_network_and_given_back():
    sockets_open = OpenSockets(Networks(1, lambda: 1.0), total=3, per_network=2)
    first = sockets_open.enter("192.0.2.1")
    assert first
    assert sockets_open.enter("192.0.2.200")
    assert sockets_open.enter("192.0.2.3") is None
    assert sockets_open.enter("198.51.100.1")
    assert sockets_open.enter("203.0.113.1") is None
    sockets_open.leave(first)
    assert sockets_open.enter("192.0.2.3")


def test_a_network_has_another_name_every_hour():
    now = [0.0]
    networks = Networks(1, lambda: now[0])
    name = networks.name("192.0.2.1")
    assert networks.name("192.0.2.77") == name
    now[0] = 3601.0
    assert networks.name("192.0.2.1") != name


@given(st.text(max_size=40) | st.ip_addresses().map(str) | st.none())
def test_any_address_has_a_network(address: str | None):
    assert prefix(address)


@given(st.lists(st.floats(0, 100), max_size=60), st.integers(1, 20))
def test_no_pace_lets_through_more_than_its_limit_and_what_leaks(steps: list[float], per_minute: int):
    now, passed = [1.0], 0
    pace = Pace(per_minute, lambda: now[0])
    for step in steps:
        now[0] += step
        passed += pace.allows()
    assert passed <= per_minute + (now[0] - 1.0) * per_minute / 60 + 1
