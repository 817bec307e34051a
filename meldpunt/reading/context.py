"""What surrounds the words of an indicator: denied or hypothetical, when, whose experience, seen or heard.

Rules that can be read, in the manner of ContextD for Dutch (BMC Bioinformatics 2014, 15:373): a trigger works within its
clause. They sharpen what the trained reader decided; they never invent an indicator.
The words are data (``context.tsv``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import get_args

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternTable, read_table
from meldpunt.reading.types import Experiencer, Modality, Polarity, Source, Time

DATA = Path(__file__).resolve().parent.parent / "data" / "context.tsv"
NAMES = frozenset(
    {
        "clause_end", "quote_end", "negation", "negation_that_asserts", "hypothetical", "joke", "media", "general",
        "suspicion", "over", "saw", "heard", "hearsay", "self", "asks_help",
        "general_question",
        *(f"time.{value}" for value in get_args(Time) if value != "onbekend"),
    }
)  # fmt: skip
SENTENCE_END = re.compile(r"[.!?\n]")


class ContextWordsError(DataFileError):
    """``context.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def context_words() -> PatternTable:
    """The words that surround, by name; raises :class:`ContextWordsError`."""
    return load_context_words(DATA)


def load_context_words(file: Path) -> PatternTable:
    """Read and check the words in ``file``; raises :class:`ContextWordsError`."""
    return read_table(file, ContextWordsError, NAMES)


def has(name: str, text: str) -> bool:
    """Whether words of ``name`` stand in the plain ``text``."""
    return bool(context_words()[name].search(text))


def help_asked_at(text: str) -> int:
    """Where in the plain ``text`` the reporter begins to ask what to do; 0 also where nothing is asked."""
    found = context_words()["asks_help"].search(text)
    return found.start() if found else 0


def clause_around(text: str, start: int, end: int) -> str:
    """The clause of the plain ``text`` that holds ``start:end``, with half a clause of context on each side."""
    left, right = 0, len(text)
    for stop in context_words()["clause_end"].finditer(text):
        if stop.end() <= start:
            left = stop.end()
        elif stop.start() >= end:
            right = stop.start()
            break
    return text[left:right]


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds ``start:end``; unpunctuated messages count as one sentence."""
    left = max((m.end() for m in SENTENCE_END.finditer(text[:start])), default=0)
    stop = SENTENCE_END.search(text[end:])
    return text[left : end + stop.start() if stop else len(text)]


def polarity_of(clause: str) -> Polarity:
    """``ontkend`` when a plain denial governs the clause ("hij heeft me nooit bedreigd")."""
    asserting = context_words()["negation_that_asserts"]
    return "ontkend" if has("negation", asserting.sub(" ", clause)) else "bevestigd"


def modality_of(sentence: str) -> Modality:
    """Hypothetical, joke, quotation/media, suspicion or fact."""
    if has("hypothetical", sentence):
        return "hypothetisch"
    if has("media", sentence):
        return "citaat/media"
    if has("joke", sentence):
        return "grap"
    return "vermoeden" if has("suspicion", sentence) else "feit"


def time_of(clause: str, sentence: str) -> Time:
    """The time named in the clause, else in the sentence, else unknown (unknown counts as now, domain.md 2.1)."""
    for scope in (clause, sentence):
        if time := context_words().choice("time", scope):
            return time  # type: ignore[return-value]
    return "onbekend"


def experiencer_of(clause: str, reporter_is_self: bool | None) -> Experiencer:
    """Whose experience it is: the reporter's own, that of the person concerned, or of people in general."""
    if has("general", clause):
        return "algemeen"
    if reporter_is_self or (reporter_is_self is None and has("self", clause)):
        return "melder"
    return "betrokkene"


def source_of(sentence: str, reporter_is_self: bool | None) -> Source:
    """Observation, statement or inference kept apart (domain.md 3.2: waarneming, mededeling, conclusie)."""
    if reporter_is_self:
        return "zelf_meegemaakt"
    if has("saw", sentence):
        return "zelf_gezien"
    if has("heard", sentence):
        return "gehoord_van_betrokkene"
    return "gehoord_van_ander" if has("hearsay", sentence) else "vermoeden"
