"""A bot that is slow, dead, refuses or answers nonsense never strands a visitor, and a crash loses and doubles nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from handover.conversation import texts
from handover.conversation.safety import SafetyReader
from handover.conversation.texts import safety_text
from handover.queue import list_queue, open_report, set_available
from handover.store import Message, Outbox
from meldpunt.reading.types import IntentGuess
from tests.handover.conftest import House

FAULTS = ("dead", "nonsense", "refused", "huge", "slow", "silent")


def impatient(house: House) -> None:
    house.door.bot._timeout = type(house.door.bot._timeout)(total=0.2)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_that_passes_costs_only_time(house: House, fault: str):
    impatient(house)
    line = await house.line()
    await line.until_ask("story")
    house.bot.break_down(fault, times=1)
    await line.say("hallo")
    await line.until("message", text=texts.message("bot_slow"))
    await line.until_ask("consent:opslaan_melding")
    assert list(line.texts.values()).count(texts.message("bot_slow")) == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_that_stays_hands_over_what_comes_next_and_no_more(house: House, fault: str):
    impatient(house)
    actor, keyring = await house.office.person()
    line = await house.line()
    await line.until_ask("story")
    house.bot.break_down(fault)
    await line.say("dit blijft van mij")
    said = await line.until_ask("bot_again")
    assert "112" in said["text"]
    assert "Kindertelefoon" in said["text"]
    await line.until("mode", mode="waiting")
    await line.until("receipt")
    await line.say("en dit mag je lezen")
    (item,) = await list_queue(house.desk, actor, keyring)
    case = await open_report(house.desk, actor, keyring, item.reference)
    words = [message.body.text for message in case.messages]
    assert "en dit mag je lezen" in words
    assert "dit blijft van mij" not in words


async def test_with_somebody_there_the_visitor_hears_that(house: House):
    actor, _ = await house.office.person()
    await set_available(house.desk, actor, house.desk.clock() + timedelta(minutes=5))
    line = await house.line()
    assert line.frames[0]["staff_online"] is True
    await line.until_ask("story")
    house.bot.break_down("dead")
    await line.say("hallo")
    assert (await line.until_ask("bot_again"))["text"] == texts.message("bot_failed_staff")


async def test_the_visitor_can_try_the_bot_again(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.bot.break_down("dead")
    await line.say("hallo")
    await line.until_ask("bot_again")
    house.bot.fault = None
    await line.choose("bot_again", "yes")
    await line.until("mode", mode="bot")
    await line.until_ask("story")
    assert house.bot.calls[-1]["kind"] == "given_back"


async def test_a_bot_that_was_away_from_the_first_word_begins_when_it_is_tried_again(house: House):
    house.bot.break_down("dead")
    line = await house.line()
    await line.until_ask("bot_again")
    house.bot.fault = None
    await line.choose("bot_again", "yes")
    await line.until_ask("story")
    assert house.bot.calls[-1]["kind"] == "start"


async def test_safety_texts_come_from_handover_when_the_bot_is_away(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.bot.break_down("dead")
    await line.say("ik wil dood")
    await line.until("message", text=safety_text("suicidaal"))


async def test_in_line_for_a_person_safety_texts_come_once_a_kind(house: House):
    line = await house.waiting()
    calls = len(house.bot.calls)
    await line.say("ik wil dood")
    await line.until("message", text=safety_text("suicidaal"))
    await line.say("ik wil dood en help nu")
    await line.until("message", text=safety_text("nu_in_gevaar"))
    assert list(line.texts.values()).count(safety_text("suicidaal")) == 1
    assert len(house.bot.calls) == calls


async def test_what_the_bot_processed_before_a_crash_is_not_run_twice(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.bot.break_down("late", times=1)
    await line.say("hallo")
    await line.until_ask("consent:opslaan_melding")
    asked = [call["message_id"] for call in house.bot.calls]
    assert asked[-1] == asked[-2]
    assert house.bot.runs[house.bot.calls[-1]["sender"]] == 2


async def test_a_crash_between_acknowledgement_and_reply_is_made_good_at_the_next_hello(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.bot.gate.clear()
    await line.say("hallo")
    await house.door.relay.stop()  # as a crash would: the call was made, its answer never came
    house.bot.gate.set()
    assert await owed(house) == 1
    again = await house.line(line.token)
    await again.until_ask("consent:opslaan_melding")
    assert await owed(house) == 0
    assert sorted(again.texts) == [1, 2, 3]


async def test_a_report_that_does_not_fit_is_kept_and_staff_are_told(house: House):
    actor, keyring = await house.office.person()
    line = await house.line()
    await line.until_ask("story")
    await line.say("kapot")
    await line.until("receipt")
    (item,) = await list_queue(house.desk, actor, keyring)
    assert item.card.notice == "onleesbaar"
    case = await open_report(house.desk, actor, keyring, item.reference)
    assert case.unfit[0].payload["report"] == {"onbekend": "geheimwoord"}
    assert case.unfit[0].problems == ["report.report.onbekend: extra_forbidden"]


async def test_messages_sent_while_the_bot_thinks_are_answered_in_order(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.bot.gate.clear()
    for n in range(5):
        await line.say(f"bericht {n}")
    house.bot.gate.set()
    await line.until("receipt")
    said = [call.get("text") for call in house.bot.calls if call["kind"] == "message"]
    assert said[:3] == ["bericht 0", "bericht 1", "bericht 2"]  # then the report was stored
    async with house.desk.store.reading() as session:
        seqs = (await session.scalars(select(Message.seq).order_by(Message.seq))).all()
    assert list(seqs) == list(range(1, len(seqs) + 1))


async def test_many_conversations_do_not_wait_for_a_slow_one(house: House):
    slow = await house.line()
    await slow.until_ask("story")
    house.bot.break_down("slow", times=1)
    await slow.say("traag")
    await asyncio.wait_for(house.report(), 10)


async def owed(house: House) -> int:
    async with house.desk.store.reading() as session:
        return await session.scalar(select(func.count()).select_from(Outbox)) or 0


async def test_without_the_reader_the_list_of_phrases_still_finds_safety_cues(monkeypatch: pytest.MonkeyPatch):
    reader = SafetyReader()

    def broken() -> None:
        raise MemoryError

    monkeypatch.setattr(reader, "_load", broken)
    assert await reader.kinds("ik wil niet meer leven") == ("suicidaal",)
    assert await reader.kinds("mijn fiets is rood") == ()


async def test_while_a_person_talks_what_the_classifier_hears_counts_too(monkeypatch: pytest.MonkeyPatch):
    reader = SafetyReader()
    heard = SimpleNamespace(safety=(), intent=IntentGuess("suicidal", 0.9))
    monkeypatch.setattr(reader, "_load", lambda: SimpleNamespace(read=lambda text: heard))
    assert await reader.kinds("woorden die in geen lijst staan") == ("suicidaal",)
