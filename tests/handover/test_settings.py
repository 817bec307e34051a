"""Settings are documented, refuse what is wrong, and say opening hours as people do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from meldpunt.opening import OpeningHoursUnclear, parse_hours
from meldpunt.settings import Settings
from meldpunt.settings_page import example, page

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Europe/Amsterdam")
WEEK = parse_hours("ma-do 09:00-17:00, vr 09:00-12:00", frozenset({date(2026, 12, 25)}), ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_the_page_and_the_example_are_those_of_the_code():
    assert (ROOT / "docs/settings.md").read_text() == page()
    assert (ROOT / ".env.example").read_text() == example()


def test_every_setting_says_what_it_is():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("PUBLIC_PORT", "0"), ("KEEP_CHAT", "P0D"), ("MESSAGE_LIMIT", "5000"), ("HOLIDAYS", "kerst")],
)
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv("MELDPUNT_" + name, value)
    with pytest.raises((ValidationError, ValueError)):
        Settings(_env_file=None)


def test_durations_can_be_written_as_iso(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MELDPUNT_KEEP_PAUSED", "PT36H")
    assert Settings(_env_file=None).keep_paused == timedelta(hours=36)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-24T08:00", "vandaag om 9.00 uur"),
        ("2026-11-24T12:00", None),
        ("2026-11-24T17:00", "morgen om 9.00 uur"),
        ("2026-11-27T12:00", "maandag om 9.00 uur"),
        ("2026-12-24T18:00", "maandag 28 december om 9.00 uur".replace(" 28 december", "")),
    ],
)
def test_it_says_when_people_read_next(moment: str, said: str | None):
    assert WEEK.say_next_open(at(moment)) == said


def test_it_says_the_opening_hours():
    assert WEEK.say() == "maandag tot en met donderdag van 9.00 tot 17.00 uur, vrijdag van 9.00 tot 12.00 uur"


def test_nobody_ever_reads_without_hours():
    never = parse_hours("", frozenset(), ZONE)
    assert never.next_open(datetime.now(UTC)) is None
    assert never.say() == ""


@pytest.mark.parametrize(
    "text", ["altijd", "ma 9-17", "vr-ma 09:00-17:00", "ma 17:00-09:00", "xx 09:00-10:00"]
)
def test_hours_that_are_unclear_are_refused(text: str):
    with pytest.raises(OpeningHoursUnclear):
        parse_hours(text, frozenset(), ZONE)
