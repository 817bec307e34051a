"""What somebody says beside the open question: kept, so that it is not asked again (``data/volunteered.tsv``)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import meldpunt
from bot.actions import answers
from bot.actions.answering import answer_place
from bot.actions.dossier import Dossier
from bot.actions.reply import Turn
from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternRow, one_of, read_labelled_rows
from meldpunt.reading import Reading, normalise

FILE = Path(meldpunt.__file__).parent / "data" / "volunteered.tsv"
AS_SAID = "*"
ONLY_WHEN_ASKED = "wants_asked"  # words that are a wish only where it was asked for
ASKS = frozenset(
    {"who_knows", "person_knows", "in_danger_now", "since_when", "already_done", "wants", "when", ONLY_WHEN_ASKED}
)  # fmt: skip
VALUES = frozenset({"yes", "no", "help", "advice", "now", AS_SAID})
ABOUT_ANOTHER = frozenset({"person_knows"})  # asked of those who report for somebody else
FEW_WORDS = 10


class VolunteeredError(DataFileError):
    """``volunteered.tsv`` holds a mistake; the message names the line and the remedy."""


def take_beside(dossier: Dossier, turn: Turn, open_ask: str | None) -> None:
    """Write down age, place and moment, and what else later questions would ask; what was answered stays."""
    reading = turn.reading
    if reading is None or open_ask in answers.FREE:
        return
    dossier.learn(_still_open(dossier, reading), turn.number)
    _take_words(dossier, turn)


def volunteered(dossier: Dossier, turn: Turn) -> str | None:
    """The same where the message answers nothing that was asked; says what Sam says to it, None where it held nothing."""
    reading = turn.reading
    if reading is None or len(turn.text.split()) > FEW_WORDS:
        return None
    before = {ask: one.value for ask, one in dossier.answers.items()}
    age = dossier.age
    dossier.learn(reading, turn.number)
    if "place" not in before and (place := answers.municipality(turn.text)):
        answer_place(dossier, place, turn.number)
    _take_words(dossier, turn)
    after = {ask: one.value for ask, one in dossier.answers.items()}
    if after == before and dossier.age == age:
        return None
    changed = age not in (None, dossier.age) or any(after[ask] != value for ask, value in before.items())
    return "utter_corrected" if changed else "utter_ack_short"


def said_of(ask: str, text: str) -> str | None:
    """What these words say to one ask, wherever they stand."""
    plain = normalise(text).text
    return next((row.label for row in volunteered_words() if row.name == ask and row.search(plain)), None)


def _still_open(dossier: Dossier, reading: Reading) -> Reading:
    """The reading without what was answered before."""
    known = dossier.answers
    return replace(
        reading,
        age=None if "age_band" in known else reading.age,
        gemeente=None if "place" in known else reading.gemeente,
        moment=None if "when" in known else reading.moment,
    )


def _take_words(dossier: Dossier, turn: Turn) -> None:
    words = normalise(turn.text)
    for row in volunteered_words():
        if row.name in (ONLY_WHEN_ASKED, *dossier.answers) or (
            row.name in ABOUT_ANOTHER and dossier.role in ("self", None)
        ):
            continue
        if found := row.search(words.text):
            said = turn.text[words.origin[found.start()] : words.origin[found.end() - 1] + 1]
            dossier.note(row.name, said if row.label == AS_SAID else row.label, turn.number, "afgeleid")


def check_words() -> None:
    """Read the words of answers; raises :class:`DataFileError` for a mistake in them."""
    answers.answer_words(), volunteered_words()


@lru_cache(maxsize=1)
def volunteered_words() -> tuple[PatternRow, ...]:
    """Read and check ``volunteered.tsv``; raises :class:`VolunteeredError`."""
    return load_volunteered_words(FILE)


def load_volunteered_words(file: Path) -> tuple[PatternRow, ...]:
    """Read and check the rows in ``file``; raises :class:`VolunteeredError`."""
    return read_labelled_rows(file, VolunteeredError, one_of("ask", ASKS), one_of("value", VALUES))
