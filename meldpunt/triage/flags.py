"""Facts for triage that are no indicators, taken from the words themselves (``data/flags.tsv``; domain.md 2.3)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternRow, one_of, read_rows
from meldpunt.reading.normalise import normalise
from meldpunt.triage.checks import FLAGS

FILE = Path(__file__).resolve().parent.parent / "data" / "flags.tsv"


class FlagDataError(DataFileError):
    """``flags.tsv`` holds a mistake; the message names the line and the remedy."""


def find_flags(text: str) -> frozenset[str]:
    """The flags that the words of one message set; people may take them back."""
    plain = normalise(text).text
    return frozenset(row.name for row in flag_words() if row.found_in(plain))


@lru_cache(maxsize=1)
def flag_words() -> tuple[PatternRow, ...]:
    """Read and check ``flags.tsv``; raises :class:`FlagDataError`."""
    return load_flag_words(FILE)


def load_flag_words(file: Path) -> tuple[PatternRow, ...]:
    """Read and check the rows in ``file``; raises :class:`FlagDataError`."""
    return read_rows(file, FlagDataError, one_of("flag", FLAGS))
