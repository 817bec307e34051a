"""Small facts in a message: platform, moment and the reporter's role; the words are data (``details.tsv``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import get_args

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternTable, read_table
from meldpunt.reading.types import Role, When

DATA = Path(__file__).resolve().parent.parent / "data" / "details.tsv"
NAMES = frozenset(
    {
        "platform.", "told", "parent", "professional", "surely_self", "bystander", "self",
        *(f"moment.{value}" for value in get_args(When) if value != "unknown"),
    }
)  # fmt: skip


class DetailWordsError(DataFileError):
    """``details.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def detail_words() -> PatternTable:
    """The words that give details, by name; raises :class:`DetailWordsError`."""
    return load_detail_words(DATA)


def load_detail_words(file: Path) -> PatternTable:
    """Read and check the words in ``file``; raises :class:`DetailWordsError`."""
    return read_table(file, DetailWordsError, NAMES)


def find_platforms(text: str) -> tuple[str, ...]:
    """Online platforms named in the plain text, in a fixed order."""
    return detail_words().choices("platform", text)


def find_moment(text: str) -> When | None:
    """When it happens or is planned, in the values of the ask ``when``; None when the message does not say."""
    happening = detail_words()["told"].sub(" ", text)
    return detail_words().choice("moment", happening)  # type: ignore[return-value]


def find_role(text: str) -> Role | None:
    """The reporter's role as far as the words give it; None when it must be asked."""
    words = detail_words()
    if words["parent"].search(text):
        return "parent"
    if words["professional"].search(text):
        return "professional"
    if words["surely_self"].search(text):
        return "self"
    if words["bystander"].search(text):
        return "bystander"
    return "self" if words["self"].search(text) else None
