"""Opening hours: whether people read now, when they will, and how to say that (words in
``data/opening.json``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from meldpunt.data_files import DataFileError, line_of, read_json

WORDS = Path(__file__).parent / "data" / "opening.json"
_PART = re.compile(r"([a-z]{2})(?:-([a-z]{2}))?\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
DAYS_AHEAD = 60
BRACES = re.compile(r"\{[^{}]*\}")


class OpeningHoursUnclear(ValueError):
    """The text is not ``ma-vr 09:00-17:00, za 10:00-12:00``."""


class OpeningWordsError(DataFileError):
    """``opening.json`` holds a mistake; the message names the line and the remedy."""


LISTS = {"short": 7, "days": 7, "months": 12}
TEXTS = {  # what is filled in
    "today": (), "tomorrow": (), "date": ("{day}", "{number}", "{month}"), "at": ("{day}", "{time}"),
    "range": ("{0}", "{1}"), "hours": ("{0}", "{1}"), "and": (),
}  # fmt: skip


@cache
def words() -> dict[str, Any]:
    """The Dutch words that hours are read and said with; raises :class:`OpeningWordsError`."""
    return load_words(WORDS)


def load_words(file: Path) -> dict[str, Any]:
    """Read and check the words in ``file``; raises :class:`OpeningWordsError`."""
    data, text = read_json(file, OpeningWordsError)
    if not isinstance(data, dict):
        raise OpeningWordsError(file.name, 1, f"needs a table with {', '.join((*LISTS, *TEXTS))}.")
    for name, size in LISTS.items():
        found = data.get(name)
        if not isinstance(found, list) or len(found) != size or not all(isinstance(w, str) and w for w in found):
            raise OpeningWordsError(file.name, line_of(text, f'"{name}"'), f"{name} needs {size} words.")
    for name, filled in TEXTS.items():
        found = data.get(name)
        if not isinstance(found, str) or not found.strip() or sorted(BRACES.findall(found)) != sorted(filled):
            told = f"with {' and '.join(filled)} in it" if filled else "without braces"
            raise OpeningWordsError(file.name, line_of(text, f'"{name}"'), f"{name} needs a text {told}.")
    return data


@dataclass(frozen=True)
class OpeningHours:
    """When people read: from and until a time, for each day of the week (0 is Monday)."""

    week: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date]
    zone: ZoneInfo

    def on(self, day: date) -> tuple[tuple[time, time], ...]:
        """The hours of one day."""
        return () if day in self.holidays else self.week.get(day.weekday(), ())

    def open_at(self, moment: datetime) -> bool:
        """True when people read at ``moment``."""
        local = moment.astimezone(self.zone)
        return any(start <= local.time() < end for start, end in self.on(local.date()))

    def next_open(self, moment: datetime) -> datetime | None:
        """When people read next, or None within two months. A moment inside opening hours gives itself."""
        local = moment.astimezone(self.zone)
        for ahead in range(DAYS_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for start, end in self.on(day):
                opens = datetime.combine(day, start, self.zone)
                if local < datetime.combine(day, end, self.zone):
                    return max(opens, local)
        return None

    def say_next_open(self, moment: datetime) -> str | None:
        """When people read next, as a phrase: "morgen om 9.00 uur"; None where they read now, or nobody knows."""
        opens = self.next_open(moment)
        if opens is None or self.open_at(moment):
            return None
        local, said = moment.astimezone(self.zone), words()
        ahead = (opens.date() - local.date()).days
        if ahead == 0:
            day = said["today"]
        elif ahead == 1:
            day = said["tomorrow"]
        else:
            day = said["days"][opens.weekday()]
            if ahead >= 7:
                day = said["date"].format(day=day, number=opens.day, month=said["months"][opens.month - 1])
        return str(said["at"].format(day=day, time=_said(opens.time())))

    def say(self) -> str:
        """The opening hours as a phrase: "maandag tot en met vrijdag van 9.00 tot 17.00 uur"."""
        said = words()
        runs: list[tuple[int, int, tuple[tuple[time, time], ...]]] = []
        for day in range(7):
            hours = self.week.get(day, ())
            if runs and runs[-1][2] == hours and runs[-1][1] == day - 1:
                runs[-1] = (runs[-1][0], day, hours)
            elif hours:
                runs.append((day, day, hours))
        parts = []
        for first, last, hours in runs:
            days = (
                said["days"][first]
                if first == last
                else said["range"].format(*(said["days"][d] for d in (first, last)))
            )
            times = said["and"].join(said["hours"].format(_said(start), _said(end)) for start, end in hours)
            parts.append(f"{days} {times}")
        return ", ".join(parts)


def parse_hours(text: str, holidays: frozenset[date], zone: ZoneInfo) -> OpeningHours:
    """Read ``ma-vr 09:00-17:00, za 10:00-12:00``; raises :class:`OpeningHoursUnclear`."""
    short: list[str] = words()["short"]
    week: dict[int, tuple[tuple[time, time], ...]] = {}
    for part in filter(None, (piece.strip().lower() for piece in text.split(","))):
        match = _PART.fullmatch(part)
        if match is None or match[1] not in short or (match[2] and match[2] not in short):
            raise OpeningHoursUnclear(f"'{part}' is not of the form 'ma-vr 09:00-17:00'")
        first = short.index(match[1])
        last = short.index(match[2]) if match[2] else first
        start, end = time(int(match[3]), int(match[4])), time(int(match[5]), int(match[6]))
        if last < first or end <= start:
            raise OpeningHoursUnclear(f"'{part}' ends before it begins")
        for day in range(first, last + 1):
            week[day] = (*week.get(day, ()), (start, end))
    return OpeningHours(week, holidays, zone)


def _said(moment: time) -> str:
    return f"{moment.hour}.{moment.minute:02d}"
