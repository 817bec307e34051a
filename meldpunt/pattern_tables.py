"""Tables of word patterns: the one way in which Dutch words that decide something come from a data file.

A row is ``name``, ``pattern`` and perhaps ``unless`` (a pattern that must not stand there), separated by tabs; some
files have a label after the name. What is often written twice is a piece: a row with its name in capitals, which a
later row uses as ``{NAME}``. Several rows of one name are alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from meldpunt.data_files import DataFileError, pattern_of, rows_of_tabs

PIECE_NAME = re.compile(r"[A-Z][A-Z_]*")
PIECE = re.compile(r"\{([A-Z][A-Z_]*)\}")
CHOICE = "."  # between what is decided and the value that a row decides for: "when.now"

Check = Callable[[str], "str | None"]


@dataclass(frozen=True)
class PatternRow:
    """One row of a table; ``label`` is the cell after the name in files that have one."""

    line: int
    name: str
    label: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        """Where the words stand in the plain ``text``; None also where something there takes them back."""
        found = self.pattern.search(text)
        return None if found and self.unless and self.unless.search(text) else found

    def found_in(self, text: str) -> bool:
        """Whether the words stand in the plain ``text`` and nothing there takes them back."""
        return self.search(text) is not None


class PatternTable:
    """Patterns by name, each compiled once. A name ``what.value`` is one choice for ``what``: the first row that fits
    decides, in the order of the file. Rows of the names ``one_by_one`` are tried apart (:meth:`each`)."""

    def __init__(self, rows: Iterable[PatternRow], one_by_one: Collection[str] = ()) -> None:
        rows = tuple(rows)
        self._each = {
            name: tuple(row.pattern for row in rows if row.name == name)
            for name in dict.fromkeys(row.name for row in rows)
        }
        self._joined = {
            name: joined(patterns)
            for name, patterns in self._each.items()
            if CHOICE not in name and name not in one_by_one
        }
        self._choices: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {}
        for name, neighbours in groupby(rows, key=lambda row: row.name):
            what, dot, value = name.partition(CHOICE)
            if dot:
                pattern = joined(row.pattern for row in neighbours)
                self._choices[what] = (*self._choices.get(what, ()), (value, pattern))

    def __getitem__(self, name: str) -> re.Pattern[str]:
        """All rows of ``name`` as one pattern."""
        return self._joined[name]

    def each(self, name: str) -> tuple[re.Pattern[str], ...]:
        """The rows of ``name`` in the order of the file, where the order or a group matters."""
        return self._each[name]

    def choice(self, what: str, text: str) -> str | None:
        """The first value of ``what`` whose words stand in ``text``."""
        return next((value for value, pattern in self._choices[what] if pattern.search(text)), None)

    def choices(self, what: str, text: str) -> tuple[str, ...]:
        """All values of ``what`` whose words stand in ``text``, in the order of the file."""
        found = (value for value, pattern in self._choices[what] if pattern.search(text))
        return tuple(dict.fromkeys(found))

    def has_choices(self, what: str) -> bool:
        """Whether the table decides ``what``."""
        return what in self._choices


def joined(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    """One pattern that fits where any of ``patterns`` fits; the earlier one first."""
    written = [pattern.pattern for pattern in patterns]
    return re.compile("|".join(f"(?:{one})" for one in written) if len(written) > 1 else written[0])


def one_of(what: str, names: Collection[str]) -> Check:
    """A check that ``what`` is one of ``names``: nothing, or the problem with its remedy.

    The name ``app.`` allows any ``app.value``.
    """
    open_names = tuple(name for name in names if name.endswith(CHOICE))

    def check(name: str) -> str | None:
        if not name.endswith(CHOICE) and (name in names or name.startswith(open_names)):
            return None
        return f"{what} {name!r} is unknown; use one of {', '.join(sorted(names))}."

    return check


def filled(what: str) -> Check:
    """A check that ``what`` is there."""

    def check(name: str) -> str | None:
        return None if name.strip() else f"the {what} is empty; fill it in."

    return check


def read_table(
    file: Path,
    error: type[DataFileError],
    names: Collection[str],
    *,
    one_by_one: Mapping[str, str] | None = None,
    pieces: Mapping[str, str] | None = None,
) -> PatternTable:
    """The table in ``file``, which must have rows for exactly ``names``; raises ``error``.

    ``one_by_one`` are the names whose rows are tried apart, each with the group that its rows must have. ``pieces`` are
    pieces that come from elsewhere, such as the number words.
    """
    marked = one_by_one or {}
    rows = tuple(_rows(file, error, (one_of("name", names),), (2, 2), dict(pieces or {})))
    for row in rows:
        group = marked.get(row.name)
        if group and group not in row.pattern.groupindex:
            raise error(
                file.name, row.line, f"what it finds is not marked; write (?P<{group}>...) around it."
            )
        if not group and (row.pattern.groups or row.pattern.flags & ~re.UNICODE):
            raise error(file.name, row.line, "a group is written (?:...) here, a flag (?i:...); write it so.")
    found = {row.name for row in rows}
    found |= {row.name.partition(CHOICE)[0] + CHOICE for row in rows}
    if missing := [name for name in names if name not in found]:
        last = rows[-1].line if rows else 1
        raise error(file.name, last, f"no row for {', '.join(sorted(missing))}; add one below this line.")
    return PatternTable(rows, tuple(marked))


def read_rows(file: Path, error: type[DataFileError], check: Check) -> tuple[PatternRow, ...]:
    """Rows ``name, pattern, unless`` of ``file`` in their order; raises ``error`` with what ``check`` says of a name."""
    return tuple(_rows(file, error, (check,), (2, 3), {}))


def read_labelled_rows(
    file: Path, error: type[DataFileError], check: Check, check_label: Check
) -> tuple[PatternRow, ...]:
    """Rows ``name, label, pattern, unless`` of ``file`` in their order; raises ``error`` as :func:`read_rows` does."""
    return tuple(_rows(file, error, (check, check_label), (3, 4), {}))


def _rows(
    file: Path,
    error: type[DataFileError],
    checks: tuple[Check, ...],
    columns: tuple[int, int],
    pieces: dict[str, str],
) -> Iterator[PatternRow]:
    """The rows of ``file``; ``checks`` judge the cells before the pattern: the name and, where there is one, the label."""
    own: dict[str, list[str]] = {}
    for line, (name, *cells) in rows_of_tabs(file, error, columns):
        if PIECE_NAME.fullmatch(name):
            own.setdefault(name, []).append(_piece(file, line, cells[-1], pieces, error))
            pieces[name] = "|".join(own[name])
            continue
        for check, cell in zip(checks, (name, *cells), strict=False):
            if problem := check(cell):
                raise error(file.name, line, problem)
        *label, written = cells[: len(checks)]
        unless = [cell for cell in cells[len(checks) :] if cell.strip()]
        yield PatternRow(
            line,
            name,
            "".join(label),
            *(
                pattern_of(file.name, line, _filled(file, line, cell, pieces, error), error)
                for cell in (written, *unless)
            ),
        )


def _piece(file: Path, line: int, written: str, pieces: dict[str, str], error: type[DataFileError]) -> str:
    """A piece as it is put into patterns; it may fit the empty text, a whole pattern may not."""
    filled = _filled(file, line, written, pieces, error)
    try:
        re.compile(filled)
    except re.error as problem:
        raise error(file.name, line, f"the piece cannot be read ({problem}); mend it.") from problem
    return filled


def _filled(file: Path, line: int, written: str, pieces: dict[str, str], error: type[DataFileError]) -> str:
    def piece(found: re.Match[str]) -> str:
        if found.group(1) not in pieces:
            raise error(
                file.name,
                line,
                f"piece {found.group()} is unknown; write a row {found.group(1)} above it, or mend the name.",
            )
        return f"(?:{pieces[found.group(1)]})"

    return PIECE.sub(piece, written)
