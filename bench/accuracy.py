"""``make eval``: how well the reader reads, on the held-out parts that it was never trained on.

Prints the figures and writes ``docs/model-card.md``. The linear reader on n-grams, trained on the same messages, is
read beside it: the baseline that the reader must beat.
"""

from __future__ import annotations

import json
import re
import resource
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.model_card import SAFETY_INTENTS, write_card
from bench.scores import Figures, IntentFigures, Row, Share, figures, intent_figures
from meldpunt.reading import Reader
from meldpunt.reading.extract import ROLES, row_of
from meldpunt.reading.linear import LinearReader
from meldpunt.reading.model import read_card
from meldpunt.reading.safety import KINDS_OF_INTENT, heard_kinds
from meldpunt.reading.training.data import Example, read_intents
from meldpunt.reading.types import Reading

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = ROOT / "meldpunt" / "data" / "messages"
EVERYDAY = MESSAGES / "heldout-everyday.txt"
TRAINED = ROOT / "bot" / "data" / "nlu"
INTENTS = sorted((ROOT / "bot" / "data" / "nlu_heldout").glob("*.jsonl"))
ARTEFACT = ROOT / "models" / "reader"
CARD = ROOT / "docs" / "model-card.md"
WARM_UP = 20


@dataclass(frozen=True)
class Speed:
    """Median and 95th percentile of one message in ms, loading in s, memory of the loaded reader in MB."""

    median_ms: float
    p95_ms: float
    load_s: float
    memory_mb: float


@dataclass(frozen=True)
class Evaluation:
    """Everything that the model card tells."""

    version: str
    reader: Figures
    baseline: Figures
    intents: IntentFigures
    unsure: Share
    answered: dict[str, Share]
    everyday: Share
    speed: Speed
    trained_on: dict[str, int]


def main() -> None:
    """Measure, print, write the card."""
    evaluation = evaluate()
    write_card(CARD, evaluation)
    print(CARD.read_text(encoding="utf-8"))
    print(f"Written to {CARD.relative_to(ROOT)}.")


def evaluate() -> Evaluation:
    """Read every held-out text once."""
    before, begun = _memory_mb(), time.perf_counter()
    reader = Reader.load()
    reader.read("warm")
    load_s = time.perf_counter() - begun
    memory = _memory_mb() - before
    gold = list(read_rows(sorted(MESSAGES.glob("heldout*.jsonl"))))
    rows, times = [], []
    for row in gold:
        begun = time.perf_counter()
        reading = reader.read(row["text"], ROLES.get(row["role"]))
        times.append(1000 * (time.perf_counter() - begun))
        rows.append(Row(row, row_of(row["id"], reading)))
    pairs, unsure, answered = _intents(reader)
    card = read_card(ARTEFACT)
    return Evaluation(
        version=card["version"],
        reader=figures(rows),
        baseline=figures(list(_baseline(gold, card))),
        intents=intent_figures(pairs),
        unsure=unsure,
        answered=answered,
        everyday=_everyday(reader),
        speed=Speed(
            statistics.median(times[WARM_UP:]), float(np.percentile(times[WARM_UP:], 95)), load_s, memory
        ),
        trained_on=card["examples"],
    )


def read_rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """JSON lines of several files."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def unseen(rows: Iterable[dict[str, Any]], trained: Iterable[Example]) -> Iterator[dict[str, Any]]:
    """Those of ``rows`` whose words do not occur just so among what was trained on ("doei", written by two people)."""
    seen = {_only_words(example.text) for example in trained}
    return (row for row in rows if _only_words(row["text"]) not in seen)


def _only_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower())) or text


def _intents(reader: Reader) -> tuple[list[tuple[str, str | None]], Share, dict[str, Share]]:
    pairs, unsure = [], 0
    answered: dict[str, list[bool]] = {name: [] for name in SAFETY_INTENTS}
    for row in unseen(read_rows(INTENTS), read_intents(TRAINED)):
        reading = reader.read(row["text"])
        guess, wanted = reading.intent, row["intent"]
        pairs.append((wanted, guess.name if guess else None))
        unsure += guess is None or guess.confidence < read_card(ARTEFACT)["intent_threshold"]
        if wanted in answered:
            answered[wanted].append(is_answered(wanted, reading))
    shares = {name: Share(sum(found), len(found)) for name, found in answered.items()}
    return pairs, Share(unsure, len(pairs)), shares


def is_answered(wanted: str, reading: Reading) -> bool:
    """Whether Sam does what the intent asks for: the classifier is sure of it, or the words call for its safety text."""
    guess = reading.intent
    if guess is not None and guess.sure and guess.name == wanted:
        return True
    kinds = {*heard_kinds(guess), *(cue.kind for cue in reading.safety)}
    return bool(kinds & set(KINDS_OF_INTENT.get(wanted, ())))


def _everyday(reader: Reader) -> Share:
    lines = [line for line in EVERYDAY.read_text(encoding="utf-8").splitlines() if line.strip()]
    return Share(sum(bool(reader.read(line).indicators) for line in lines), len(lines))


def _baseline(gold: Sequence[dict[str, Any]], card: dict[str, Any]) -> Iterator[Row]:
    linear = LinearReader.load(ARTEFACT / "linear.npz")
    names, limit = [*card["indicators"], "acute"], card["baseline_threshold"]
    for row in gold:
        found = linear.probabilities(row["text"])[: len(names)] >= limit
        said = [name for name, yes in zip(names, found, strict=True) if yes]
        yield Row(
            row,
            {
                "indicators": [name for name in said if name != "acute"],
                "acute": "acute" in said,
                "age": None,
                "gemeente": None,
                "mentions": [],
            },
        )


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
