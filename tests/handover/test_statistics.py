"""Figures: no small number is shown, none can be computed back, and they are what a hand count of the demo gives."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handover import demo
from handover.statistics import SMALLEST, Counted, count, figures, share, suppress
from tests.handover.conftest import Office

KEYS = "abcdef"
NUMBERS = st.lists(st.integers(0, 40), min_size=2, max_size=8)


def table(numbers: list[int] | tuple[int, ...]) -> dict[str, int]:
    return {f"{i:02d}": number for i, number in enumerate(numbers)}


@given(NUMBERS)
def test_no_number_from_one_to_four_is_shown(numbers: list[int]) -> None:
    shown = suppress(table(numbers))
    assert shown is None or all(n is None or n == 0 or n >= SMALLEST for n in shown.values())


@given(NUMBERS)
def test_what_is_shown_is_true(numbers: list[int]) -> None:
    counts = table(numbers)
    for key, number in (suppress(counts) or {}).items():
        assert number is None or number == counts[key]


@given(NUMBERS)
def test_a_table_without_small_numbers_is_shown_whole(numbers: list[int]) -> None:
    counts = table([n for n in numbers if n == 0 or n >= SMALLEST])
    assert suppress(counts) == counts


def every_table(total: int, cells: int):
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in every_table(total - first, cells - 1):
            yield (first, *rest)


def test_whoever_knows_the_rule_and_the_total_still_cannot_compute_a_small_number_back() -> None:
    """Every table of four rows with up to 34 reports: each is compared with all others that look the same."""
    for total in range(10, 35, 4):
        looks: dict[object, list[tuple[int, ...]]] = {}
        for numbers in every_table(total, 4):
            shown = suppress(table(numbers))
            if shown is not None:
                looks.setdefault(tuple(shown.values()), []).append(numbers)
        for look, behind in looks.items():
            for cell in range(4):
                possible = {numbers[cell] for numbers in behind}
                if look[cell] is None and any(0 < n < SMALLEST for n in possible):
                    assert {1, 2, 3, 4} <= possible, (total, look, possible)


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([20, 3, 12, 8], [20, None, None, 8]),  # 3 with the next row: 15 in two rows says nothing
        ([20, 3, 5, 8], [20, None, None, None]),  # with 5 alone it would be 8 in two rows: one more goes
        ([4, 4, 30, 9], [None, None, None, 9]),  # two fours alone would be 8 in two rows: both 4
        ([9, 0, 3], [None, 0, None]),
    ],
)
def test_examples_of_what_is_hidden(numbers: list[int], shown: list[int | None]) -> None:
    assert list((suppress(table(numbers)) or {}).values()) == shown


@pytest.mark.parametrize("numbers", [[3, 0, 0], [1, 2, 1], [5, 1], [2, 5, 0]])
def test_what_cannot_be_hidden_well_is_withheld(numbers: list[int]) -> None:
    assert suppress(table(numbers)) is None


@pytest.mark.parametrize(
    ("part", "whole", "seen"),
    [(5, 10, 0.5), (4, 20, None), (17, 20, None), (0, 20, 0.0), (20, 20, 1.0), (4, 9, None)],
)
def test_a_share_never_shows_a_small_number(part: int, whole: int, seen: float | None) -> None:
    assert share(part, whole) == seen


@settings(max_examples=30)
@given(st.integers(0, 9))
def test_a_year_with_too_few_reports_shows_nothing(number: int) -> None:
    one = Counted("01", "Almelo", "seksueel", "12-15", "zelf", "hoog", "online", 1.0, 2.0, True, 0.5)
    found = figures(2025, [one] * number, 0, complete=True)
    assert found.total is None
    assert found.tables == ()


async def test_the_figures_are_those_of_a_hand_count_of_the_demo(office: Office) -> None:
    await demo.fill(office.desk, office.account)
    _, keyring = await office.person()
    now, zone = office.clock(), ZoneInfo("Europe/Amsterdam")
    with (Path(demo.DATA) / "demo_reports.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(itertools.islice(file, 1, None), delimiter="\t"))
    assert len(rows) == 60
    assert {row["gemeente"] for row in rows} == set(all_municipalities())

    def came_in(row: dict[str, str]) -> datetime:
        n = int(row["nummer"])
        return (now - timedelta(days=int(row["dagen"]), hours=1 + n % 7, minutes=n)).astimezone(zone)

    for year in (2025, 2026):
        mine = [r for r in rows if r["soort"] == "melding" and came_in(r).year == year]
        agreed = [r for r in mine if r["statistiek"] == "ja"]
        counted, left_out = await count(office.desk, keyring, year)
        assert left_out == len(mine) - len(agreed)
        assert len(counted) == len(agreed) > 20
        assert Counter(c.municipality for c in counted) == Counter(r["gemeente"] for r in agreed)
        assert Counter(c.month for c in counted) == Counter(f"{came_in(r):%m}" for r in agreed)
        assert sum(c.came_back for c in counted) == sum(r["code_gebruikt"] == "ja" for r in agreed)
        assert sum(c.hours_to_answer is not None for c in counted) == sum(
            bool(r["beantwoord_na"]) for r in agreed
        )
        published = {t.name: t.rows for t in figures(year, counted, left_out, complete=year < 2026).tables}
        for key, number in (published["municipality"] or {}).items():
            assert number in (None, sum(r["gemeente"] == key for r in agreed))


def all_municipalities() -> list[str]:
    from handover.statistics import rows_of_tables

    return [name for name in rows_of_tables()["municipality"] if name not in ("buiten", "onbekend")]
