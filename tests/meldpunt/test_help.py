"""Where people can turn to: one data file, at most three at a time, chosen by situation."""

from __future__ import annotations

from pathlib import Path

import pytest

from meldpunt import help as book


def test_at_most_three_are_shown_the_most_fitting_first() -> None:
    found = book.fitting(["gedwongen_seks", "chantage_beeldmateriaal", "suicidaal"], "self", "12_15")
    assert [each.id for each in found] == ["113", "csg", "helpwanted"]


def test_a_child_is_shown_the_kindertelefoon() -> None:
    assert "kindertelefoon" in {each.id for each in book.fitting([], "self", "12_15")}


def test_everybody_is_shown_somebody() -> None:
    for role in book.ROLES:
        for band in book.BANDS:
            assert book.fitting([], role, band), (role, band)


def test_numbers_are_filled_in_and_an_unknown_one_is_refused() -> None:
    assert book.with_numbers("Bel {nummer_alarm}.") == "Bel 112."
    with pytest.raises(book.HelpDataError, match="add that row"):
        book.with_numbers("Bel {nummer_niemand}.")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{id: x, name: X, number: abc, checked: 2026-01-01}", "no telephone number"),
        ("{id: x, name: X, number: '112'}", "checked"),
        ("{id: x, name: X, site: x.nl, checked: 2026-01-01, fits: {roles: [opa]}}", "opa"),
        ("{id: x, checked: 2026-01-01}", "needs id, name"),
    ],
)
def test_a_mistake_is_refused_with_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, reason: str
) -> None:
    file = tmp_path / "help.yml"
    file.write_text(f"organisations:\n  - {row}\n")
    monkeypatch.setattr(book, "FILE", file)
    book.organisations.cache_clear()
    try:
        with pytest.raises(book.HelpDataError, match=reason):
            book.organisations()
    finally:
        monkeypatch.undo()
        book.organisations.cache_clear()
