"""The figures of a year that is over are fixed at the first look, whatever becomes of its reports afterwards."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from handover import demo
from handover.closed_years import figures_of, known_years
from handover.store import AuditLine, Conversation, ReportRow, YearFigures
from tests.handover.conftest import Office


async def test_a_year_that_is_over_does_not_change_when_its_reports_are_gone(any_office: Office) -> None:
    desk = any_office.desk
    await demo.fill(desk, any_office.account)
    actor, keyring = await any_office.person()
    before, fixed = await figures_of(desk, actor, keyring, 2025, complete=True)
    assert before.total
    any_office.clock.advance(timedelta(days=30))
    async with desk.store.writing() as session:
        old = select(ReportRow.conversation_id).where(ReportRow.created_at < desk.clock() - timedelta(days=400))
        await session.execute(delete(Conversation).where(Conversation.id.in_(old)))
    again = await figures_of(desk, actor, keyring, 2025, complete=True)
    assert again == (before, fixed)
    assert 2025 in await known_years(desk)
    async with desk.store.reading() as session:
        lines = await session.scalars(select(AuditLine).where(AuditLine.action == "figures.fixed"))
        assert [(line.actor, line.object) for line in lines] == [(actor.id, "2025")]


async def test_the_running_year_goes_on_counting(office: Office) -> None:
    desk = office.desk
    await demo.fill(desk, office.account)
    actor, keyring = await office.person()
    before, fixed = await figures_of(desk, actor, keyring, 2026, complete=False)
    async with desk.store.writing() as session:
        newest = select(ReportRow.conversation_id).order_by(ReportRow.created_at.desc()).limit(20)
        await session.execute(delete(Conversation).where(Conversation.id.in_(newest)))
    after, _ = await figures_of(desk, actor, keyring, 2026, complete=False)
    assert fixed is None
    assert before.total != after.total
    async with desk.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(YearFigures)) == 0


async def test_no_small_number_is_kept(office: Office) -> None:
    desk = office.desk
    await demo.fill(desk, office.account)
    actor, keyring = await office.person()
    await figures_of(desk, actor, keyring, 2025, complete=True)
    async with desk.store.reading() as session:
        kept = await session.get_one(YearFigures, 2025)
    numbers = [n for table in kept.figures["tables"] for n in (table["rows"] or {}).values()]
    assert numbers
    assert [n for n in numbers if n is not None and 0 < n < 5] == []
