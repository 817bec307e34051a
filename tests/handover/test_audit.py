"""The audit trail: what stands in it, and that nobody mends it unseen."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update

from handover import audit, queue
from handover.audit import Broken, Doing
from handover.desk import VISITOR
from handover.store import AuditLine
from tests.handover.conftest import House, Office


async def filled(office: Office, lines: int = 6) -> None:
    for n in range(lines):
        async with office.desk.store.writing() as session:
            await office.desk.audit.write(session, Doing("wie", f"actie.{n}", "zaak"), office.clock())


async def problems(office: Office, anchored: tuple[int, str] | None = None) -> list[Broken]:
    async with office.desk.store.reading() as session:
        return await office.desk.audit.verify(session, anchored)


async def test_a_trail_that_nobody_touched_holds(any_office: Office):
    await filled(any_office)
    assert await problems(any_office) == []


@pytest.mark.parametrize("field", ["actor", "action", "object", "outcome", "device"])
async def test_an_altered_line_is_found_whichever_field_it_is(any_office: Office, field: str):
    await filled(any_office)
    async with any_office.desk.store.writing() as session:
        await session.execute(update(AuditLine).where(AuditLine.number == 3).values({field: "anders"}))
    assert [place.number for place in await problems(any_office)] == [3]


async def test_a_line_moved_in_time_is_found(office: Office):
    await filled(office)
    async with office.desk.store.writing() as session:
        line = await session.get(AuditLine, 4)
        line.at = line.at.replace(year=2020)
    assert [place.number for place in await problems(office)] == [4]


async def test_a_removed_line_is_found(any_office: Office):
    await filled(any_office)
    async with any_office.desk.store.writing() as session:
        await session.execute(delete(AuditLine).where(AuditLine.number == 3))
    (place,) = await problems(any_office)
    assert (place.number, "missing" in place.problem) == (3, True)


async def test_renumbering_hides_nothing(office: Office):
    await filled(office)
    async with office.desk.store.writing() as session:
        await session.execute(delete(AuditLine).where(AuditLine.number == 3))
        for number in range(4, 8):
            await session.execute(
                text("UPDATE audit SET number = :new WHERE number = :old"), {"new": number - 1, "old": number}
            )
    assert await problems(office)


async def test_a_trail_that_was_cut_off_at_its_end_is_found(office: Office, tmp_path: Path):
    await filled(office)
    note = tmp_path / "anchor.json"
    async with office.desk.store.writing() as session:
        await audit.anchor(session, note)
        await session.execute(delete(AuditLine).where(AuditLine.number > 4))
    assert await problems(office) == []
    assert await problems(office, audit.read_anchor(note))


async def test_writers_at_once_make_one_chain(any_office: Office):
    await asyncio.gather(*(filled(any_office, 5) for _ in range(8)))
    assert await problems(any_office) == []
    async with any_office.desk.store.reading() as session:
        numbers = (await session.scalars(select(AuditLine.number).order_by(AuditLine.number))).all()
    assert numbers == list(range(1, len(numbers) + 1))


async def test_staff_lines_say_who_what_when_with_which_device_and_how_it_ended(house: House):
    await house.report()
    actor, keyring = await house.office.person()
    (item,) = await queue.list_queue(house.desk, actor, keyring)
    await queue.open_report(house.desk, actor, keyring, item.reference)
    async with house.desk.store.reading() as session:
        line = await session.scalar(select(AuditLine).where(AuditLine.action == "case.read"))
    assert (line.actor, line.object, line.device, line.outcome) == (
        actor.id, item.reference, "toestel", "gelukt",
    )  # fmt: skip
    assert line.at == house.office.clock()


async def test_visitor_lines_say_nothing_of_who_it_was(house: House):
    await house.report()
    async with house.desk.store.reading() as session:
        lines = (await session.scalars(select(AuditLine).where(AuditLine.actor == VISITOR))).all()
    assert lines
    assert {(line.device, tuple(line.details)) for line in lines} == {("", ())}


WITHOUT_A_LINE = {"renew", "set_available"}  # a sign of life is no change of a case


def test_every_service_that_changes_a_case_writes_its_line():
    """By the code of the services themselves: a new one that writes without a line fails here."""
    silent = []
    for file in sorted(Path(queue.__file__).parent.glob("*.py")):
        functions = {
            node.name: ast.unparse(node)
            for node in ast.parse(file.read_text(encoding="utf-8")).body
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
        }
        for name, code in functions.items():
            called = [other for other in functions if other != name and f"{other}(" in code]
            whole = code + "".join(functions[other] for other in called)
            if not name.startswith("_") and ".writing()" in whole and "record(" not in whole:
                silent.append(name)
    assert set(silent) == WITHOUT_A_LINE
