"""Labelled messages and intent examples, from files to :class:`Example`. Standard library and PyYAML only.

Indicators: ``meldpunt/data/messages/*.jsonl``; intents: ``bot/data/nlu/**/*.yml`` (Rasa's own format).
Files whose name
begins with ``heldout`` are never trained on; a fixed share of the rest is kept apart for calibration.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = ROOT / "meldpunt" / "data" / "messages"
CATALOGUE = ROOT / "meldpunt" / "data" / "indicators.json"
INTENTS = ROOT / "bot" / "data" / "nlu"
INTENTS_HELD_OUT = ROOT / "bot" / "data" / "nlu_heldout"
HELD_OUT = "heldout"
DEV_SHARE = 0.08
INTENT_DEV_SHARE = 0.10
TXT_COLUMNS = 8
ACUTE = "acute"  # the label after the indicators: does this message need a safety text now?
ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
# Who says only this asserts no indicator: these examples teach what everyday talk looks like.
WITHOUT_INDICATORS = frozenset(
    {
        "greet", "goodbye", "thank", "affirm", "deny", "not_sure", "rather_not_say", "pause",
        "have_receipt_code", "correct_answer", "repeat_question", "ask_why_this_question",
        "ask_is_this_anonymous", "ask_what_is_stored", "ask_who_reads_this", "ask_what_happens_next",
        "ask_when_reply", "ask_opening_hours", "ask_are_you_a_bot", "ask_what_is_exploitation",
        "ask_help_organisations", "out_of_scope",
    }
)  # fmt: skip


class DataError(ValueError):
    """A data file holds a mistake; the message names file, line and what is expected."""


@dataclass(frozen=True)
class Example:
    """One text with what is known of it.

    ``labels`` maps a label (indicator id or ``acute``) to asserted or not; a label that is
    absent is denied when ``complete`` and unknown otherwise. ``hard`` are the near-misses: heavier negatives.
    """

    text: str
    labels: Mapping[str, bool] = field(default_factory=dict)
    hard: frozenset[str] = frozenset()
    complete: bool = False
    intent: str | None = None
    source: str = ""

    @property
    def asserted(self) -> frozenset[str]:
        """The labels that are asserted."""
        return frozenset(name for name, value in self.labels.items() if value)


@dataclass(frozen=True)
class Corpus:
    """Training, dev (calibration) and held-out (measuring) examples, and the names of both heads."""

    train: list[Example]
    dev: list[Example]
    held_out: list[Example]
    indicators: tuple[str, ...]
    intents: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """What the indicator head predicts: the indicators, then ``acute``."""
        return (*self.indicators, ACUTE)


def read_corpus(passes: Path | None = None, limit: int | None = None) -> Corpus:
    """Everything there is; ``passes`` adds a folder of txt passes, ``limit`` caps training messages."""
    indicators = tuple(row["id"] for row in json.loads(CATALOGUE.read_text(encoding="utf-8"))["indicatoren"])
    messages = [*read_messages(MESSAGES), *(read_passes(passes) if passes else ())]
    _check_ids(messages, set(indicators))
    held_out = [e for e in messages if e.source.startswith(HELD_OUT)]
    rest = [e for e in messages if not e.source.startswith(HELD_OUT)]
    train, dev = split(_without_twins(rest, held_out), DEV_SHARE)
    train = sorted(train, key=lambda e: bucket(e.text))[:limit]
    intent_train, intent_dev = _read_intents()
    names = tuple(sorted({e.intent for e in intent_train if e.intent}))
    seeds = list(read_seeds(CATALOGUE))
    return Corpus([*train, *seeds, *intent_train], [*dev, *intent_dev], held_out, indicators, names)


def bucket(text: str) -> float:
    """A fixed place in [0, 1) for a text, the same on every machine and however the data grows."""
    plain = " ".join(re.findall(r"\w+", text.lower()))
    return int(hashlib.sha256(plain.encode()).hexdigest()[:12], 16) / 16**12


def split(examples: Iterable[Example], share: float) -> tuple[list[Example], list[Example]]:
    """Examples to train on and the fixed ``share`` that is kept apart."""
    examples = list(examples)
    return [e for e in examples if bucket(e.text) >= share], [e for e in examples if bucket(e.text) < share]


def read_messages(folder: Path) -> Iterator[Example]:
    """Rows of ``<pass>.jsonl``: id, role, style, text, indicators, not, acute, age, gemeente."""
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                yield _message(json.loads(line), file.stem)
            except (ValueError, KeyError, TypeError) as error:
                raise DataError(
                    f"{file}:{number}: expected JSON with text, indicators, not and acute: {error!r}"
                ) from error


def read_passes(folder: Path) -> Iterator[Example]:
    """The txt form ``role|style|age|gemeente|acute|indicators|not|text`` in ``<folder>/<pass>/*.txt``."""
    for file in sorted(folder.glob("*/*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) == TXT_COLUMNS:
                row = {
                    "indicators": _ids(cells[5]),
                    "not": _ids(cells[6]),
                    "acute": cells[4] == "A",
                    "text": cells[7],
                }
                yield _message(row, file.parent.name)


def read_seeds(file: Path) -> Iterator[Example]:
    """Examples and near-misses of ``indicators.json``: of each only its own indicator is known."""
    for row in json.loads(file.read_text(encoding="utf-8"))["indicatoren"]:
        for example in row["voorbeelden"]:
            yield Example(example["tekst"], {row["id"]: True}, source="indicators")
        for text in row["bijna_raak"]:
            yield Example(text, {row["id"]: False}, frozenset({row["id"]}), source="indicators")


def read_intents(folder: Path) -> Iterator[Example]:
    """Intent examples of all Rasa NLU files under ``folder``, entity marks taken away."""
    import yaml  # only the training environment reads Rasa's files here

    for file in sorted(folder.glob("**/*.yml")):
        for block in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("nlu", ()):
            if "intent" not in block:
                continue
            for line in str(block["examples"]).splitlines():
                if text := ENTITY.sub(r"\1", line.strip().removeprefix("-").strip()):
                    yield _intent(text, block["intent"], file.stem)


def fingerprint(folders: Iterable[Path] = (MESSAGES, INTENTS)) -> str:
    """A hash of all training data, so that a reader older than its data is noticed."""
    digest = hashlib.sha256()
    files = [f for folder in folders for f in sorted(folder.rglob("*")) if f.suffix in (".jsonl", ".yml")]
    for file in files:
        if not file.name.startswith(HELD_OUT):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _read_intents() -> tuple[list[Example], list[Example]]:
    examples = list({(e.text.lower(), e.intent): e for e in read_intents(INTENTS)}.values())
    held_out = list(read_intents(INTENTS_HELD_OUT))
    return (examples, held_out) if held_out else split(examples, INTENT_DEV_SHARE)


def _message(row: Mapping[str, Any], source: str) -> Example:
    labels = dict.fromkeys(row["indicators"], True) | {ACUTE: bool(row["acute"])}
    return Example(row["text"], labels, frozenset(row["not"]), complete=True, source=source)


def _intent(text: str, name: str, source: str) -> Example:
    return Example(text, complete=name in WITHOUT_INDICATORS, intent=name, source=source)


def _ids(cell: str) -> list[str]:
    return [] if cell in ("-", "") else [name.strip() for name in cell.split(",")]


def _check_ids(examples: Iterable[Example], known: set[str]) -> None:
    for example in examples:
        if unknown := (set(example.labels) | example.hard) - known - {ACUTE}:
            raise DataError(f"{example.source}: unknown indicator {sorted(unknown)} in: {example.text[:60]}")


def _without_twins(examples: Iterable[Example], held_out: Iterable[Example]) -> list[Example]:
    """Each text once, and none that is also held out."""
    seen = {bucket(e.text) for e in held_out}
    kept = []
    for example in examples:
        if (place := bucket(example.text)) not in seen:
            seen.add(place)
            kept.append(example)
    return kept
