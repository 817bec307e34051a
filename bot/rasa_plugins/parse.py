"""Classify JSON lines as the live server would: ``python -m bot.rasa_plugins.parse < messages > intents``."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path


async def parse_lines(model: Path) -> None:
    """Read ``{"id", "text"}`` lines on standard input, write ``{"id", "intent", "confidence"}`` lines."""
    from rasa.core.agent import load_agent

    agent = await load_agent(model_path=str(model))
    for line in sys.stdin:
        if not line.strip():
            continue
        row = json.loads(line)
        parsed = await agent.parse_message("\u2060" + row["text"])
        intent = parsed.get("intent") or {}
        print(
            json.dumps(
                {"id": row["id"], "intent": intent.get("name"), "confidence": intent.get("confidence")}
            ),
            file=ANSWERS,
        )


def newest_model() -> Path:
    """The model that was trained last; ends with a remedy where there is none."""
    models = sorted(Path("models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        sys.exit("There is no trained model in models/; run `make train` first.")
    return models[-1]


if __name__ == "__main__":
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", LOG_LEVEL="ERROR")
    logging.disable(logging.WARNING)
    ANSWERS = os.fdopen(os.dup(sys.stdout.fileno()), "w")  # whatever Rasa prints goes to standard error
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    asyncio.run(parse_lines(newest_model()))
    ANSWERS.flush()
