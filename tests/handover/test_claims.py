"""Claiming, answering and handing on, on both databases: one winner, and only the holder speaks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from handover import queue
from handover.conversation.states import State
from handover.conversation.thread import locked
from handover.desk import Actor, Desk
from handover.hub import Hub, staff_topic
from handover.preferences import set_preference
from handover.queue import ClaimLost, NotClaimed, QueueItem, ReasonNeeded, Refused
from handover.store import AuditLine, Store
from tests.handover.conftest import House
from tests.handover.line import Line

REASON = "ik ga nu naar huis, neem jij het over"


async def first_case(house: House, name: str = "beheer"):
    actor, keyring = await house.office.person(name)
    (item,) = await queue.list_queue(house.desk, actor, keyring)
    return item


async def test_of_200_claims_at_once_one_wins_and_the_others_hear_who(any_house: House):
    house = any_house
    await house.waiting()
    item = await first_case(house)
    people = [(await house.office.person(name))[0] for name in ("beheer", "anna", "bram", "carla")]
    other = Desk(
        Store.open(house.desk.settings.url), Hub(), house.desk.settings, house.desk.keys, house.desk.clock
    )
    desks = [house.desk, other]

    async def attempt(n: int):
        try:
            return await queue.claim(desks[n % 2], people[n % 4], item.reference, item.version)
        except ClaimLost as lost:
            return lost

    results = await asyncio.gather(*(attempt(n) for n in range(200)))
    await other.store.close()
    holders = {r.by for r in results if not isinstance(r, ClaimLost)}
    assert len(holders) == 1
    versions = {r.version for r in results if not isinstance(r, ClaimLost)}
    assert versions == {item.version + 1}
    losers = [r for r in results if isinstance(r, ClaimLost)]
    assert len(losers) == 150  # the winner's own 49 repeats renew the lease
    winner = next(person for person in people if person.id in holders)
    assert {lost.by for lost in losers} == {winner.name}


async def test_a_person_who_claims_has_the_visitor_and_the_bot_is_silent(any_house: House):
    house = any_house
    line = await house.waiting()
    actor, keyring = await house.office.person()
    item = await first_case(house)
    await queue.claim(house.desk, actor, item.reference, item.version)
    await line.until("mode", mode="staff")
    calls = len(house.bot.calls)
    await line.say("ben je echt?")
    seq = await queue.answer(house.desk, actor, keyring, item.reference, "Ja, ik ben Anna.", "een")
    assert await queue.answer(house.desk, actor, keyring, item.reference, "Ja, ik ben Anna.", "een") == seq
    assert (await line.until("message", author="staff"))["text"] == "Ja, ik ben Anna."
    assert len(house.bot.calls) == calls


async def claimed_talk(house: House) -> tuple[Line, Actor, QueueItem, queue.Claim]:
    """A visitor who asked for a person, and the colleague who took the talk."""
    line = await house.line()
    await line.until_ask("story")
    await line.say("ik wil een mens")
    await line.until("mode", mode="waiting")
    actor, _ = await house.office.person()
    item = await first_case(house)
    claimed = await queue.claim(house.desk, actor, item.reference, item.version)
    return line, actor, item, claimed


async def test_a_reply_of_the_bot_that_comes_after_a_person_took_over_is_dropped(any_house: House):
    house = any_house
    line, actor, item, claimed = await claimed_talk(house)
    house.bot.gate.clear()
    await queue.give_back(house.desk, actor, item.reference, claimed.version)
    await line.until("mode", mode="bot")
    await line.say("eerst dit")  # the relay now waits for the bot
    async with house.desk.store.writing() as session:
        conversation = await locked(session, item.conversation_id)
        conversation.state = State.STAFF
    house.bot.gate.set()
    await house.door.relay.idle(item.conversation_id)
    assert [text for seq, text in line.texts.items() if "opslaan" in text or "bewaren" in text] == []


async def test_given_back_sam_comes_without_the_visitor_saying_a_word(any_house: House):
    house = any_house
    line, actor, item, claimed = await claimed_talk(house)
    await line.until("mode", mode="staff")
    await house.door.relay.idle(item.conversation_id)
    await queue.give_back(house.desk, actor, item.reference, claimed.version)
    await line.until("mode", mode="bot")
    await line.until_ask("story")
    assert house.bot.calls[-1]["kind"] == "given_back"


async def test_only_the_holder_answers(any_house: House):
    house = any_house
    await house.report()
    anna, anna_keys = await house.office.person("anna")
    bram, bram_keys = await house.office.person("bram")
    item = await first_case(house)
    with pytest.raises(NotClaimed):
        await queue.answer(house.desk, anna, anna_keys, item.reference, "hallo")
    claimed = await queue.claim(house.desk, anna, item.reference, item.version)
    taken = await queue.take_over(house.desk, bram, bram_keys, item.reference, claimed.version, REASON)
    with pytest.raises(NotClaimed):
        await queue.answer(house.desk, anna, anna_keys, item.reference, "te laat")
    await queue.answer(house.desk, bram, bram_keys, item.reference, "ik ben er")
    assert taken.version == claimed.version + 1


async def test_of_a_take_over_both_are_told_with_the_reason(any_house: House):
    house = any_house
    desk = house.desk
    await house.report()
    anna, anna_keys = await house.office.person("anna")
    bram, bram_keys = await house.office.person("bram")
    item = await first_case(house)
    claimed = await queue.claim(desk, anna, item.reference, item.version)
    with pytest.raises(ReasonNeeded):
        await queue.take_over(desk, bram, bram_keys, item.reference, claimed.version, " ")
    with desk.hub.listen(staff_topic(anna.id)) as bell_of_anna, desk.hub.listen(staff_topic(bram.id)) as bell_of_bram:
        taken = await queue.take_over(desk, bram, bram_keys, item.reference, claimed.version, REASON)
        assert await bell_of_anna.wait(5)
        assert await bell_of_bram.wait(5)
    for actor, keys in ((anna, anna_keys), (bram, bram_keys)):
        passed = (await queue.open_report(desk, actor, keys, item.reference)).passed
        assert passed is not None
        assert (passed.by, passed.reason) == (bram.id, REASON)
    (told,) = await queue.passed_lately(desk, anna)
    assert (told.reference, told.kind, told.by) == (item.reference, "taken_over", "Bram")
    assert await queue.passed_lately(desk, bram) == []
    async with desk.store.reading() as session:
        line = await session.scalar(select(AuditLine).where(AuditLine.action == "case.taken_over"))
    assert line is not None
    assert (line.actor, line.object) == (bram.id, item.reference)
    await queue.release(desk, bram, item.reference, taken.version)
    assert await queue.passed_lately(desk, anna) == []
    assert (await queue.open_report(desk, anna, anna_keys, item.reference)).passed is None


async def test_taking_over_with_an_old_version_changes_nothing(any_house: House):
    house = any_house
    await house.report()
    anna, _ = await house.office.person("anna")
    bram, bram_keys = await house.office.person("bram")
    item = await first_case(house)
    await queue.claim(house.desk, anna, item.reference, item.version)
    with pytest.raises(ClaimLost, match="Anna"):
        await queue.take_over(house.desk, bram, bram_keys, item.reference, item.version, REASON)


async def test_handing_on_needs_a_reason_and_a_colleague_with_access(house: House):
    await house.report()
    anna, keys = await house.office.person("anna")
    bram, _ = await house.office.person("bram")
    item = await first_case(house)
    claimed = await queue.claim(house.desk, anna, item.reference, item.version)
    with pytest.raises(ReasonNeeded):
        await queue.hand_to(house.desk, anna, keys, item.reference, claimed.version, bram.id, "druk")
    with pytest.raises(Refused):
        await queue.hand_to(house.desk, anna, keys, item.reference, claimed.version, "niemand", REASON)
    given = await queue.hand_to(house.desk, anna, keys, item.reference, claimed.version, bram.id, REASON)
    assert given.by == bram.id
    case = await queue.open_report(house.desk, anna, keys, item.reference)
    assert [event.reason for event in case.events if event.reason] == [REASON]


async def test_letting_go_puts_a_visitor_back_in_line(any_house: House):
    house = any_house
    line = await house.waiting()
    actor, _ = await house.office.person()
    item = await first_case(house)
    claimed = await queue.claim(house.desk, actor, item.reference, item.version)
    await line.until("mode", mode="staff")
    await queue.release(house.desk, actor, item.reference, claimed.version)
    assert (await line.until("mode", mode="waiting"))["position"] == 1
    with pytest.raises(NotClaimed):
        await queue.release(house.desk, actor, item.reference, claimed.version + 1)


async def test_a_lease_lapses_without_a_sign_and_not_with_one(any_house: House):
    house = any_house
    line = await house.waiting()
    actor, _ = await house.office.person()
    item = await first_case(house)
    await queue.claim(house.desk, actor, item.reference, item.version)
    house.office.clock.advance(timedelta(minutes=2))
    await queue.renew(house.desk, actor)
    house.office.clock.advance(timedelta(minutes=2))
    assert await queue.free_lapsed(house.desk) == []
    house.office.clock.advance(timedelta(minutes=2))
    assert await queue.free_lapsed(house.desk) == [item.reference]
    await line.until("mode", mode="staff")
    await line.until("mode", mode="waiting")
    assert (await first_case(house)).claimed_by is None


async def test_a_lapsed_claim_sends_nothing_more(house: House):
    await house.waiting()
    anna, keys = await house.office.person("anna")
    item = await first_case(house)
    await queue.claim(house.desk, anna, item.reference, item.version)
    house.office.clock.advance(timedelta(minutes=4))
    with pytest.raises(NotClaimed):
        await queue.answer(house.desk, anna, keys, item.reference, "te laat")
    bram, _ = await house.office.person("bram")
    item = await first_case(house)
    assert (await queue.claim(house.desk, bram, item.reference, item.version)).by == bram.id


async def test_ending_a_conversation_leaves_the_door_open(house: House):
    line = await house.waiting()
    actor, keyring = await house.office.person()
    item = await first_case(house)
    await queue.claim(house.desk, actor, item.reference, item.version)
    await queue.end_conversation(house.desk, actor, item.reference)
    await line.until("mode", mode="closed")
    await line.say("toch nog iets")
    await line.until("mode", mode="follow_up")
    await queue.answer(house.desk, actor, keyring, item.reference, "Ik lees het.")
    await line.until("message", author="staff")


async def test_an_erased_case_is_gone_for_staff_too(house: House):
    line = await house.report()
    actor, keyring = await house.office.person()
    item = await first_case(house)
    await line.send({"type": "erase"})
    await line.until("erased")
    with pytest.raises(queue.CaseGone):
        await queue.open_report(house.desk, actor, keyring, item.reference)
    assert await queue.list_queue(house.desk, actor, keyring) == []


async def test_a_visitor_sees_the_first_name_only_where_staff_chose_that(house: House):
    line = await house.waiting()
    anna, _ = await house.office.person("anna")
    bram, keyring = await house.office.person("bram")
    item = await first_case(house)
    claimed = await queue.claim(house.desk, anna, item.reference, item.version)
    assert "name" not in await line.until("mode", mode="staff")
    await set_preference(house.desk, anna, "first_names", True)
    freed = await queue.release(house.desk, anna, item.reference, claimed.version)
    await line.until("mode", mode="waiting")
    again = await queue.claim(house.desk, anna, item.reference, freed.version)
    assert (await line.until("mode", mode="staff"))["name"] == "Anna"
    await queue.take_over(house.desk, bram, keyring, item.reference, again.version, REASON)
    assert (await line.until("mode", mode="staff"))["name"] == "Bram"
    later = await house.line(line.token)
    assert later.frames[0]["name"] == "Bram"
