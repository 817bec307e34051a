"""The gazetteer: names of places in Twente, the rules for ambiguous names, and places outside (domain.md 6)."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
RULES = frozenset({"standaard", "locatief", "nabij", "vragen", "hoofdletters", "buiten", "nooit"})
MUNICIPALITIES = (
    "Almelo", "Borne", "Dinkelland", "Enschede", "Haaksbergen", "Hellendoorn", "Hengelo", "Hof van Twente",
    "Losser", "Oldenzaal", "Rijssen-Holten", "Tubbergen", "Twenterand", "Wierden",
)  # fmt: skip


class GazetteerError(ValueError):
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


def key(text: str) -> str:
    """Case, diacritics, apostrophes and hyphens do not distinguish names: ``Hof van Twente`` → ``hof van twente``."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.replace("’", "'").replace("'", "").replace("-", " ").split())


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Read and check ``gazetteer.csv``, ``place_rules.csv`` and ``outside.txt``; raises :class:`GazetteerError`."""
    entries = {key(name): Entry(name, (), rule) for name, rule in _outside()}
    for name, municipalities in _names().items():
        entries[key(name)] = Entry(
            name, municipalities, "standaard" if len(municipalities) == 1 else "vragen"
        )
    for row in _rows("place_rules.csv"):
        name, known = row["naam"], entries.get(key(row["naam"]))
        chosen = (row["gemeente"],) if row["gemeente"] else (known.municipalities if known else ())
        entries[key(name)] = Entry(name, chosen, row["regel"], tuple(c for c in row["cues"].split("|") if c))
    return Gazetteer(entries, max(len(k.split()) for k in entries))


def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("gazetteer.csv"):
        known = found.get(row["naam"], ())
        if row["gemeente"] not in known:
            found[row["naam"]] = (*known, row["gemeente"])
    return found


def _outside() -> Iterator[tuple[str, str]]:
    for line in (DATA / "outside.txt").read_text(encoding="utf-8").splitlines():
        if name := line.partition("#")[0].strip():
            yield (name[:-1], "buiten_locatief") if name.endswith("*") else (name, "buiten")


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), 2):
            municipality, rule = row.get("gemeente"), row.get("regel", "standaard")
            if municipality and municipality not in MUNICIPALITIES:
                raise GazetteerError(
                    f"{file}, line {number}: {municipality!r} is not one of the 14 municipalities."
                )
            if rule not in RULES:
                raise GazetteerError(
                    f"{file}, line {number}: rule {rule!r} is unknown; use one of {sorted(RULES)}."
                )
            if not row.get("naam"):
                raise GazetteerError(
                    f"{file}, line {number}: the name is empty; remove the line or fill it in."
                )
            yield row
