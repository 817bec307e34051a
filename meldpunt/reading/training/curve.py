"""``python -m meldpunt.reading.training.curve``: how both readers, alone and mixed, grow with data.

Held out are the ``heldout`` passes, or without them the dev part. Prints a table; writes nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meldpunt.reading.linear import combined
from meldpunt.reading.training import data
from meldpunt.reading.training.base_weights import base_weights_file, read_base_model
from meldpunt.reading.training.baseline import predict_linear, train_linear
from meldpunt.reading.training.calibrate import SHARES, micro_at_best
from meldpunt.reading.training.data import Corpus, Example
from meldpunt.reading.training.gold import gold_labels
from meldpunt.reading.training.loop import Settings, predict, train
from meldpunt.reading.training.pipeline import make_network, make_vocabulary

LINEAR_SIZES = (1000, 2000, 4000, 8000, 16000)


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the curve of the linear reader, and of the network at ``--network`` sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=Path, help="a folder of txt passes to read as well")
    parser.add_argument(
        "--network", type=int, nargs="*", default=[], help="sizes at which the network is trained too"
    )
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--layers", type=int, default=Settings.layers)
    chosen = parser.parse_args(arguments)
    corpus = data.read_corpus(chosen.passes)
    corpus = replace(corpus, train=[e for e in corpus.train if e.complete and e.intent is None])
    measured = corpus.held_out or corpus.dev
    settings = Settings(epochs=chosen.epochs, layers=chosen.layers)
    for size in sorted({min(s, len(corpus.train)) for s in (*LINEAR_SIZES, *chosen.network)}):
        part = replace(corpus, train=corpus.train[:size])
        linear = predict_linear(train_linear(part), measured, len(corpus.labels))[0]
        print(f"{size:6d} linear         {_figures(linear, measured, corpus)}", flush=True)
        if size in {min(s, len(corpus.train)) for s in chosen.network}:
            _network_rows(size, part, settings, measured, linear)


def _network_rows(
    size: int, part: Corpus, settings: Settings, measured: Sequence[Example], linear: NDArray[np.float32]
) -> None:
    base = read_base_model(base_weights_file())
    network, batcher = make_network(base, make_vocabulary(base, part)[0], part, settings)
    with tempfile.TemporaryDirectory() as folder:
        train(network, part, batcher, settings, Path(folder) / "checkpoint.pt", lambda line: None)
    found = predict(network, batcher, measured).labels
    for share in SHARES:
        print(
            f"{size:6d} with {share:.0%} linear {_figures(combined(found, linear, share), measured, part)}",
            flush=True,
        )


def _figures(found: NDArray[np.float32], examples: Sequence[Example], corpus: Corpus) -> str:
    rows, gold = gold_labels(examples, corpus)
    return str(micro_at_best(gold, found[rows]))


if __name__ == "__main__":
    main()
