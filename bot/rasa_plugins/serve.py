"""Start Rasa on loopback with our channel and store: ``python -m bot.rasa_plugins.serve``."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from bot.rasa_plugins.environment import EnvironmentProblem, action_token, channel_secret, port, tracker_key
from meldpunt.at_start import check_data, refusing_mistakes

MODELS = Path("models")


def main() -> None:
    """Check what Rasa needs, then hand over to it. Ends with one sentence and a remedy when something is missing."""
    try:
        channel_secret(), tracker_key(), action_token()
    except EnvironmentProblem as error:
        sys.exit(str(error))
    with refusing_mistakes():
        check_data()
    if not sorted(MODELS.glob("*.tar.gz")):
        sys.exit("There is no trained model in models/; run `make train` first.")
    os.environ.update(RASA_TELEMETRY_ENABLED="false", SANIC_HOST="127.0.0.1", TF_CPP_MIN_LOG_LEVEL="3")
    if os.environ.get("LOG_LEVEL", "").upper() not in ("WARNING", "ERROR", "CRITICAL"):
        os.environ["LOG_LEVEL"] = "INFO"  # at DEBUG Rasa writes down what visitors say
    os.environ.setdefault("TF_INTRA_OP_PARALLELISM_THREADS", "1")
    os.environ.setdefault("TF_INTER_OP_PARALLELISM_THREADS", "1")
    os.environ["MELDPUNT_ACTIONS_URL"] = f"http://127.0.0.1:{port('ACTIONS', 5055)}/webhook"
    logging.captureWarnings(True)
    sys.argv = [
        "rasa", "run", "--model", str(MODELS), "--interface", "127.0.0.1", "--port", str(port("RASA", 5005)),
        "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()
