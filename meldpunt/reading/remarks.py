"""What a message shows about itself, from its words alone (``data/remarks.tsv``): a prank, the writer's own acts, a
question to Sam, a change of mind. It changes what Sam says and what staff see, never a level.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternRow, one_of, read_rows
from meldpunt.reading.normalise import normalise

FILE = Path(__file__).resolve().parent.parent / "data" / "remarks.tsv"
NOT_SERIOUS, OWN_ACTS, QUESTION = "not_serious", "own_acts", "question"
KEEP_FROM_PARENTS, THINKS_AGAIN, NOT_KEPT = "keep_from_parents", "thinks_again", "not_kept"
ALONE, NO_DANGER, LITTLE_DUTCH = "alone", "no_danger", "little_dutch"
DONT_KNOW, NO_CONTACT, CONTACT_HERE = "dont_know", "no_contact", "contact_here"
CALLS_FOR_HELP, TELLS, NOT_BELIEVED, NO_BEGINNING = "calls_for_help", "tells", "not_believed", "no_beginning"
KINDS = frozenset(
    {
        NOT_SERIOUS, OWN_ACTS, QUESTION, KEEP_FROM_PARENTS, THINKS_AGAIN, NOT_KEPT, ALONE, NO_DANGER, LITTLE_DUTCH,
        DONT_KNOW, NO_CONTACT, CONTACT_HERE, CALLS_FOR_HELP, TELLS,
        NOT_BELIEVED, NO_BEGINNING,
    }
)  # fmt: skip


class RemarksError(DataFileError):
    """``remarks.tsv`` holds a mistake; the message names the line and the remedy."""


def remarks_in(text: str) -> frozenset[str]:
    """The kinds of message that these words show."""
    plain = normalise(text).text
    return frozenset(row.name for row in remark_words() if row.found_in(plain))


@lru_cache(maxsize=1)
def remark_words() -> tuple[PatternRow, ...]:
    """Read and check ``remarks.tsv``; raises :class:`RemarksError`."""
    return load_remark_words(FILE)


def load_remark_words(file: Path) -> tuple[PatternRow, ...]:
    """Read and check the rows in ``file``; raises :class:`RemarksError`."""
    return read_rows(file, RemarksError, one_of("kind", KINDS))
