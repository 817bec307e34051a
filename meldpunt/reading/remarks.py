"""What a message shows about itself, from its words alone (``data/remarks.tsv``): a prank, the writer's own acts, a
question to Sam, a change of mind. It changes what Sam says and what staff see, never a level.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError, pattern_of, rows_of_tabs
from meldpunt.reading.normalise import normalise

FILE = Path(__file__).resolve().parent.parent / "data" / "remarks.tsv"
NOT_SERIOUS, OWN_ACTS, QUESTION = "not_serious", "own_acts", "question"
KEEP_FROM_PARENTS, THINKS_AGAIN, NOT_KEPT = "keep_from_parents", "thinks_again", "not_kept"
ALONE, NO_DANGER, LITTLE_DUTCH = "alone", "no_danger", "little_dutch"
DONT_KNOW, NO_CONTACT = "dont_know", "no_contact"
KINDS = frozenset(
    {
        NOT_SERIOUS, OWN_ACTS, QUESTION, KEEP_FROM_PARENTS, THINKS_AGAIN, NOT_KEPT, ALONE, NO_DANGER, LITTLE_DUTCH,
        DONT_KNOW, NO_CONTACT,
    }
)  # fmt: skip


class RemarksError(DataFileError):
    """``remarks.tsv`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True)
class RemarkWords:
    """Words that show a kind of message, and what must not stand beside them."""

    kind: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


def remarks_in(text: str) -> frozenset[str]:
    """The kinds of message that these words show."""
    plain = normalise(text).text
    return frozenset(
        row.kind
        for row in remark_words()
        if row.pattern.search(plain) and not (row.unless and row.unless.search(plain))
    )


@lru_cache(maxsize=1)
def remark_words() -> tuple[RemarkWords, ...]:
    """Read and check ``remarks.tsv``; raises :class:`RemarksError`."""
    return load_remark_words(FILE)


def load_remark_words(file: Path) -> tuple[RemarkWords, ...]:
    """Read and check the rows in ``file``; raises :class:`RemarksError`."""
    return tuple(_row(file.name, number, cells) for number, cells in rows_of_tabs(file, RemarksError, (2, 3)))


def _row(file: str, number: int, cells: list[str]) -> RemarkWords:
    kind, pattern, *unless = cells
    if kind not in KINDS:
        raise RemarksError(file, number, f"kind {kind!r} is unknown; use one of {', '.join(sorted(KINDS))}.")
    return RemarkWords(
        kind,
        pattern_of(file, number, pattern, RemarksError),
        pattern_of(file, number, unless[0], RemarksError) if unless and unless[0].strip() else None,
    )
