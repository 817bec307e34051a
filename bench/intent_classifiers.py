"""The reader beside Rasa's own classifiers on the held-out intents: ``.venv-rasa/bin/python -m bench.intent_classifiers``.

Each is trained on ``bot/data/nlu`` in a process of its own and asked every held-out message once. Prints a Markdown table
(accuracy, macro-F1, median ms a message, MB at the peak, s of training) for ``docs/adr``.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HELD_OUT = ROOT / "bot" / "data" / "nlu_heldout" / "intents.jsonl"
SPARSE = """
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
"""
PIPELINES = {
    "DIET, 100 epochs": SPARSE + "  - name: DIETClassifier\n    epochs: 100\n    entity_recognition: false\n",
    "logistic regression on sparse features": SPARSE
    + "  - name: LogisticRegressionClassifier\n    max_iter: 200\n",
    "the reader": "\n  - name: bot.rasa_plugins.reader.MeldpuntReader\n",
}


def main() -> None:
    """One row a classifier."""
    print("| classifier | accuracy | macro-F1 | ms a message | MB | training s |\n|---|---|---|---|---|---|")
    for name in PIPELINES:
        done = subprocess.run(
            [sys.executable, "-m", "bench.intent_classifiers", name], capture_output=True, text=True, cwd=ROOT
        )
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        print(done.stdout.strip().splitlines()[-1], flush=True)


def measure(name: str) -> str:
    """Train and ask one classifier; its row of the table."""
    from rasa.core.agent import load_agent
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yml"
        config.write_text(
            f"recipe: default.v1\nassistant_id: bench\nlanguage: nl\npipeline:{PIPELINES[name]}\n"
        )
        begun = time.monotonic()
        model = train_nlu(
            str(config), str(ROOT / "bot" / "data" / "nlu"), folder, domain=str(ROOT / "domain.yml")
        )
        trained = time.monotonic() - begun
        rows = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
        pairs, times = asyncio.run(_ask(load_agent, model, rows))
    right = sum(wanted == got for wanted, got in pairs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"| {name} | {right / len(pairs):.3f} | {_macro_f1(pairs):.3f} | {statistics.median(times):.0f} | "
        f"{memory:.0f} | {trained:.0f} |"
    )


async def _ask(
    load_agent: Any, model: str, rows: list[dict[str, Any]]
) -> tuple[list[tuple[str, str]], list[float]]:
    agent = await load_agent(model_path=model)
    pairs, times = [], []
    for row in rows:
        begun = time.perf_counter()
        parsed = await agent.parse_message(row["text"])
        times.append(1000 * (time.perf_counter() - begun))
        pairs.append((row["intent"], parsed["intent"]["name"]))
    return pairs, times


def _macro_f1(pairs: list[tuple[str, str]]) -> float:
    hits = Counter(wanted for wanted, got in pairs if wanted == got)
    asked, guessed = Counter(w for w, _ in pairs), Counter(g for _, g in pairs)
    return statistics.mean(2 * hits[name] / (asked[name] + guessed[name]) for name in asked)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(measure(sys.argv[1]))
    else:
        main()
