"""Trains the linear reader (``meldpunt.reading.linear``) on the same examples, without augmentation."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from meldpunt.reading.linear import BUCKETS, LinearReader, hashed
from meldpunt.reading.training.batches import NEAR_MISS_WEIGHT
from meldpunt.reading.training.data import Corpus, Example

STRENGTH = 20.0  # inverse regularisation; tried 5, 20 and 60 on the dev part
RARE = -6.0  # bias of an output that never occurs


def train_linear(corpus: Corpus, examples: Sequence[Example] | None = None) -> LinearReader:
    """Outputs: all labels, then all intents. A label learns from the examples where it is known."""
    rows = list(examples if examples is not None else corpus.train)
    table, idf = _table([e.text for e in rows])
    columns = [_label(table, rows, name) for name in corpus.labels] + _intents(table, rows, corpus)
    weights = np.stack([w for w, _ in columns], axis=1)
    return LinearReader.quantised(weights, np.array([b for _, b in columns], np.float32), idf)


def predict_linear(
    reader: LinearReader, examples: Sequence[Example], labels: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Label probabilities (N, L) and intent distributions (N, I)."""
    found = np.array([reader.probabilities(e.text) for e in examples], np.float32).reshape(len(examples), -1)
    intents = found[:, labels:]
    return found[:, :labels], intents / np.maximum(intents.sum(1, keepdims=True), 1e-9)


def _table(texts: Sequence[str]) -> tuple[csr_matrix, NDArray[np.float32]]:
    """Normalised tf-idf (N, D) and idf (D,)."""
    bags = [hashed(text) for text in texts]
    seen = np.zeros(BUCKETS, np.float32)
    for places, _ in bags:
        seen[places] += 1
    idf = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)
    starts = np.cumsum([0, *(len(places) for places, _ in bags)])
    values = np.concatenate([_unit(v * idf[p]) for p, v in bags])
    return csr_matrix((values, np.concatenate([p for p, _ in bags]), starts), (len(texts), BUCKETS)), idf


def _unit(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values / max(1e-9, float(np.linalg.norm(values)))


def _label(table: csr_matrix, rows: Sequence[Example], name: str) -> tuple[NDArray[np.float32], float]:
    known = [i for i, e in enumerate(rows) if e.complete or name in e.labels]
    gold = [rows[i].labels.get(name, False) for i in known]
    weight = [NEAR_MISS_WEIGHT if name in rows[i].hard else 1.0 for i in known]
    return _regression(table[known], np.array(gold), np.array(weight))


def _intents(
    table: csr_matrix, rows: Sequence[Example], corpus: Corpus
) -> list[tuple[NDArray[np.float32], float]]:
    asked = [i for i, e in enumerate(rows) if e.intent]
    if not asked:
        return []
    names = np.array([rows[i].intent for i in asked])
    return [_regression(table[asked], names == name, np.ones(len(asked))) for name in corpus.intents]


def _regression(
    table: csr_matrix, gold: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float32], float]:
    if gold.all() or not gold.any():
        return np.zeros(BUCKETS, np.float32), RARE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=200).fit(
            table, gold, sample_weight=weight
        )
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])
