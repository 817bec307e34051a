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
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {c: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in ROWS for i, c in enumerate(row)}
JOINTS = (". ", " en ", " ", "\n", ", ", " ... ", " ook ")
MAX_JOINED_WORDS = 60
JOINED_SHARE = 0.3  # people send two things at once


def augment(example: Example, others: list[Example], rng: random.Random) -> Example:
    """One noisy reading of ``example``: 40 % stay as written; some are joined with one of ``others``."""
    if example.complete and example.intent is None and rng.random() < JOINED_SHARE:
        example = join(example, rng.choice(others), rng)
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


@lru_cache(maxsize=1)
def spellings() -> dict[str, tuple[str, ...]]:
    """Chat spellings of each word, from ``chat_spelling.tsv``."""
    lines = SPELLINGS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {word: tuple(typed.split()) for word, typed in rows}


def chat_spelling(text: str, rng: random.Random, share: float) -> str:
    """Replace about ``share`` of the words that have a chat spelling."""

    def spell(word: re.Match[str]) -> str:
        choices = spellings().get(word.group().lower())
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
