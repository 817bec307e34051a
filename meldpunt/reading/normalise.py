"""Chat language to plain Dutch, without losing where each word stood (domain.md 1.3).

The rules below the model read :class:`Normalised` text; ``origin`` maps each of its characters back to the text as
typed, so that a span found in the plain text is shown to staff in the visitor's own words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meldpunt.data_files import DataFileError, rows_of_csv

DATA = Path(__file__).resolve().parent.parent / "data"
TOKEN = re.compile(r"'?[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|_", re.UNICODE)
STRETCHED = re.compile(r"([a-z])\1{2,}")
QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " "})
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


class VocabularyError(DataFileError):
    """``normalise.csv`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True)
class Normalised:
    """Plain lower-case ``text``; character ``i`` of it comes from ``typed[origin[i]]``."""

    typed: str
    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the text as typed for a span ``start:end`` (``end`` exclusive) in the plain text."""
        if start >= end or not self.origin:
            return 0, 0
        first, last = self.origin[start], self.origin[end - 1]
        return first, min(len(self.typed), self._word_end(last))

    def _word_end(self, position: int) -> int:
        end = position + 1
        while end < len(self.typed) and self.typed[end].isalnum():
            end += 1
        return end


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, str]:
    """Chat words and their plain forms from ``normalise.csv``."""
    return load_vocabulary(DATA / "normalise.csv")


def load_vocabulary(file: Path) -> dict[str, str]:
    """Read and check the chat words in ``file``; raises :class:`VocabularyError`."""
    found: dict[str, str] = {}
    for number, row in rows_of_csv(file, VocabularyError, ("getypt", "gewoon")):
        typed, plain = row["getypt"], row["gewoon"]
        if not typed.strip() or not plain.strip():
            raise VocabularyError(file.name, number, "a word is empty; fill in both, or remove the line.")
        if typed != typed.lower() or plain != plain.lower():
            raise VocabularyError(file.name, number, "words are in lower case; write them so.")
        if found.setdefault(typed, plain) != plain:
            raise VocabularyError(
                file.name, number, f"{typed!r} is there twice with another meaning; remove one."
            )
    return found


def normalise(typed: str) -> Normalised:
    """Lower-case, plain words, single spaces. Linear in the length of ``typed``; never raises."""
    words = vocabulary()
    pieces: list[str] = []
    origin: list[int] = []
    for match in TOKEN.finditer(typed.translate(QUOTES)):
        plain = _plain(match.group(), words)
        if not plain:
            continue
        if pieces:
            pieces.append(" ")
            origin.append(match.start())
        pieces.append(plain)
        origin.extend(min(match.start() + i, match.end() - 1) for i in range(len(plain)))
    return Normalised(typed, "".join(pieces), tuple(origin))


def _plain(token: str, words: dict[str, str]) -> str:
    folded = "".join(c for c in unicodedata.normalize("NFKC", token).lower() if c not in INVISIBLE)
    if folded in words:
        return words[folded]
    squeezed = STRETCHED.sub(r"\1", folded)
    return words.get(squeezed, squeezed)
