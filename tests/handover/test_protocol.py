"""The visitor's protocol against a real server: what each frame gives, and what a wrong one gives."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import timedelta

import aiohttp
import pytest

from handover.conversation import socket as sockets
from handover.hub import QUEUE
from tests.handover.conftest import House
from tests.handover.line import Line


async def test_a_conversation_ends_with_a_report_and_a_code(house: House):
    line = await house.report()
    assert line.last("report")["reference"]
    assert len(line.last("receipt")["code"]) == 19
    assert line.last("mode")["mode"] == "follow_up"
    assert sorted(line.texts) == [1, 3, 5, 7, 8]  # 2, 4 and 6 are the visitor's own


async def test_welcome_says_how_things_are(house: House):
    line = await house.line()
    welcome = line.frames[0]
    assert welcome["type"] == "welcome"
    assert (welcome["mode"], welcome["staff_online"], welcome["open_now"]) == ("bot", False, True)


async def test_the_same_id_gives_the_same_seq_and_is_stored_once(house: House):
    line = await house.line()
    await line.until_ask("story")
    frame_id = str(uuid.uuid4())
    first = await line.say("hallo", frame_id)
    assert await line.say("hallo", frame_id) == first
    await line.until_ask("consent:opslaan_melding")
    again = await house.line(line.token)
    await again.until_ask("consent:opslaan_melding")
    assert [text for text in again.texts.values() if text == "hallo"] == ["hallo"]


async def test_resuming_gives_everything_after_and_nothing_twice(house: House):
    line = await house.report()
    again = await house.line(line.token, after=4)
    await again.until("receipt")
    assert sorted(again.texts) == [5, 6, 7, 8]
    whole = await house.line(line.token)
    await whole.until("receipt")
    assert sorted(whole.texts) == list(range(1, 9))


async def test_the_code_comes_again_until_it_is_noted(house: House):
    line = await house.report()
    code = line.last("receipt")["code"]
    again = await house.line(line.token)
    assert (await again.until("receipt"))["code"] == code
    await again.send({"type": "receipt_noted"})
    await again.say("nog iets")
    third = await house.line(line.token)
    await third.until("consents")
    assert not [frame for frame in third.frames if frame["type"] == "receipt"]


async def test_a_code_opens_the_follow_up_from_another_device(house: House):
    line = await house.report()
    status, body = await house.post("/api/v1/receipts", {"code": line.last("receipt")["code"]})
    assert status == 201
    other = await house.line(body["token"])
    await other.until("consents")
    assert other.frames[0]["mode"] == "follow_up"
    assert "hij stuurt mijn foto door" in other.texts.values()


async def test_without_consent_for_literal_words_the_code_opens_only_what_came_after(house: House):
    line = await house.report(words="no")
    _, body = await house.post("/api/v1/receipts", {"code": line.last("receipt")["code"]})
    other = await house.line(body["token"])
    await other.until("consents")
    assert "hij stuurt mijn foto door" not in other.texts.values()
    assert "Dank je wel." in other.texts.values()
    first = await house.line(line.token)
    await first.until("consents")
    assert "hij stuurt mijn foto door" in first.texts.values()


async def test_erasing_leaves_nothing_and_every_page_is_told(house: House):
    line = await house.line()
    await line.until_ask("story")
    other = await house.line(line.token)
    await line.say("weg ermee")
    await line.send({"type": "erase"})
    await line.until("erased")
    await other.until("erased")
    lost = Line(house.http, house.base, line.token)
    with pytest.raises(AssertionError, match="unknown_token"):
        await lost.connect()


async def test_the_bot_can_erase_because_the_visitor_asked_it_to(house: House):
    line = await house.line()
    await line.until_ask("story")
    await line.say("wis alles")
    await line.until("erased")


async def test_asking_for_a_person_gives_a_place_in_line(house: House):
    first = await house.waiting()
    assert first.last("mode") == {"type": "mode", "mode": "waiting", "position": 1}
    house.office.clock.advance(house.desk.settings.bot_pause)
    second = await house.waiting()
    assert second.last("mode")["position"] == 2


async def test_only_who_waits_is_woken_by_every_change_of_the_queue(house: House):
    talking = [await house.line() for _ in range(3)]
    for line in talking:
        await line.until_ask("story")
    assert house.desk.hub.listeners(QUEUE) == 0
    first = await house.waiting()
    house.office.clock.advance(timedelta(seconds=5))
    second = await house.waiting()
    assert second.last("mode")["position"] == 2
    await first.send({"type": "erase"})
    await first.until("erased")
    await second.until("mode", position=1)
    for _ in range(100):  # the line of who was first is being put away
        if house.desk.hub.listeners(QUEUE) == 1:
            break
        await asyncio.sleep(0.1)
    assert house.desk.hub.listeners(QUEUE) == 1


async def test_safe_mode_rides_on_the_message(house: House):
    line = await house.line()
    await line.until_ask("story")
    await line.say("iemand leest mee: meeleest")
    assert (await line.until("message", hint="safe_mode"))["text"]


async def test_a_slash_is_text_like_any_other(house: House):
    line = await house.line()
    await line.until_ask("story")
    await line.say("/restart")
    await line.until_ask("consent:opslaan_melding")
    assert house.bot.calls[-1]["kind"] == "message"
    assert house.bot.calls[-1]["text"] == "/restart"


async def test_the_bot_gets_what_the_contract_says(house: House):
    line = await house.report()
    kinds = [call["kind"] for call in house.bot.calls]
    assert kinds == ["start", "message", "choice", "choice"]
    choice = house.bot.calls[2]
    assert (choice["ask"], choice["value"], choice["message_seq"]) == ("consent:opslaan_melding", "yes", 4)
    assert len(choice["sender"]) == 43
    assert set(choice["context"]) == {"staff_online", "open_now", "next_open", "opening_hours"}
    assert line.token not in json.dumps(house.bot.calls)


WRONG = {
    "no JSON": ("{", "bad_frame"),
    "not an object": ("[]", "unknown_type"),
    "no type": ("{}", "unknown_type"),
    "unknown type": ('{"type":"sing"}', "unknown_type"),
    "no id": ('{"type":"message","text":"a"}', "bad_frame"),
    "text is a number": ('{"type":"message","id":"1","text":4}', "bad_frame"),
    "deep": ("[" * 4000 + "]" * 4000, "unknown_type"),
    "empty": ('{"type":"message","id":"1","text":"  "}', "empty"),
    "too long": (json.dumps({"type": "message", "id": "1", "text": "a" * 2001}), "too_long"),
    "unknown choice": ('{"type":"choice","id":"1","ask":"story","value":"x"}', "unknown_choice"),
    "hello twice": (json.dumps({"type": "hello", "token": "a" * 43}), "hello_again"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_frame_is_answered_and_the_line_stays_open(house: House, name: str):
    text, code = WRONG[name]
    line = await house.line()
    await line.until_ask("story")
    await line.socket.send_str(text)
    answer = await line.until("error")
    assert answer["code"] in (code, "bad_frame")
    assert answer["title"]
    assert answer["detail"]
    assert await line.say("ik ben er nog") > 0


async def test_a_code_is_refused_as_a_message(house: House):
    line = await house.report()
    await line.send({"type": "message", "id": "1", "text": f"mijn code is {line.last('receipt')['code']}"})
    assert (await line.until("error"))["code"] == "holds_code"


async def test_2000_characters_of_four_bytes_fit(house: House):
    line = await house.line()
    await line.until_ask("story")
    frame = {"type": "message", "id": "1", "text": "😀" * 2000}
    await line.socket.send_str(json.dumps(frame, ensure_ascii=False))
    assert await line.until("ack", id="1")
    assert (await line.until_ask("consent:opslaan_melding"))["text"]


@pytest.mark.parametrize("text", ["\x00", "\ud800 half", "عربي", "👩‍👩‍👧‍👦", "a\u202eb", "\ufeff", "ﷺ" * 100])
async def test_unicode_of_every_kind_comes_back_as_it_was(house: House, text: str):
    line = await house.line()
    await line.until_ask("story")
    seq = await line.say(text)
    again = await house.line(line.token)
    await again.until_ask("consent:opslaan_melding")
    assert again.texts[seq] == text


async def test_a_frame_that_is_too_large_ends_the_connection(house: House):
    line = await house.line()
    await line.socket.send_str("x" * (17 * 1024))
    assert (await line.until("closed"))["code"] == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_binary_ends_the_connection_with_its_reason(house: House):
    line = await house.line()
    await line.socket.send_bytes(b"\x89PNG")
    assert (await line.until("error"))["code"] == "binary"
    assert (await line.until("closed"))["code"] == aiohttp.WSCloseCode.UNSUPPORTED_DATA


async def test_a_line_that_only_talks_nonsense_is_closed(house: House):
    line = await house.line()
    for _ in range(sockets.BAD_FRAMES + 1):
        await line.socket.send_str("nonsense")
    assert (await line.until("closed"))["code"] == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_who_says_nothing_is_closed(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sockets, "HELLO_SECONDS", 0.05)
    socket = await house.http.ws_connect(f"{house.base}/api/v1/conversation", headers={"Origin": house.base})
    assert (await socket.receive_json())["code"] == "hello_late"
    assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_the_first_frame_must_be_hello(house: House):
    socket = await house.http.ws_connect(f"{house.base}/api/v1/conversation", headers={"Origin": house.base})
    await socket.send_json({"type": "erase"})
    assert (await socket.receive_json())["code"] == "hello_first"


@pytest.mark.parametrize("origin", [None, "https://elders.example", "null"])
async def test_another_site_cannot_open_a_socket(house: House, origin: str | None):
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await house.http.ws_connect(f"{house.base}/api/v1/conversation", headers=headers)
    assert refused.value.status == 403


async def test_too_fast_is_said_and_not_stored(house: House):
    settings = house.desk.settings.model_copy(update={"messages_per_minute": 3})
    object.__setattr__(house.desk, "settings", settings)
    line = await house.line()
    for _ in range(3):
        await line.say("snel")
    await line.send({"type": "message", "id": "4", "text": "te snel"})
    assert (await line.until("error"))["code"] == "too_fast"


async def test_the_same_frames_go_over_plain_http(house: House):
    token = await house.token()
    _, first = await house.post("/api/v1/conversation/poll", {"token": token, "after": 0})
    assert [frame["type"] for frame in first["frames"]][:2] == ["welcome", "message"]
    frame = {"type": "message", "id": "een", "text": "hallo"}
    _, sent = await house.post(
        "/api/v1/conversation/frames", {"token": token, "frames": [frame, {"type": "x"}]}
    )
    assert [answer["type"] for answer in sent["frames"]] == ["ack", "error"]
    after = sent["frames"][0]["seq"]
    _, later = await house.post("/api/v1/conversation/poll", {"token": token, "after": after})
    assert later["frames"][1]["ask"] == "consent:opslaan_melding"


async def test_polling_with_an_unknown_token_is_404(house: House):
    status, body = await house.post("/api/v1/conversation/poll", {"token": "a" * 43, "after": 0})
    assert (status, body["code"]) == (404, "unknown_token")


async def test_many_talk_at_once_and_each_gets_their_own(house: House):
    lines = await asyncio.gather(*(house.report(story=f"verhaal {n}") for n in range(10)))
    references = {line.last("report")["reference"] for line in lines}
    assert len(references) == 10
    for n, line in enumerate(lines):
        again = await house.line(line.token)
        await again.until("consents")
        assert again.texts[2] == f"verhaal {n}"
