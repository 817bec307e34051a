"""All steps in order: vocabulary, network, linear reader, calibration, export, check, card."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import torch

from meldpunt.reading.linear import LinearReader
from meldpunt.reading.model import ReaderModel
from meldpunt.reading.training.base_weights import BaseModel, base_weights_file, read_base_model
from meldpunt.reading.training.baseline import predict_linear, train_linear
from meldpunt.reading.training.batches import Batcher
from meldpunt.reading.training.calibrate import Calibration, calibrate
from meldpunt.reading.training.card import facts_of, model_card
from meldpunt.reading.training.data import Corpus, Example
from meldpunt.reading.training.export import (
    Agreement,
    compare,
    export_network,
    save_linear,
    save_tokenizer,
    write_card,
)
from meldpunt.reading.training.gold import gold_labels
from meldpunt.reading.training.loop import Settings, predict, train
from meldpunt.reading.training.metrics import score
from meldpunt.reading.training.network import ReaderNetwork, chosen_layers
from meldpunt.reading.training.vocabulary import Vocabulary, build_tokenizer, prune, same_segmentation

COMPARED = 300
Say = Callable[[str], None]


@dataclass(frozen=True)
class Paths:
    """Where the artefact and the checkpoint go."""

    output: Path
    checkpoint: Path


def make_reader(corpus: Corpus, settings: Settings, paths: Paths, now: datetime, say: Say) -> Path:
    """Make the artefact from ``corpus`` and return its folder; every step says what it did."""
    say(_sizes(corpus))
    base = read_base_model(base_weights_file())
    vocabulary, segmentation = make_vocabulary(base, corpus)
    say(f"{len(vocabulary.rows)} pieces; {segmentation}")
    network, batcher = make_network(base, vocabulary, corpus, settings)
    train(network, corpus, batcher, settings, paths.checkpoint, say)
    linear = train_linear(corpus)
    found = predict(network, batcher, corpus.dev)
    calibration = calibrate(found, predict_linear(linear, corpus.dev, len(corpus.labels)), corpus.dev, corpus)
    say(f"calibrated: {calibration.labels}; intents {calibration.intent_accuracy}")
    say(f"the linear reader's share: {calibration.mixture}")
    agreement = _write(paths.output, network, vocabulary, batcher, linear, calibration, corpus)
    say(f"exported: {agreement}")
    facts = facts_of(corpus, settings, vocabulary, calibration, now)
    write_card(paths.output, facts)
    held_out = evaluate(ReaderModel.load(paths.output), corpus.held_out, corpus)
    say(f"held out: {held_out}")
    card = model_card(facts, calibration, corpus, agreement, segmentation, held_out)
    (paths.output / "README.md").write_text(card, encoding="utf-8")
    return paths.output


def _sizes(corpus: Corpus) -> str:
    return (
        f"{len(corpus.train)} examples to train on, {len(corpus.dev)} for calibration, "
        f"{len(corpus.held_out)} held out; {len(corpus.indicators)} indicators, {len(corpus.intents)} intents"
    )


def make_vocabulary(base: BaseModel, corpus: Corpus) -> tuple[Vocabulary, str]:
    """The pruned vocabulary, and how it segments texts compared with the full one."""
    texts = [e.text for e in corpus.train]
    vocabulary = prune(base.pieces, texts)
    full = build_tokenizer(base.pieces)
    unseen = [e.text for e in (*corpus.dev, *corpus.held_out)]
    seen_texts, _ = same_segmentation(full, vocabulary, texts)
    same_texts, same_words = same_segmentation(full, vocabulary, unseen)
    unseen_shares = f"{same_texts:.1%} of unseen texts, {same_words:.2%} of their words"
    return vocabulary, f"cut the same: {seen_texts:.1%} of training texts, {unseen_shares}"


def make_network(
    base: BaseModel, vocabulary: Vocabulary, corpus: Corpus, settings: Settings
) -> tuple[ReaderNetwork, Batcher]:
    """A network ready to train, seeded, and what feeds it."""
    torch.manual_seed(settings.seed)
    layers = chosen_layers(settings.layers, base.layers)
    network = ReaderNetwork(base, vocabulary.rows, layers, len(corpus.labels), len(corpus.intents))
    return network, Batcher(corpus, vocabulary, settings.batch)


def evaluate(model: ReaderModel, examples: Sequence[Example], corpus: Corpus) -> str:
    """The artefact as the product runs it, on ``examples``."""
    rows, gold = gold_labels(examples, corpus)
    if not len(rows):
        return "nothing held out yet"
    outputs = [model.predict(examples[i].text) for i in rows]
    found = np.array(
        [[name in {row[0] for row in o.asserted} for name in corpus.indicators] for o in outputs]
    )
    alarms = np.array([o.acute for o in outputs])
    return f"{score(gold[:, :-1], found)}; acute {score(gold[:, -1:], alarms[:, None])}"


def _write(
    folder: Path, network: ReaderNetwork, vocabulary: Vocabulary, batcher: Batcher, linear: LinearReader,
    calibration: Calibration, corpus: Corpus,
) -> Agreement:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("reader.json", "linear.npz"):
        (folder / name).unlink(missing_ok=True)
    export_network(network, folder / "model.onnx")
    save_tokenizer(vocabulary, folder / "tokenizer.json")
    save_linear(linear, folder / "linear.npz")
    texts = random.Random(0).sample([e.text for e in corpus.dev], min(COMPARED, len(corpus.dev)))
    return compare(network, folder / "model.onnx", batcher, texts)
