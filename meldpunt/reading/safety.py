"""Safety cues from the words themselves, before and independent of any classifier (conversation.md, "Safety").

The phrase families are data (``safety_phrases.tsv``). What switches a family off must stand in the same clause, so a
denial elsewhere in the message never hides a cue (domain.md 1.3, special rules).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternRow, filled, one_of, read_labelled_rows
from meldpunt.reading.context import clause_around
from meldpunt.reading.normalise import Normalised
from meldpunt.reading.types import IntentGuess, SafetyCue

DATA = Path(__file__).resolve().parent.parent / "data" / "safety_phrases.tsv"
KINDS = ("nu_in_gevaar", "opgesloten_vastgehouden", "suicidaal", "dader_leest_mee", "vermist_weggelopen")
# What the classifier hears calls for the same texts as the words themselves; the first kind is the one that is said.
KINDS_OF_INTENT = {
    "danger_now": ("nu_in_gevaar", "opgesloten_vastgehouden"),
    "suicidal": ("suicidaal",),
    "someone_is_watching": ("dader_leest_mee",),
}


HALF_SURE = 0.35  # a needless text about danger or suicide costs less than one that is missing
SAID_WHEN_HALF_SURE = frozenset({"danger_now", "suicidal"})


class SafetyDataError(DataFileError):
    """``safety_phrases.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def families() -> tuple[PatternRow, ...]:
    """The phrase families in the order of the file; raises :class:`SafetyDataError` on a mistake in it."""
    return load_families(DATA)


def load_families(file: Path) -> tuple[PatternRow, ...]:
    """Read and check the phrase families in ``file``; raises :class:`SafetyDataError`."""
    return read_labelled_rows(file, SafetyDataError, one_of("kind", KINDS), filled("name of the family"))


def heard_kinds(guess: IntentGuess | None) -> tuple[str, ...]:
    """The kinds of cue that the classifier hears, the one to say first; of danger and suicide also when half sure."""
    if guess is None or not (guess.sure or (guess.name in SAID_WHEN_HALF_SURE and guess.confidence >= HALF_SURE)):
        return ()
    return KINDS_OF_INTENT.get(guess.name, ())


def find_cues(message: Normalised) -> tuple[SafetyCue, ...]:
    """All safety cues in the message, in the order of the families; one a family."""
    cues = []
    for family in families():
        for match in family.pattern.finditer(message.text):
            if family.unless and family.unless.search(
                clause_around(message.text, match.start(), match.end())
            ):
                continue
            start, end = message.span(match.start(), match.end())
            cues.append(SafetyCue(family.name, start, end, message.typed[start:end], family.label))  # type: ignore[arg-type]
            break
    return tuple(cues)
