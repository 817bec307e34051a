"""When something goes, and what stays until somebody has looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from handover import queue, retention
from handover.queue.status import DONE
from handover.store import AuditLine, Base, Conversation, HandedOverKey, Message, ReportRow, VisitorToken
from handover.vault import NotOpened
from tests.handover.conftest import House

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASON = "besproken en afgerond met de melder"


async def count(house: House, table: type[Base]) -> int:
    async with house.desk.store.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def pass_time(house: House, step: timedelta) -> int:
    house.office.clock.advance(step)
    return await retention.carry_out(house.desk, await retention.due(house.desk))


async def a_case(house: House, level: str | None = None, opened: bool = True, done: bool = False):
    await house.report()
    actor, keyring = await house.office.person()
    (item,) = await queue.list_queue(house.desk, actor, keyring)
    if opened:
        await queue.open_report(house.desk, actor, keyring, item.reference)
    async with house.desk.store.writing() as session:
        row = await session.get(ReportRow, item.reference)
        row.level = level or row.level
    if done:
        await queue.claim(house.desk, actor, item.reference, item.version)
        await queue.set_status(house.desk, actor, keyring, item.reference, DONE, REASON)
    return actor, keyring, item.reference


async def test_an_unfinished_conversation_goes_an_hour_after_the_last_sign(any_house: House):
    line = await any_house.line()
    await line.until_ask("story")
    assert await pass_time(any_house, 0.9 * HOUR) == 0
    await line.say("ik ben er nog")
    await line.until_ask("consent:opslaan_melding")
    assert await pass_time(any_house, 0.9 * HOUR) == 0
    assert await pass_time(any_house, 0.2 * HOUR) == 1
    await line.until("erased")
    assert await count(any_house, Message) == await count(any_house, VisitorToken) == 0


async def test_a_paused_conversation_stays_a_day(house: House):
    line = await house.line()
    await line.until_ask("story")
    await line.say("pauze graag")
    await line.until("message", text="Goed, pauze.")
    assert await pass_time(house, 23 * HOUR) == 0
    assert await pass_time(house, 2 * HOUR) == 1


@pytest.mark.parametrize("level", ["acuut", "hoog"])
async def test_a_serious_report_that_is_not_handled_is_held_and_shown(house: House, level: str):
    actor, keyring, reference = await a_case(house, level)
    assert await pass_time(house, 3 * 365 * DAY) == 0
    (item,) = await queue.list_queue(house.desk, actor, keyring)
    assert item.end.held == retention.UNHANDLED
    (held,) = await retention.held_now(house.desk)
    assert (held.reference, held.why) == (reference, retention.UNHANDLED)


async def test_a_report_that_nobody_opened_is_held_and_shown(house: House):
    actor, keyring, reference = await a_case(house, "laag", opened=False)
    assert await pass_time(house, 3 * 365 * DAY) == 0
    (item,) = await queue.list_queue(house.desk, actor, keyring)
    assert item.end.held == retention.UNOPENED
    assert [held.reference for held in await retention.held_now(house.desk)] == [reference]


async def test_an_opened_report_of_a_low_level_goes_at_its_date(house: House):
    actor, keyring, _ = await a_case(house, "verhoogd")
    (item,) = await queue.list_queue(house.desk, actor, keyring)
    assert item.end.held is None
    assert await pass_time(house, house.desk.settings.keep_unhandled - HOUR) == 0
    assert await pass_time(house, 2 * HOUR) == 1
    assert await count(house, ReportRow) == await count(house, HandedOverKey) == 0


async def test_the_literal_words_go_a_month_after_handling_and_the_report_stays(house: House):
    actor, keyring, reference = await a_case(house, done=True)
    assert await pass_time(house, 29 * DAY) == 0
    assert await pass_time(house, 2 * DAY) == 1
    case = await queue.open_report(house.desk, actor, keyring, reference)
    assert case.messages == []
    assert case.report.feiten.eigen_woorden == ()
    assert [mention.tekst for mention in case.report.feiten.indicatoren] == [None]
    assert case.report.betrokkene.gemeente.value == "Hengelo"
    assert await pass_time(house, HOUR) == 0


async def test_a_handled_report_without_contact_goes_after_a_year(house: House):
    await a_case(house, done=True)
    await pass_time(house, 364 * DAY)
    assert await count(house, ReportRow) == 1
    assert await pass_time(house, 2 * DAY) == 1
    assert await count(house, ReportRow) == 0


async def test_a_case_that_was_opened_again_meanwhile_stays(house: House):
    _actor, _keyring, reference = await a_case(house, done=True)
    house.office.clock.advance(366 * DAY)
    items = await retention.due(house.desk)
    assert [item.what for item in items] == ["case"]
    async with house.desk.store.writing() as session:
        (await session.get(ReportRow, reference)).handled_at = None
    assert await retention.carry_out(house.desk, items) == 0


async def test_a_visitor_who_comes_back_meanwhile_keeps_the_conversation(house: House):
    line = await house.line()
    await line.until_ask("story")
    house.office.clock.advance(2 * HOUR)
    items = await retention.due(house.desk)
    again = await house.line(line.token)
    assert await retention.carry_out(house.desk, items) == 0
    await again.until_ask("story")


async def test_what_was_deleted_opens_no_more_from_an_older_copy(house: House):
    """The row with the key is gone: what a copy still holds of the texts is noise."""
    _, keyring, _ = await a_case(house, "laag", done=True)
    async with house.desk.store.reading() as session:
        copy = (await session.scalars(select(Message))).all()
    await pass_time(house, 366 * DAY)
    assert await count(house, HandedOverKey) == 0
    with pytest.raises(NotOpened):
        keyring.open(copy[0].conversation_id, 1, copy[0].sealed)


async def test_every_deletion_stands_in_the_trail_without_saying_whose(house: House):
    _, _, reference = await a_case(house, "laag", done=True)
    await pass_time(house, 366 * DAY)
    async with house.desk.store.reading() as session:
        lines = (await session.scalars(select(AuditLine).where(AuditLine.action == "retention.case"))).all()
    assert [line.object for line in lines] == ["case"]
    assert reference not in repr([line.details for line in lines])


async def test_the_bot_is_told_to_forget_what_went(house: House):
    from handover.jobs import forget

    line = await house.line()
    await line.until_ask("story")
    async with house.desk.store.reading() as session:
        sender = await session.scalar(select(Conversation.sender))
    await pass_time(house, 2 * HOUR)
    await forget(house.desk, house.door.bot)
    assert house.bot.forgotten == [sender]
