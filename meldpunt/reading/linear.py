"""A linear reader on hashed n-grams: the network's baseline, and mixed with it where that helps.

Standard library and numpy only. Shapes: D buckets, K outputs.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 16
SHORTEST, LONGEST = 2, 5
SUREST = 1e-6  # no reader is surer than this
WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


def ngrams(text: str) -> Iterator[str]:
    """Words, pairs of words, and letters 2-5 within words, all in lower case."""
    words = WORD.findall(text.lower())
    yield from ("w " + word for word in words)
    yield from (f"p {first} {second}" for first, second in pairwise(words))
    for word in words:
        edged = f" {word} "
        for size in range(SHORTEST, min(LONGEST, len(edged)) + 1):
            yield from (edged[i : i + size] for i in range(len(edged) - size + 1))


def hashed(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets that ``text`` falls in, and 1 + log of how often: both (n,)."""
    counts = Counter(zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS for gram in ngrams(text))
    places = np.fromiter(counts.keys(), np.int64, len(counts))
    often = np.fromiter(counts.values(), np.float32, len(counts))
    return places, 1 + np.log(often)


@dataclass(frozen=True)
class LinearReader:
    """One-against-rest logistic regressions in int8: weights (D, K), scale (K,), bias (K,), idf (D,)."""

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    idf: NDArray[np.float16]

    @classmethod
    def load(cls, file: Path) -> LinearReader:
        """From the arrays that training wrote."""
        with np.load(file) as arrays:
            return cls(**{name: arrays[name] for name in ("weights", "scale", "bias", "idf")})

    @classmethod
    def quantised(
        cls, weights: NDArray[np.float32], bias: NDArray[np.float32], idf: NDArray[np.float32]
    ) -> LinearReader:
        """From float weights (D, K)."""
        scale = np.maximum(np.abs(weights).max(0), 1e-9) / 127
        return cls(
            np.round(weights / scale).astype(np.int8),
            scale.astype(np.float32),
            bias.astype(np.float32),
            idf.astype(np.float16),
        )

    def probabilities(self, text: str) -> NDArray[np.float32]:
        """Of each output on its own, (K,)."""
        places, values = hashed(text)
        values = values * self.idf[places].astype(np.float32)
        values = values / max(1e-9, float(np.linalg.norm(values)))
        logits = (values @ self.weights[places].astype(np.float32)) * self.scale + self.bias
        return sigmoid(logits)

    def word_part(self, word: str, output: int) -> float:
        """What one word by itself adds to the score of ``output``, up to a factor common to all words."""
        places, values = hashed(word)
        return float(
            (values * self.idf[places].astype(np.float32)) @ self.weights[places, output].astype(np.float32)
        )


def combined(
    network: NDArray[np.float32], linear: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Both opinions as one: the mean of their log odds, ``share`` of it the linear reader's (Genest and Zidek 1986).

    Who is sure counts for more than in a mean of probabilities. Probabilities in, probabilities out, any one shape.
    """
    return sigmoid((1 - share) * log_odds(network) + share * log_odds(linear))


def log_odds(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of probabilities, kept finite."""
    kept = np.clip(probabilities.astype(np.float64), SUREST, 1 - SUREST)
    found: NDArray[np.float32] = np.log(kept / (1 - kept)).astype(np.float32)
    return found


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of logits, without overflow."""
    found = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return found.astype(np.float32)
