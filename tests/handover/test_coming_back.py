"""What a visitor says while people have the conversation: it brings a case back, and what is acute makes it acuut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handover import queue
from handover.conversation.texts import safety_text
from handover.queue.listing import QueueItem
from handover.store import AuditLine, CaseEvent, ReportRow
from tests.handover.conftest import House


async def cases(house: House) -> dict[str, QueueItem]:
    actor, keyring = await house.office.person()
    return {item.reference: item for item in await queue.list_queue(house.desk, actor, keyring)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("afgesloten", "heropend"), ("overgedragen", "heropend"), ("wacht_op_melder", "in_behandeling"),
        ("nieuw", "nieuw"), ("in_behandeling", "in_behandeling"),
    ],
)  # fmt: skip
async def test_a_reporter_who_writes_again_brings_the_case_back(house: House, before: str, after: str):
    line = await house.report()
    async with house.desk.store.writing() as session:
        await session.execute(update(ReportRow).values(status=before, handled_at=house.office.clock()))
    await line.say("er is iets nieuws")
    (item,) = (await cases(house)).values()
    assert (item.status, item.visitor_wrote) == (after, True)
    assert item.waits_since is not None
    async with house.desk.store.reading() as session:
        events = await session.execute(
            select(CaseEvent.old, CaseEvent.new, CaseEvent.by).where(CaseEvent.kind == "status")
        )
        handled = await session.scalar(select(ReportRow.handled_at))
    changed = before != after
    assert [tuple(event) for event in events] == ([(before, after, "melder")] if changed else [])
    assert (handled is None) is changed


async def test_who_says_something_acute_while_waiting_goes_to_the_front_of_the_line(house: House):
    first = await house.waiting()
    house.office.clock.advance(timedelta(minutes=1))
    second = await house.waiting("ik wil ook een mens spreken")
    assert second.last("mode")["position"] == 2
    await second.say("help nu")
    await second.until("message", text=safety_text("nu_in_gevaar"))
    items = list((await cases(house)).values())
    assert [item.level for item in items] == ["acuut", "onvoldoende_informatie"]
    assert items[0].proposed_level == "onvoldoende_informatie"  # the rules said so, and still do
    assert await second.until("mode", position=1)
    assert await first.until("mode", position=2)
    async with house.desk.store.reading() as session:
        line = await session.scalar(select(AuditLine).where(AuditLine.action == "case.level"))
    assert line is not None
    assert (line.actor, line.details["new"]) == ("systeem", "acuut")


async def test_something_acute_in_a_report_that_was_handled_is_on_top_again(house: House):
    line = await house.report()
    async with house.desk.store.writing() as session:
        await session.execute(update(ReportRow).values(status="afgesloten", handled_at=house.office.clock()))
    await line.say("ik wil dood")
    await line.until("message", text=safety_text("suicidaal"))
    (item,) = (await cases(house)).values()
    assert (item.level, item.status) == ("acuut", "heropend")
