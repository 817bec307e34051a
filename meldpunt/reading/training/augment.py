"""Honest noise for training only: how people type in a hurry. Augmented copies are never counted as data."""

from __future__ import annotations

import random
import re
import string
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from meldpunt.reading.training.data import Example

SPELLINGS = Path(__file__).with_name("chat_spelling.tsv")
TWENTS = Path(__file__).with_name("twents_spelling.tsv")
SOUND = "~"  # begins a row on a sound inside words
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {c: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in ROWS for i, c in enumerate(row)}
JOINTS = (". ", " en ", " ", "\n", ", ", " ... ", " ook ")
MAX_JOINED_WORDS = 60
JOINED_SHARE = 0.3  # people send two things at once
TWENTS_SHARE = 0.15
CLIPPED_ENDING = re.compile(r"(?<=[bdfgklmprstv])en\b")


def augment(example: Example, others: list[Example], rng: random.Random) -> Example:
    """One noisy reading of ``example``: 40 % stay as written; some are joined with one of ``others``."""
    if example.complete and example.intent is None and rng.random() < JOINED_SHARE:
        example = join(example, rng.choice(others), rng)
    if rng.random() < TWENTS_SHARE:
        return replace(example, text=twents(example.text, rng))
    if rng.random() < 0.4:
        return example
    return replace(example, text=noisy(example.text, rng))


def join(first: Example, second: Example, rng: random.Random) -> Example:
    """Two messages sent as one assert what either asserts; near-misses stay near-misses unless asserted."""
    if len(first.text.split()) + len(second.text.split()) > MAX_JOINED_WORDS:
        return first
    labels = dict.fromkeys(first.asserted | second.asserted, True)
    text = first.text.rstrip(".") + rng.choice(JOINTS) + second.text
    return replace(first, text=text, labels=labels, hard=(first.hard | second.hard) - set(labels))


def noisy(text: str, rng: random.Random) -> str:
    """The text as another person in a hurry could have typed it."""
    if rng.random() < 0.5:
        text = text.lower()
    if rng.random() < 0.35:
        text = re.sub(r"[.,;:!?\"'()]+", "", text)
    if rng.random() < 0.5:
        text = chat_spelling(text, rng, rng.uniform(0.1, 0.6))
    if rng.random() < 0.4:
        text = typing_errors(text, rng, rng.uniform(0.01, 0.05))
    return text


@lru_cache(maxsize=2)
def spellings(file: Path) -> dict[str, tuple[str, ...]]:
    """Spellings of each word in ``file``."""
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {word: tuple(typed.split()) for word, typed in rows}


def chat_spelling(text: str, rng: random.Random, share: float) -> str:
    """Replace about ``share`` of the words that have a chat spelling."""
    return _spelt(text, spellings(SPELLINGS), rng, share)


def twents(text: str, rng: random.Random) -> str:
    """A rough imitation of how the text could be typed in Twents: words, some sounds and clipped endings."""
    share = rng.uniform(0.4, 0.95)
    table = spellings(TWENTS)
    heard = [row for row in table if row.startswith(SOUND) and rng.random() < share]
    sounds = {row.removeprefix(SOUND): rng.choice(table[row]) for row in heard}
    words = []
    for word in re.split(r"(\s+)", _spelt(text, table, rng, share)):
        if rng.random() < share:
            for sound, typed in sounds.items():
                word = word.replace(sound, typed)
            word = CLIPPED_ENDING.sub("n", word)
        words.append(word)
    return "".join(words)


def _spelt(text: str, table: dict[str, tuple[str, ...]], rng: random.Random, share: float) -> str:
    def spell(word: re.Match[str]) -> str:
        choices = table.get(word.group().lower())
        return rng.choice(choices) if choices and rng.random() < share else word.group()

    return re.sub(r"[\w']+", spell, text)


def typing_errors(text: str, rng: random.Random, share: float) -> str:
    """Drop, double, swap or mistype about ``share`` of the letters."""
    letters = list(text)
    for i, letter in enumerate(letters):
        if letter.lower() not in string.ascii_lowercase or rng.random() >= share:
            continue
        kind = rng.randrange(4)
        if kind == 0:
            letters[i] = ""
        elif kind == 1:
            letters[i] = letter * 2
        elif kind == 2 and i + 1 < len(letters) and letters[i + 1].isalpha():
            letters[i], letters[i + 1] = letters[i + 1], letter
        else:
            letters[i] = rng.choice(NEIGHBOURS.get(letter.lower()) or letter)
    return "".join(letters)
