"""Facts for triage that are no indicators, taken from the words themselves (``data/flags.tsv``; domain.md 2.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError, pattern_of, rows_of_tabs
from meldpunt.reading.normalise import normalise
from meldpunt.triage.checks import FLAGS

FILE = Path(__file__).resolve().parent.parent / "data" / "flags.tsv"


class FlagDataError(DataFileError):
    """``flags.tsv`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True)
class FlagWords:
    """Words that set a flag, and what must not stand beside them."""

    flag: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


def find_flags(text: str) -> frozenset[str]:
    """The flags that the words of one message set; people may take them back."""
    plain = normalise(text).text
    return frozenset(
        row.flag
        for row in flag_words()
        if row.pattern.search(plain) and not (row.unless and row.unless.search(plain))
    )


@lru_cache(maxsize=1)
def flag_words() -> tuple[FlagWords, ...]:
    """Read and check ``flags.tsv``; raises :class:`FlagDataError`."""
    return load_flag_words(FILE)


def load_flag_words(file: Path) -> tuple[FlagWords, ...]:
    """Read and check the rows in ``file``; raises :class:`FlagDataError`."""
    return tuple(
        _row(file.name, number, cells) for number, cells in rows_of_tabs(file, FlagDataError, (2, 3))
    )


def _row(file: str, number: int, cells: list[str]) -> FlagWords:
    flag, pattern, *unless = cells
    if flag not in FLAGS:
        raise FlagDataError(file, number, f"flag {flag!r} is unknown; use one of {', '.join(sorted(FLAGS))}.")
    return FlagWords(
        flag,
        pattern_of(file, number, pattern, FlagDataError),
        pattern_of(file, number, unless[0], FlagDataError) if unless and unless[0].strip() else None,
    )
