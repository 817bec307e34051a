"""Find places in a message as typed (domain.md 6.2: homonyms, spelling, what must be asked)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternTable, read_table
from meldpunt.places.gazetteer import Entry, Gazetteer, key, load_gazetteer
from meldpunt.reading.types import Place, PlaceStatus

WORD = re.compile(r"'?[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
DATA = Path(__file__).resolve().parent.parent / "data" / "place_words.tsv"
NAMES = frozenset({"before", "of", "adjective", "inflected", "ordinary"})
MARKS = ",.!?;:\n"
DROPPED = ("", "e", "o")  # the last letter of a name that its ending replaced: Hengel(o)se, Born(e)se
MIN_FUZZY = 6  # domain.md 6.2: distance 1 for names of six letters and more, none for shorter ones
MIN_FUZZY_ANYWHERE = 8  # so long a name of Twente is like no other word ("haaksbrgen"), wherever it stands
MIN_FUZZY_OUTSIDE = 8  # short names outside Twente look too much like ordinary words (Diemen, Vorden)


class PlaceWordsError(DataFileError):
    """``place_words.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def place_words() -> PatternTable:
    """The words around names of places; raises :class:`PlaceWordsError`."""
    return load_place_words(DATA)


def load_place_words(file: Path) -> PatternTable:
    """Read and check the words in ``file``; raises :class:`PlaceWordsError`."""
    return read_table(file, PlaceWordsError, NAMES, one_by_one={"inflected": "stem"})


def find_answered_place(text: str, gazetteer: Gazetteer | None = None) -> Place | None:
    """The place that answers the question where: a bare "goor" is the town then, not the adjective."""
    book = gazetteer or load_gazetteer()
    asked = find_places(f"in {text.strip()[:1].upper()}{text.strip()[1:]}", book)
    if asked:
        return asked[0]
    entry = book.entries.get(key(text.strip()))
    if entry is None or not entry.municipalities:
        return None
    status: PlaceStatus = "zeker" if len(entry.municipalities) == 1 else "vragen"
    return Place(entry.name, entry.municipalities[0], entry.municipalities, status, 0, len(text))


def find_places(text: str, gazetteer: Gazetteer | None = None) -> tuple[Place, ...]:
    """Places in ``text``, in order; each with its municipality, what must be asked, or that it lies outside."""
    book = gazetteer or load_gazetteer()
    words = list(WORD.finditer(text))
    keys = [key(word.group()) for word in words]
    joined = " ".join(keys)
    places: list[Place] = []
    position = 0
    while position < len(words):
        match = _longest(book, words, keys, position)
        if match is None:
            position += 1
            continue
        entry, length = match
        start, end = words[position].start(), words[position + length - 1].end()
        place = _decide(entry, text, start, end, _before(keys, position), joined)
        if place:
            places.append(place)
        position += length
    return tuple(places)


def summarise(places: Sequence[Place]) -> str | None:
    """One municipality for the message: a sure one first, then ``"?"`` (ask), then ``"buiten"``, else None."""
    sure = [p.municipality for p in places if p.status == "zeker"]
    if sure:
        return sure[0]
    if any(p.status == "vragen" for p in places):
        return "?"
    return "buiten" if places else None


def _longest(
    book: Gazetteer, words: list[re.Match[str]], keys: list[str], position: int
) -> tuple[Entry, int] | None:
    for length in range(min(book.longest, len(keys) - position), 0, -1):
        name = " ".join(keys[position : position + length])
        if name in book.entries:
            return book.entries[name], length
    return _similar(book, words, keys, position)


def _similar(
    book: Gazetteer, words: list[re.Match[str]], keys: list[str], position: int
) -> tuple[Entry, int] | None:
    """A misspelt or inflected name (``Enschde``, ``Hengelose``), only where the sentence puts a place."""
    name, typed = keys[position], words[position].group()
    capital = typed[0].isupper()
    for candidate in (
        _stems(name) if capital or (place_words()["adjective"].search(name) and len(name) > MIN_FUZZY) else ()
    ):
        entry = book.entries.get(candidate)
        if entry and entry.rule in ("standaard", "locatief", "los", "buiten"):
            return entry, 1
    placed = _before(keys, position) or (capital and position > 0)
    if len(name) < (MIN_FUZZY if placed else MIN_FUZZY_ANYWHERE) or place_words()["ordinary"].search(name):
        return None
    best = [
        entry
        for other, entry in book.entries.items()
        if len(other) >= (MIN_FUZZY_OUTSIDE if entry.rule == "buiten" else MIN_FUZZY)
        and (placed or entry.rule == "standaard")
        and " " not in other
        and entry.rule in ("standaard", "buiten")
        and OSA.distance(name, other, score_cutoff=1) == 1
    ]
    return (best[0], 1) if best else None


def _stems(name: str) -> Iterator[str]:
    for pattern in place_words().each("inflected"):
        if match := pattern.search(name):
            yield from (match.group("stem") + letter for letter in DROPPED)


def _before(keys: list[str], position: int) -> bool:
    return position > 0 and bool(place_words()["before"].search(keys[position - 1]))


def _decide(entry: Entry, text: str, start: int, end: int, locative: bool, joined: str) -> Place | None:
    typed = text[start:end]
    capital = typed[:1].isupper() and text[:start].rstrip()[-1:] not in ("", ".", "!", "?", "\n")
    cue = any(re.search(rf"\b{re.escape(key(c))}\b", joined) for c in entry.cues)
    rule = entry.rule

    def place(status: str, municipality: str | None = None) -> Place:
        return Place(entry.name, municipality, entry.municipalities, status, start, end)  # type: ignore[arg-type]

    sure = entry.municipalities[0] if entry.municipalities else None
    if rule == "nooit" or (rule == "hoofdletters" and typed != entry.name):
        return None
    if rule == "buiten_locatief":
        return place("buiten") if locative and typed[:1].isupper() else None
    if rule == "buiten":
        return place("buiten")
    if rule == "nabij":
        if cue:
            return place("zeker", sure)
        return place("vragen") if locative and typed[:1].isupper() and " " not in typed else None
    if rule == "vragen":
        if cue and sure:
            return place("zeker", sure)
        return place("vragen") if locative or typed[:1].isupper() or len(typed) > MIN_FUZZY else None
    if rule in ("locatief", "los"):
        alone = rule == "los" and _between_marks(text, start, end)
        return place("zeker", sure) if locative or capital or cue or alone or _after_of(text, start) else None
    return place("vragen") if cue else place("zeker", sure)


def _between_marks(text: str, start: int, end: int) -> bool:
    """Whether a name stands by itself, as people write at the end or the beginning where they are: ", wierden"."""
    before, after = text[:start].rstrip(" "), text[end:].lstrip(" ")
    return (not before or before[-1] in MARKS) and (not after or after[0] in MARKS)


def _after_of(text: str, start: int) -> bool:
    earlier = text[:start].split()
    return bool(earlier) and bool(place_words()["of"].search(key(earlier[-1])))
