"""Figures for many labels at once. Shapes: N texts, L labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRID = np.round(np.arange(0.05, 0.96, 0.025), 3)


@dataclass(frozen=True)
class Score:
    """Micro precision, recall and F1, and the mean F1 of the labels that occur."""

    precision: float
    recall: float
    micro_f1: float
    macro_f1: float

    def __str__(self) -> str:
        shares = f"P {self.precision:.3f} R {self.recall:.3f}"
        return f"micro-F1 {self.micro_f1:.3f} ({shares}) macro-F1 {self.macro_f1:.3f}"


def score(gold: NDArray[np.bool_], found: NDArray[np.bool_]) -> Score:
    """Gold and found (N, L)."""
    hits, said, real = (gold & found).sum(0), found.sum(0), gold.sum(0)
    precision = float(hits.sum() / max(1, said.sum()))
    recall = float(hits.sum() / max(1, real.sum()))
    micro = 2 * precision * recall / max(1e-9, precision + recall)
    each = 2 * hits / np.maximum(1, said + real)
    return Score(precision, recall, micro, float(each[real > 0].mean()) if (real > 0).any() else 0.0)


def best_threshold(gold: NDArray[np.bool_], probabilities: NDArray[np.float32], beta: float = 1.0) -> float:
    """The one threshold with the best micro F-beta; middle of the best ones when several tie."""
    figures = [f_beta(gold, probabilities >= t, beta) for t in GRID]
    best = np.flatnonzero(np.isclose(figures, max(figures), atol=1e-6))
    return float(GRID[best].mean())


def f_beta(gold: NDArray[np.bool_], found: NDArray[np.bool_], beta: float) -> float:
    """F-beta over all cells."""
    hits = float((gold & found).sum())
    return (1 + beta**2) * hits / max(1e-9, float(found.sum()) + beta**2 * float(gold.sum()))
