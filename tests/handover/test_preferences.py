"""What staff set is what visitors see, at once and in every process; a stored value that no longer fits is passed over."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from handover.desk import Desk
from handover.hub import Hub
from handover.preferences import PreferenceRefused, preferences_of, refresh, set_preference
from handover.store import AuditLine, SettingChange
from tests.handover.conftest import House, Office


async def info(house: House) -> dict[str, object]:
    async with house.http.get(house.base + "/api/v1/info") as answer:
        found: dict[str, object] = await answer.json()
        return found


async def test_visitors_see_new_hours_and_the_notice(house: House) -> None:
    actor, _ = await house.office.person()
    before = await info(house)
    assert (before["open_now"], before["notice"]) == (True, None)
    await set_preference(house.desk, actor, "holidays", [house.office.clock().date().isoformat()])
    await set_preference(house.desk, actor, "start_notice", "Vandaag zijn we gesloten.")
    after = await info(house)
    assert (after["open_now"], after["notice"]) == (False, "Vandaag zijn we gesloten.")


async def test_visitors_see_the_texts_of_the_start_page_that_staff_chose_and_never_as_markup(house: House) -> None:
    actor, _ = await house.office.person()
    for name, value in (("start_title", "Praat met ons"), ("start_intro", "Voor <b>iedereen</b> in Twente")):
        await set_preference(house.desk, actor, name, value)
    async with house.http.get(house.base + "/") as answer:
        text = await answer.text()
    assert '<h1 id="start-title">Praat met ons</h1>' in text
    assert "Voor &lt;b&gt;iedereen&lt;/b&gt; in Twente" in text
    assert "Dat is een chatbot, geen mens" in text
    async with house.desk.store.reading() as session:
        lines = await session.scalars(select(AuditLine).where(AuditLine.action == "setting.changed"))
        assert [(line.actor, line.object) for line in lines] == [
            (actor.id, "start_title"), (actor.id, "start_intro"),
        ]  # fmt: skip


async def test_another_process_takes_up_the_change(office: Office) -> None:
    actor, _ = await office.person()
    desk = office.desk
    other = Desk(desk.store, Hub(), desk.settings, desk.keys, desk.clock)
    await set_preference(desk, actor, "holidays", ["2026-12-25"])
    assert preferences_of(other).holidays == ()
    await refresh(other)
    assert preferences_of(other).holidays == (date(2026, 12, 25),)
    assert date(2026, 12, 25) in other.hours.holidays


async def test_a_stored_value_that_no_longer_fits_is_passed_over(office: Office) -> None:
    actor, _ = await office.person()
    async with office.desk.store.writing() as session:
        for name, value in (("opening_hours", "altijd"), ("verdwenen", 1), ("max_chats", 4)):
            session.add(SettingChange(name=name, value=value, by=actor.id, at=office.clock()))
    await refresh(office.desk)
    assert preferences_of(office.desk).max_chats == 4
    assert preferences_of(office.desk).opening_hours == office.desk.settings.opening_hours


async def test_a_value_that_does_not_fit_is_refused_with_the_name(office: Office) -> None:
    actor, _ = await office.person()
    with pytest.raises(PreferenceRefused) as refused:
        await set_preference(office.desk, actor, "max_chats", 99)
    assert refused.value.name == "max_chats"
