"""The gazetteer: names of places in Twente, the rules for ambiguous names, and places outside (domain.md 6)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError, read_text, rows_of_csv

DATA = Path(__file__).resolve().parent.parent / "data"
NAME_COLUMNS = ("naam", "soort", "gemeente", "cbs", "ambigu", "opmerking")
RULE_COLUMNS = ("naam", "regel", "gemeente", "cues", "opmerking")
NAME = re.compile(r"[^\W\d_][^\d_,;]*\*?")
RULES = frozenset({"standaard", "locatief", "los", "nabij", "vragen", "hoofdletters", "buiten", "nooit"})
MUNICIPALITIES = (
    "Almelo", "Borne", "Dinkelland", "Enschede", "Haaksbergen", "Hellendoorn", "Hengelo", "Hof van Twente",
    "Losser", "Oldenzaal", "Rijssen-Holten", "Tubbergen", "Twenterand", "Wierden",
)  # fmt: skip


class GazetteerError(DataFileError):
    """The place data holds a mistake; the message names file, line and remedy."""


@dataclass(frozen=True)
class Entry:
    """One name with the municipalities it may lie in, its rule and the words that decide an ambiguous name."""

    name: str
    municipalities: tuple[str, ...]
    rule: str
    cues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gazetteer:
    """All names by their key (see :func:`key`); ``longest`` is the largest number of words in a name."""

    entries: dict[str, Entry]
    longest: int

    @property
    def municipalities(self) -> tuple[str, ...]:
        """The 14 municipalities of Twente, by the alphabet."""
        return tuple(sorted({name for entry in self.entries.values() for name in entry.municipalities}))


def key(text: str) -> str:
    """Case, diacritics, apostrophes and hyphens do not distinguish names: ``Hof van Twente`` → ``hof van twente``."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.replace("’", "'").replace("'", "").replace("-", " ").split())


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Read and check ``gazetteer.csv``, ``place_rules.csv`` and ``outside.txt``; raises :class:`GazetteerError`."""
    return read_gazetteer(DATA)


def read_gazetteer(folder: Path) -> Gazetteer:
    """Read and check the three files in ``folder``; raises :class:`GazetteerError`."""
    entries = {key(name): Entry(name, (), rule) for name, rule in _outside(folder / "outside.txt")}
    for name, municipalities in _names(folder / "gazetteer.csv").items():
        entries[key(name)] = Entry(
            name, municipalities, "standaard" if len(municipalities) == 1 else "vragen"
        )
    for row in _rows(folder / "place_rules.csv", RULE_COLUMNS):
        name, known = row["naam"], entries.get(key(row["naam"]))
        chosen = (row["gemeente"],) if row["gemeente"] else (known.municipalities if known else ())
        entries[key(name)] = Entry(name, chosen, row["regel"], tuple(c for c in row["cues"].split("|") if c))
    return Gazetteer(entries, max(len(k.split()) for k in entries))


def _names(file: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows(file, NAME_COLUMNS):
        known = found.get(row["naam"], ())
        if row["gemeente"] not in known:
            found[row["naam"]] = (*known, row["gemeente"])
    return found


def _outside(file: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, line in enumerate(read_text(file, GazetteerError).splitlines(), 1):
        name = line.partition("#")[0].strip()
        if not name:
            continue
        if not NAME.fullmatch(name):
            raise GazetteerError(file.name, number, f"{name!r} is no name of a place; one name a line.")
        if name.rstrip("*") in seen:
            raise GazetteerError(file.name, number, f"{name!r} is there twice; remove one.")
        seen.add(name.rstrip("*"))
        yield (name[:-1], "buiten_locatief") if name.endswith("*") else (name, "buiten")


def _rows(file: Path, header: tuple[str, ...]) -> Iterator[dict[str, str]]:
    for number, row in rows_of_csv(file, GazetteerError, header):
        if problem := _problem(row):
            raise GazetteerError(file.name, number, problem)
        yield row


def _problem(row: dict[str, str]) -> str:
    if not row["naam"].strip():
        return "the name is empty; remove the line or fill it in."
    if row["gemeente"] and row["gemeente"] not in MUNICIPALITIES:
        return f"{row['gemeente']!r} is not one of the 14 municipalities; write one as in {', '.join(MUNICIPALITIES)}."
    if "regel" not in row and not row["gemeente"]:
        return "the municipality is empty; fill it in."
    if row.get("regel", "standaard") not in RULES:
        return f"rule {row['regel']!r} is unknown; use one of {', '.join(sorted(RULES))}."
    return ""
