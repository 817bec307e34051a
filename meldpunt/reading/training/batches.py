"""Examples to tensors: tokens, targets with weights, batches of texts that are about equally long."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from meldpunt.reading.training.augment import augment
from meldpunt.reading.training.data import Corpus, Example
from meldpunt.reading.training.vocabulary import SPECIAL, Vocabulary

MAX_TOKENS = (
    160  # prefix and marks included; the longest messages of the data fit, longer ones keep begin and end
)
NEAR_MISS_WEIGHT = 3.0
POOL = 40  # batches among which texts are sorted by length
END = SPECIAL.index("</s>")
PAD = SPECIAL.index("<pad>")
NO_INTENT = -100
UNKNOWN = SPECIAL.index("<unk>")
MOST_HIDDEN = 0.2  # share of the pieces of a text that training may hide, so that no single word decides


@dataclass(frozen=True)
class Batch:
    """Ids, mask (B, T); targets, weights (B, L), weight 0 where unknown; intents (B,), -100 where none."""

    ids: Tensor
    mask: Tensor
    targets: Tensor
    weights: Tensor
    intents: Tensor


class Batcher:
    """Makes batches from examples for one corpus and vocabulary."""

    def __init__(self, corpus: Corpus, vocabulary: Vocabulary, size: int) -> None:
        self.labels, self.intents, self.size = corpus.labels, corpus.intents, size
        self._vocabulary = vocabulary

    def training(self, examples: Sequence[Example], rng: random.Random) -> Iterator[Batch]:
        """Shuffled, augmented batches of one epoch."""
        order = list(examples)
        rng.shuffle(order)
        others = [e for e in examples if e.complete and e.intent is None] or order
        noisy = [augment(example, others, rng) for example in order]
        pool = self.size * POOL
        for start in range(0, len(noisy), pool):
            groups = self._groups(noisy[start : start + pool], rng)
            rng.shuffle(groups)
            yield from (self._batch(group) for group in groups)

    def plain(self, examples: Sequence[Example]) -> Iterator[Batch]:
        """Batches in the order of ``examples``, as written."""
        for start in range(0, len(examples), self.size):
            rows = examples[start : start + self.size]
            yield self._batch([(self.encode(e.text), e) for e in rows])

    def encode(self, text: str) -> list[int]:
        """Ids with prefix and end mark, at most ``MAX_TOKENS``; of a longer text the begin and the end."""
        prefix, ids = self._vocabulary.prefix, self._vocabulary.tokenizer.encode(text).ids
        room = MAX_TOKENS - len(prefix) - 1
        if len(ids) > room:
            ids = [*ids[: room - room // 2], *ids[-(room // 2) :]]
        return [*prefix, *ids, END]

    def _groups(self, examples: Sequence[Example], rng: random.Random) -> list[list[tuple[list[int], Example]]]:
        rows = sorted(((self._hide(self.encode(e.text), rng), e) for e in examples), key=lambda row: len(row[0]))
        return [rows[i : i + self.size] for i in range(0, len(rows), self.size)]

    def _hide(self, ids: list[int], rng: random.Random) -> list[int]:
        """Word dropout (Iyyer e.a. 2015): some pieces become unknown, another share each time."""
        share = rng.uniform(0, MOST_HIDDEN)
        first = len(self._vocabulary.prefix)
        return [
            UNKNOWN if first <= i < len(ids) - 1 and rng.random() < share else piece
            for i, piece in enumerate(ids)
        ]

    def _batch(self, rows: Sequence[tuple[list[int], Example]]) -> Batch:
        longest = max(len(ids) for ids, _ in rows)
        ids = torch.tensor([[*i, *[PAD] * (longest - len(i))] for i, _ in rows])
        mask = torch.tensor([[1] * len(i) + [0] * (longest - len(i)) for i, _ in rows])
        targets = torch.tensor([[float(e.labels.get(name, False)) for name in self.labels] for _, e in rows])
        weights = torch.tensor([[self._weight(e, name) for name in self.labels] for _, e in rows])
        intents = torch.tensor(
            [self.intents.index(e.intent) if e.intent in self.intents else NO_INTENT for _, e in rows]
        )
        return Batch(ids, mask, targets, weights, intents)

    def _weight(self, example: Example, label: str) -> float:
        if label in example.hard:
            return NEAR_MISS_WEIGHT
        return 1.0 if example.complete or label in example.labels else 0.0
