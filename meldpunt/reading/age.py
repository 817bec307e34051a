"""The age of the young person concerned, where the message says it (never the age of someone else).

The words are data (``age.tsv``, ``number_words.tsv``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError, rows_of_tabs
from meldpunt.pattern_tables import PatternTable, read_table
from meldpunt.reading.normalise import Normalised
from meldpunt.reading.types import Age

DATA = Path(__file__).resolve().parent.parent / "data"
WITH_NUMBER = dict.fromkeys(("self", "concerned", "spouse", "bare"), "n")  # the group that holds the number
NAMES = frozenset({*WITH_NUMBER, "no_age_before", "offender", "older", "young_near", "myself", "taken_for", "not_yet"})
MIN_AGE, MAX_AGE = 6, 70
YOUNGEST, OLDEST = 10, 24  # a bare number is taken for an age only here
OLDER_FROM, OFFENDER_FROM = 18, 19
TEENS = range(12, OLDER_FROM)


class AgeWordsError(DataFileError):
    """``age.tsv`` or ``number_words.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def age_words() -> PatternTable:
    """The words around an age, by name; raises :class:`AgeWordsError`."""
    return load_age_words(DATA / "age.tsv")


def load_age_words(file: Path) -> PatternTable:
    """Read and check the words in ``file``, with the number words beside it; raises :class:`AgeWordsError`."""
    longest_first = sorted(load_number_words(file.with_name("number_words.tsv")), key=len, reverse=True)
    pieces = {"NUMBER_WORD": "|".join(longest_first)}
    return read_table(file, AgeWordsError, NAMES, one_by_one=WITH_NUMBER, pieces=pieces)


@lru_cache(maxsize=1)
def number_words() -> dict[str, int]:
    """Number words and their numbers; raises :class:`AgeWordsError`."""
    return load_number_words(DATA / "number_words.tsv")


def load_number_words(file: Path) -> dict[str, int]:
    """Read and check the number words in ``file``; raises :class:`AgeWordsError`."""
    found: dict[str, int] = {}
    for line, (word, number) in rows_of_tabs(file, AgeWordsError, (2, 2)):
        if not word.isalpha() or word != word.lower():
            raise AgeWordsError(file.name, line, f"{word!r} is not one word in lower case; write it so.")
        if not number.isdecimal():
            raise AgeWordsError(file.name, line, f"{number!r} is no number; write it in digits.")
        if word in found:
            raise AgeWordsError(file.name, line, f"{word!r} is there twice; remove one.")
        found[word] = int(number)
    return found


def find_age(message: Normalised, reporter_is_self: bool | None = None) -> Age | None:
    """The age in whole years of the young person concerned, or None. "Bijna 16" is 15 (domain.md 2.1: lower is safer)."""
    own = _first("self", message, "melder")
    if own and reporter_is_self is not False:
        return own
    spouse = _first("spouse", message, "partner") if reporter_is_self is False else None
    other = spouse or _first("concerned", message, "betrokkene")
    if other and not spouse and other.years >= OFFENDER_FROM:
        other = _only_number(message, reporter_is_self, TEENS) or other  # "hij is 24 zij 15"
    return other or own or _only_number(message, reporter_is_self)


def _only_number(
    message: Normalised, reporter_is_self: bool | None, years: range = range(YOUNGEST, OLDEST + 1)
) -> Age | None:
    """A bare number that can hardly be anything but the age: "snap planet, hij wil afspreken, 14"."""
    found = [
        m
        for pattern in age_words().each("bare")
        for m in pattern.finditer(message.text)
        if _years(m.group("n")) in years
    ]
    found = [m for m in found if not _has("no_age_before", message.text[: m.start("n")][-30:])]
    found = [m for m in found if not _of_someone_else(message.text[: m.start("n")], _years(m.group("n")))]
    if len(found) != 1:
        return None
    start, end = message.span(found[0].start("n"), found[0].end("n"))
    about = "melder" if reporter_is_self or reporter_is_self is None else "betrokkene"
    return Age(_years(found[0].group("n")), start, end, about)  # type: ignore[arg-type]


def _first(name: str, message: Normalised, about: str) -> Age | None:
    for pattern in age_words().each(name):
        for match in pattern.finditer(message.text):
            years = _years(match.group("n"))
            if not MIN_AGE <= years <= MAX_AGE:
                continue
            head = message.text[: match.start("n")]
            named = about == "melder" and _has("myself", match.group())
            if about != "partner" and not named and _of_someone_else(head, years):
                continue
            if about == "melder" and _has("taken_for", head[-40:]):
                continue
            if _has("not_yet", head[-40:]):
                years -= 1
            start, end = message.span(match.start("n"), match.end("n"))
            return Age(years, start, end, "melder" if about == "melder" else "betrokkene")
    return None


def _of_someone_else(head: str, years: int) -> bool:
    """True when the number belongs to the older friend, boss or stranger rather than to the young person."""
    near = head[-45:]
    if _has("young_near", near[-22:]):
        return False
    if years >= OFFENDER_FROM and _has("offender", near):
        return True
    return years >= OLDER_FROM and _has("older", near)


def _has(name: str, text: str) -> bool:
    return bool(age_words()[name].search(text))


def _years(text: str) -> int:
    return int(text) if text.isdigit() else number_words()[text]
