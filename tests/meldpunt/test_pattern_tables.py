"""A table of patterns: pieces, alternatives, choices in order, and how a mistake in one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternTable, filled, one_of, read_labelled_rows, read_rows, read_table

NAMES = ("yes", "age", "when.now", "when.later", "app.")
GOOD = r"""# name	pattern
NUM	\d{1,2}
yes	^ja\b
yes	^zeker\b
age	\bik ben (?P<n>{NUM})\b
age	(?P<n>{NUM}) jaar
when.now	\bnu\b
when.later	\bstraks\b
when.later	\bmorgen\b
when.now	\bmeteen\b
app.tiktok	\btiktok\b
app.snapchat	\bsnap\b
app.tiktok	\btik tok\b
"""


def table(folder: Path, text: str = GOOD) -> PatternTable:
    file = folder / "words.tsv"
    file.write_text(text, encoding="utf-8")
    return read_table(file, DataFileError, NAMES, one_by_one={"age": "n"})


def test_rows_of_one_name_are_alternatives(tmp_path: Path) -> None:
    words = table(tmp_path)
    assert [bool(words["yes"].search(text)) for text in ("ja hoor", "zeker", "nee")] == [True, True, False]


def test_the_first_row_that_fits_gives_the_value(tmp_path: Path) -> None:
    words = table(tmp_path)
    asked = ("nu of morgen", "meteen of morgen", "meteen", "ooit")
    assert [words.choice("when", text) for text in asked] == ["now", "later", "now", None]


def test_all_values_are_named_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert table(tmp_path).choices("app", "op snap en tik tok en tiktok") == ("tiktok", "snapchat")


def test_a_piece_stands_in_each_row_that_names_it(tmp_path: Path) -> None:
    found = [pattern.search("ik ben 15 jaar") for pattern in table(tmp_path).each("age")]
    assert [match and match.group("n") for match in found] == ["15", "15"]


@pytest.mark.parametrize(
    ("good", "bad", "line", "says"),
    [
        ("\nyes\t^ja", "\nyea\t^ja", 3, "name 'yea' is unknown; use one of age, app., when.later, when.now, yes"),
        ("\nwhen.now\t\\bnu", "\nwhen.ooit\t\\bnu", 7, "name 'when.ooit' is unknown"),
        ("\napp.snapchat\t", "\napp.\t", 12, "name 'app.' is unknown"),
        ("\nyes\t^zeker\\b", "\nyes\t^(zeker)\\b", 4, "a group is written (?:...) here"),
        ("\nyes\t^zeker\\b", "\nyes\t(?i)^zeker\\b", 4, "a flag (?i:...); write it so"),
        ("\nyes\t^zeker\\b", "\nyes\t^zeker\\b|", 4, "the pattern matches everything"),
        ("\nyes\t^zeker\\b", "\nyes\t^zeker\\b\tunless", 4, "separate them by one tab"),
        ("(?P<n>{NUM}) jaar", "{NUM} jaar", 6, "write (?P<n>...) around it"),
        ("{NUM}) jaar", "{NUMBER}) jaar", 6, "piece {NUMBER} is unknown; write a row NUMBER above it"),
        ("\nNUM\t\\d", "\nNUM\t(\\d", 2, "the piece cannot be read"),
    ],
)
def test_a_mistake_is_refused_with_line_and_remedy(tmp_path: Path, good: str, bad: str, line: int, says: str) -> None:
    assert good in GOOD
    with pytest.raises(DataFileError) as refused:
        table(tmp_path, GOOD.replace(good, bad, 1))
    assert says in str(refused.value)
    assert (refused.value.file, refused.value.line) == ("words.tsv", line)


def test_a_name_without_rows_is_missed(tmp_path: Path) -> None:
    without = "\n".join(row for row in GOOD.splitlines() if not row.startswith(("yes", "app")))
    with pytest.raises(DataFileError, match=r"no row for app\., yes; add one below this line"):
        table(tmp_path, without)


def test_what_must_not_stand_there_takes_the_words_back(tmp_path: Path) -> None:
    file = tmp_path / "rules.tsv"
    file.write_text("escalation\t\\berger\\b\t\\bniet erger\\b\n", encoding="utf-8")
    (row,) = read_rows(file, DataFileError, one_of("flag", ("escalation",)))
    assert (row.found_in("het wordt erger"), row.found_in("het wordt niet erger")) == (True, False)


def test_a_labelled_row_needs_its_label(tmp_path: Path) -> None:
    file = tmp_path / "families.tsv"
    file.write_text("gevaar\twapen\t\\bmes\\b\ngevaar\t \t\\bbom\\b\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="line 2: the name of the family is empty; fill it in"):
        read_labelled_rows(file, DataFileError, one_of("kind", ("gevaar",)), filled("name of the family"))
