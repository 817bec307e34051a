"""Thresholds, temperature and mixture from the dev part, kept modest so as not to learn its accidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meldpunt.reading.linear import combined
from meldpunt.reading.training.data import Corpus, Example
from meldpunt.reading.training.gold import Predictions, gold_intents, gold_labels
from meldpunt.reading.training.metrics import Score, best_threshold, score

Floats = NDArray[np.float32]
SHARES = (0.0, 0.2, 0.3, 0.4, 0.5)
MIXTURE_GAIN = {"indicators": 0.005, "intents": 0.005}  # what the linear reader must add to be shipped
TRUST = 25.0  # positives on dev at which a label's own threshold counts as much as the common one
NEEDLESS_ALARMS = 0.08  # share of calm messages; phrases and indicators add about two in a hundred
LOWEST, HIGHEST = 0.1, 0.45  # on dev as good as 0.8, and a missed signal costs more than a needless one
MOST_ALARM = 0.8
FALLBACK_LOWEST, FALLBACK_HIGHEST = 0.2, 0.6
FALLBACK_KEEPS = 0.95  # of the right guesses


@dataclass(frozen=True)
class Calibration:
    """What ``reader.json`` carries of it, and the score on the dev part."""

    thresholds: dict[str, float]
    acute_threshold: float
    temperature: float
    intent_threshold: float
    mixture: dict[str, float]
    baseline_threshold: float  # of the linear reader alone
    labels: Score
    intent_accuracy: float | None


def calibrate(
    found: Predictions, linear: tuple[Floats, Floats] | None, examples: Sequence[Example], corpus: Corpus
) -> Calibration:
    """From predictions of network and linear reader on ``examples``; without ``linear`` nothing is mixed."""
    messages, gold = gold_labels(examples, corpus)
    asked, names = gold_intents(examples, corpus)
    temperature = best_temperature(found.intents[asked], names)
    intents = softmax(found.intents / temperature)
    shares = {"indicators": 0.0, "intents": 0.0}
    labels = found.labels
    if linear is not None:
        shares["indicators"] = _label_share(labels[messages], linear[0][messages], gold)
        shares["intents"] = _intent_share(intents[asked], linear[1][asked], names) if len(asked) else 0.0
        labels = combined(labels, linear[0], shares["indicators"])
        intents = mix(intents, linear[1], shares["intents"]) if len(asked) else intents
    thresholds, acute = label_thresholds(gold, labels[messages], corpus.indicators)
    limits = np.array([thresholds[name] for name in corpus.indicators])
    return Calibration(
        thresholds, acute, temperature, fallback_threshold(intents[asked], names), shares,
        _alone(linear, messages, gold),
        score(gold[:, :-1], labels[messages][:, :-1] >= limits),
        float((intents[asked].argmax(1) == names).mean()) if len(asked) else None,
    )  # fmt: skip


def _alone(
    linear: tuple[Floats, Floats] | None, messages: NDArray[np.intp], gold: NDArray[np.bool_]
) -> float:
    if linear is None or not len(gold):
        return 0.5
    return round(best_threshold(gold[:, :-1], linear[0][messages][:, :-1]), 3)


def label_thresholds(
    gold: NDArray[np.bool_], probabilities: NDArray[np.float32], indicators: Sequence[str]
) -> tuple[dict[str, float], float]:
    """Per indicator its best threshold drawn to the common one, more where it is rare; and that of acute.

    ``gold`` and ``probabilities`` are (N, L) with ``acute`` last.
    """
    if not len(gold):
        return dict.fromkeys(indicators, 0.5), 0.5
    common = best_threshold(gold[:, :-1], probabilities[:, :-1])
    found = {}
    for i, name in enumerate(indicators):
        positives = int(gold[:, i].sum())
        own = best_threshold(gold[:, i], probabilities[:, i]) if positives else common
        weight = positives / (positives + TRUST)
        found[name] = round(float(np.clip(weight * own + (1 - weight) * common, LOWEST, HIGHEST)), 3)
    return found, acute_threshold(gold[:, -1], probabilities[:, -1])


def acute_threshold(gold: NDArray[np.bool_], probabilities: NDArray[np.float32]) -> float:
    """The lowest threshold that alarms at no more than ``NEEDLESS_ALARMS`` of the calm messages: a needless safety
    text costs little, a missed one much."""
    calm = np.sort(probabilities[~gold])[::-1]
    if not len(calm):
        return 0.5
    return round(float(np.clip(calm[int(len(calm) * NEEDLESS_ALARMS)] + 0.001, 0.02, MOST_ALARM)), 3)


def best_temperature(logits: NDArray[np.float32], names: NDArray[np.intp]) -> float:
    """The temperature with the lowest log loss; logits (n, I), names (n,)."""
    if not len(names):
        return 1.0
    grid = np.arange(0.4, 3.01, 0.05)
    rows = np.arange(len(names))
    losses = [-np.log(softmax(logits / t)[rows, names] + 1e-9).mean() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 2)


def fallback_threshold(intents: NDArray[np.float32], names: NDArray[np.intp]) -> float:
    """The highest confidence that still accepts ``FALLBACK_KEEPS`` of the right guesses: to ask again costs less than
    to answer what nobody said."""
    if not len(names):
        return 0.4
    right = intents.max(1)[intents.argmax(1) == names]
    grid = np.arange(FALLBACK_LOWEST, FALLBACK_HIGHEST + 0.01, 0.02)
    kept = [t for t in grid if (right >= t).mean() >= FALLBACK_KEEPS]
    return round(float(max(kept, default=FALLBACK_LOWEST)), 2)


def mix(network: Floats, linear: Floats, share: float) -> Floats:
    """Weighted mean of two distributions over intents."""
    return (1 - share) * network + share * linear


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Over the last axis."""
    scaled = np.exp(logits - logits.max(-1, keepdims=True)) if logits.size else logits
    return scaled / scaled.sum(-1, keepdims=True) if logits.size else logits


def micro_at_best(gold: NDArray[np.bool_], probabilities: NDArray[np.float32]) -> Score:
    """Score of the indicators (without ``acute``) at their best common threshold."""
    threshold = best_threshold(gold[:, :-1], probabilities[:, :-1])
    return score(gold[:, :-1], probabilities[:, :-1] >= threshold)


def _label_share(network: Floats, linear: Floats, gold: NDArray[np.bool_]) -> float:
    figures = {share: micro_at_best(gold, combined(network, linear, share)).micro_f1 for share in SHARES}
    return _worth_it(figures, MIXTURE_GAIN["indicators"])


def _intent_share(network: Floats, linear: Floats, names: NDArray[np.intp]) -> float:
    figures = {share: float((mix(network, linear, share).argmax(1) == names).mean()) for share in SHARES}
    return _worth_it(figures, MIXTURE_GAIN["intents"])


def _worth_it(figures: dict[float, float], gain: float) -> float:
    best = max(figures, key=lambda share: figures[share])
    return best if figures[best] >= figures[0.0] + gain else 0.0
