"""What is to be found, and what was found, as arrays. Shapes: N examples, L labels, I intents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meldpunt.reading.training.data import Corpus, Example


@dataclass(frozen=True)
class Predictions:
    """Probabilities of indicators and ``acute`` (N, L) and logits of intents (N, I)."""

    labels: NDArray[np.float32]
    intents: NDArray[np.float32]


def gold_labels(examples: Sequence[Example], corpus: Corpus) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Which examples are fully labelled messages (n,), and their gold labels (n, L)."""
    rows = np.array([i for i, e in enumerate(examples) if e.complete and e.intent is None], dtype=np.intp)
    gold = np.array([[name in examples[i].asserted for name in corpus.labels] for i in rows], dtype=bool)
    return rows, gold.reshape(len(rows), len(corpus.labels))


def gold_intents(examples: Sequence[Example], corpus: Corpus) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which examples have an intent (n,), and its number (n,)."""
    rows = [i for i, e in enumerate(examples) if e.intent in corpus.intents]
    names = [corpus.intents.index(examples[i].intent or "") for i in rows]
    return np.array(rows, dtype=np.intp), np.array(names, dtype=np.intp)
