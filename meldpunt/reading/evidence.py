"""Which words carried a decision: from each token's part in a label's score to one span of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\S+")
EDGES = " \t\n.,;:!?\"'()…"
SPREAD = 0.25  # how far above the average (in standard deviations) a word must be to make a span better


def evidence_span(
    text: str,
    offsets: Sequence[tuple[int, int]],
    parts: NDArray[np.float32],
    word_part: Callable[[str], float] | None = None,
) -> tuple[int, int]:
    """Start and end in ``text`` of the stretch of words that carries the score.

    ``offsets`` are the tokens' places in ``text`` (T), ``parts`` their parts in the score (T,); ``word_part``
    is what the linear reader makes of one word, where it is used: it counts as much as the network.
    """
    inside = [place for place in offsets if place[1] > place[0]]
    words = [
        m.span()
        for m in WORD.finditer(text)
        if inside and inside[0][0] < m.end() and m.start() < inside[-1][1]
    ]
    if not words:
        return 0, len(text)
    weight = _scaled(_of_words(words, offsets, parts))
    if word_part is not None:
        weight += _scaled(np.array([word_part(text[start:end]) for start, end in words]))
    first, last = _densest(weight)
    return _trimmed(text, words[first][0], words[last][1])


def _of_words(
    words: Sequence[tuple[int, int]], offsets: Sequence[tuple[int, int]], parts: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The mean part of each word's tokens: a long word has no more weight because it has more tokens."""
    ends = np.array([end for _, end in words])
    total, count = np.zeros(len(words)), np.zeros(len(words))
    for (start, end), part in zip(offsets, parts.tolist()):  # noqa: B905 (Python 3.10 pairs)
        if end > start:
            word = min(int(np.searchsorted(ends, start, side="right")), len(words) - 1)
            total[word] += part
            count[word] += 1
    return total / np.maximum(count, 1)


def _scaled(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Around 0 with spread 1, so that two sources can be added."""
    scaled: NDArray[np.float64] = (weight - weight.mean()) / max(float(weight.std()), 1e-9)
    return scaled


def _densest(weight: NDArray[np.float64]) -> tuple[int, int]:
    """First and last word of the stretch that carries most above the average word (largest sum of a run)."""
    above = weight - SPREAD * weight.std()
    best, first, last, run, begin = above.max(), int(above.argmax()), int(above.argmax()), 0.0, 0
    for word, part in enumerate(above):
        if run <= 0:
            run, begin = 0.0, word
        run += part
        if run > best:
            best, first, last = run, begin, word
    return first, last


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] in EDGES:
        end -= 1
    while start < end and text[start] in EDGES:
        start += 1
    return start, end
