"""The trained reader: ``models/reader`` loaded once, one text in, probabilities and evidence out.

Standard library, numpy, onnxruntime and tokenizers; Python 3.10 beside Rasa's frozen libraries and later.
Shapes: W windows, T tokens, L labels (indicators, then ``acute``), I intents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meldpunt.reading.evidence import evidence_span
from meldpunt.reading.linear import LinearReader, combined, sigmoid

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

FORMAT = 2
CARD = "reader.json"
OVERLAP = 40  # tokens that two windows of a long text share
MAKE_AGAIN = "Restore models/reader from the repository, or make it again with: make train-reader"
Evidence = tuple[str, float, int, int]


class ReaderModelError(RuntimeError):
    """The trained reader cannot be used; the message says why and what to do."""


class ReaderModelMissing(ReaderModelError):
    """A file of the artefact is not there."""


class ReaderModelDamaged(ReaderModelError):
    """A file of the artefact is not the one that was made together with ``reader.json``."""


class ReaderModelUnfit(ReaderModelError):
    """The artefact is whole, but made for another version of this code."""


@dataclass(frozen=True)
class Window:
    """A stretch of a text: ids (T,) with prefix and end mark, places in the text of those between."""

    ids: list[int]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True)
class ModelOutput:
    """What the model makes of one text. Where the linear reader helps, the probabilities are of both readers."""

    text: str
    indicators: Mapping[str, float]
    thresholds: Mapping[str, float]
    intents: tuple[tuple[str, float], ...]
    intent_threshold: float
    acute_probability: float
    acute_threshold: float
    windows: tuple[Window, ...]
    window_of: Mapping[str, int]
    parts: tuple[NDArray[np.float32], ...]
    names: tuple[str, ...]
    linear: LinearReader | None

    @property
    def acute(self) -> bool:
        """Whether the model itself, apart from any indicator, finds that a safety text is needed."""
        return self.acute_probability >= self.acute_threshold

    @property
    def intent_is_sure(self) -> bool:
        """Whether the first intent is above the calibrated fallback threshold."""
        return bool(self.intents) and self.intents[0][1] >= self.intent_threshold

    @property
    def strangeness(self) -> float:
        """Pieces of the vocabulary a letter: high where the words are no words."""
        letters = sum(character.isalnum() for character in self.text)
        return sum(len(window.offsets) for window in self.windows) / max(1, letters)

    @cached_property
    def asserted(self) -> tuple[Evidence, ...]:
        """Indicator, probability, start and end of evidence, of all above threshold, the surest first."""
        above = [(name, p) for name, p in self.indicators.items() if p >= self.thresholds[name]]
        return tuple((name, p, *self.span(name)) for name, p in sorted(above, key=lambda pair: -pair[1]))

    def span(self, label: str) -> tuple[int, int]:
        """Start and end in the text of the words that carry ``label``."""
        number = self.window_of[label]
        return evidence_span(
            self.text, self.windows[number].offsets, self.parts[number][:, self.names.index(label)]
        )


class ReaderModel:
    """The artefact in memory. ``predict`` may be called from several threads."""

    def __init__(
        self,
        card: Mapping[str, Any],
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        linear: LinearReader | None,
    ) -> None:
        self._card, self._session, self._tokenizer, self._linear = card, session, tokenizer, linear
        self._names: tuple[str, ...] = (*card["indicators"], "acute")
        self._mix: Mapping[str, float] = card["mixture"]

    @classmethod
    def load(cls, path: Path) -> ReaderModel:
        """Load the artefact in folder ``path``; raises :class:`ReaderModelError` where it can't be used."""
        path = Path(path)
        card = read_card(path)
        try:
            return cls(
                card, _session(path / "model.onnx"), _tokenizer(path / "tokenizer.json"), _linear(path, card)
            )
        except ReaderModelError:
            raise
        except (
            Exception
        ) as error:  # each library has its own exceptions; the reader of the log needs one sentence
            raise ReaderModelUnfit(f"{path} cannot be loaded: {error}. {MAKE_AGAIN}") from error

    @property
    def version(self) -> str:
        """Name of this training: its date and the fingerprint of its data."""
        return str(self._card["version"])

    @property
    def data_fingerprint(self) -> str:
        """Of the data it was trained on; compare with ``meldpunt.reading.training.data.fingerprint``."""
        return str(self._card["data_fingerprint"])

    def predict(self, text: str, told: str = "") -> ModelOutput:
        """Read one text of any length; a long one in windows, of which the surest counts for each label.

        ``told`` is the beginning of ``text`` that tells something, before a question: it is read by itself too.
        """
        windows = self._windows(text)
        whole = len(windows)
        windows += self._windows(told) if told else []
        runs = [self._run(window) for window in windows]
        logits = np.stack([labels for labels, _, _ in runs])  # (W, L)
        labels, intents = sigmoid(logits.max(0)), self._intents(np.mean([i for _, i, _ in runs[:whole]], axis=0))
        if self._linear is not None:
            labels, intents = self._mixed(text, told, labels, intents)
        ranking = sorted(zip(self._card["intents"], intents.tolist()), key=lambda pair: -pair[1])  # noqa: B905
        best = logits.argmax(0)
        return ModelOutput(
            text=text,
            indicators=dict(zip(self._names[:-1], labels[:-1].tolist())),  # noqa: B905
            thresholds=self._card["thresholds"],
            intents=tuple(ranking),
            intent_threshold=self._card["intent_threshold"],
            acute_probability=float(labels[-1]),
            acute_threshold=self._card["acute_threshold"],
            windows=tuple(windows),
            window_of=dict(zip(self._names, best.tolist())),  # noqa: B905
            parts=tuple(parts for _, _, parts in runs),
            names=self._names,
            linear=self._linear if self._mix["indicators"] else None,
        )

    def _windows(self, text: str) -> list[Window]:
        encoding = self._tokenizer.encode(text)
        prefix, end = self._card["prefix"], self._card["end"]
        room = self._card["max_tokens"] - len(prefix) - 1
        ids, offsets = encoding.ids, encoding.offsets
        starts = range(0, max(1, len(ids) - OVERLAP), room - OVERLAP) if len(ids) > room else [0]
        return [Window([*prefix, *ids[s : s + room], end], offsets[s : s + room]) for s in starts]

    def _run(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Label logits (L,), intent logits (I,) and parts (T, L) of the text's own tokens."""
        ids = np.array([window.ids], dtype=np.int64)
        labels, intents, parts = self._session.run(None, {"ids": ids})
        first = len(self._card["prefix"])
        return labels[0], intents[0], parts[0, first:-1]

    def _intents(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        if not self._card["intents"]:
            return np.zeros(0, np.float32)
        scaled: NDArray[np.float32] = np.exp((logits - logits.max()) / self._card["temperature"])
        return scaled / float(scaled.sum())

    def _mixed(
        self, text: str, told: str, labels: NDArray[np.float32], intents: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        assert self._linear is not None
        found = self._linear.probabilities(text)
        linear_intents = found[len(labels) :]
        if told:
            found = np.maximum(found, self._linear.probabilities(told))
        labels = combined(labels, found[: len(labels)], self._mix["indicators"])
        if len(intents):
            share = self._mix["intents"]
            intents = (1 - share) * intents + share * linear_intents / max(1e-9, float(linear_intents.sum()))
        return labels, intents


def read_card(path: Path) -> dict[str, Any]:
    """``reader.json`` of the artefact, after checking that all files are there, whole and of this format."""
    try:
        card: dict[str, Any] = json.loads((path / CARD).read_text(encoding="utf-8"))
        form, files = card["format"], card["files"]
    except FileNotFoundError as error:
        raise ReaderModelMissing(f"{path / CARD} is missing. {MAKE_AGAIN}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ReaderModelDamaged(f"{path / CARD} cannot be read: {error!r}. {MAKE_AGAIN}") from error
    if form != FORMAT:
        raise ReaderModelUnfit(f"{path} has format {form}, this code reads {FORMAT}. {MAKE_AGAIN}")
    for name, expected in files.items():
        _check_file(path / name, expected)
    return card


def _check_file(file: Path, expected: str) -> None:
    if not file.exists():
        raise ReaderModelMissing(f"{file} is missing. {MAKE_AGAIN}")
    if hashlib.sha256(file.read_bytes()).hexdigest() != expected:
        raise ReaderModelDamaged(f"{file} is not the file that reader.json was made with. {MAKE_AGAIN}")


def _session(file: Path) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _tokenizer(file: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(file))


def _linear(path: Path, card: Mapping[str, Any]) -> LinearReader | None:
    if not any(card["mixture"].values()):
        return None
    return LinearReader.load(path / "linear.npz")
