"""``python -m meldpunt.reading.training``: from the repository's data to ``models/reader``."""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

os.environ.setdefault(
    "OMP_WAIT_POLICY", "PASSIVE"
)  # waiting threads sleep: other work on the machine goes on

import torch

from meldpunt.reading.training import data
from meldpunt.reading.training.loop import Settings
from meldpunt.reading.training.pipeline import Paths, make_reader

CHECKPOINT = data.ROOT / "var" / "train-reader" / "checkpoint.pt"
ARTEFACT = data.ROOT / "models" / "reader"


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, calibrate, export, check and evaluate."""
    chosen = _parser().parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    settings = Settings(
        epochs=chosen.epochs,
        layers=chosen.layers,
        batch=chosen.batch,
        rate=chosen.rate,
        seed=chosen.seed,
        threads=chosen.threads,
    )
    if chosen.fresh and chosen.checkpoint.exists():
        chosen.checkpoint.unlink()
    corpus = data.read_corpus(chosen.passes, chosen.limit)
    begun = time.monotonic()

    def say(line: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - begun), 60)
        print(f"[{minutes:3d}:{seconds:02d}] {line}", flush=True)

    made = make_reader(
        corpus, settings, Paths(chosen.output, chosen.checkpoint), datetime.now(timezone.utc), say
    )
    say(f"written to {made}; {sum(f.stat().st_size for f in made.iterdir()) / 1e6:.1f} MB")
    if not chosen.keep_checkpoint:
        shutil.rmtree(chosen.checkpoint.parent, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    default = Settings()
    parser = argparse.ArgumentParser(prog="python -m meldpunt.reading.training", description=__doc__)
    parser.add_argument("--epochs", type=int, default=default.epochs)
    parser.add_argument("--layers", type=int, default=default.layers, help="of the base model's 12")
    parser.add_argument("--batch", type=int, default=default.batch)
    parser.add_argument("--rate", type=float, default=default.rate, help="learning rate of the top layer")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--threads", type=int, default=default.threads)
    parser.add_argument("--limit", type=int, help="train on this many messages only (trying things out)")
    parser.add_argument("--passes", type=Path, help="a folder of txt passes to read as well (experiments)")
    parser.add_argument("--output", type=Path, default=ARTEFACT)
    parser.add_argument("--checkpoint", type=Path, default=CHECKPOINT)
    parser.add_argument("--fresh", action="store_true", help="don't go on from an earlier checkpoint")
    parser.add_argument("--keep-checkpoint", action="store_true")
    return parser


if __name__ == "__main__":
    main()
