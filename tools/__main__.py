"""``python3 -m tools COMMAND``: what the Makefile calls. Makes what the command needs, then runs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

if sys.version_info < (3, 9):  # noqa: UP036 - a machine's own Python may well be older
    sys.exit(
        "This Python is older than 3.9.\n"
        "Run the command with a newer one, for example: make PYTHON=python3.11 run"
    )

from tools.console import end_with_one_sentence, say
from tools.environments import MODERN, RASA, TRAIN, Environment, ensure
from tools.paths import ROOT
from tools.training import ensure_model


def setup() -> int:
    """Both environments and Rasa's model."""
    ensure(MODERN, "app.txt")
    ensure(RASA, "rasa.txt")
    ensure_model()
    return 0


def setup_for_checks() -> int:
    """The same, with what tests need."""
    ensure(MODERN, "dev.txt")
    return setup()


def train() -> int:
    """Rasa's model."""
    ensure(RASA, "rasa.txt")
    say(f"models/{ensure_model().name} is up to date.")
    return 0


def train_reader() -> int:
    """The reader, from the data in the repository."""
    ensure(TRAIN, "train.txt")
    return _become(TRAIN, "meldpunt.reading.training")


def run() -> int:
    """The whole product."""
    setup()
    return _become(MODERN, "tools.run")


def test() -> int:
    """Everything that CI checks."""
    setup_for_checks()
    return _become(MODERN, "tools.checks", "lint", "tests")


def lint() -> int:
    """Style, types and the rule of three packages."""
    ensure(MODERN, "dev.txt")
    return _become(MODERN, "tools.checks", "lint")


def extract() -> int:
    """Read messages: JSON lines in, JSON lines out."""
    ensure(MODERN, "app.txt")
    return _become(MODERN, "meldpunt.reading.extract")


def screenshots() -> int:
    """The pictures in docs/screenshots, made by the browser tests."""
    setup_for_checks()
    os.environ["MELDPUNT_SCREENSHOTS"] = "docs/screenshots"
    return _become(MODERN, "pytest", "-q", "tests/browser")


def parse() -> int:
    """Classify messages as Rasa does: JSON lines in, JSON lines out."""
    train_quietly()
    return _become(RASA, "bot.rasa_plugins.parse")


def train_quietly() -> None:
    """Rasa's model, without a word when nothing was to be done."""
    ensure(RASA, "rasa.txt")
    ensure_model()


def evaluate() -> int:
    """Accuracy figures."""
    setup()
    return _become(MODERN, "bench.accuracy")


def bench() -> int:
    """Speed figures."""
    setup()
    return _become(MODERN, "bench")


COMMANDS: dict[str, Callable[[], int]] = {
    "setup": setup,
    "train": train,
    "train-reader": train_reader,
    "run": run,
    "test": test,
    "lint": lint,
    "extract": extract,
    "parse": parse,
    "screenshots": screenshots,
    "eval": evaluate,
    "bench": bench,
}


def _become(environment: Environment, module: str, *arguments: str) -> int:
    """Go on as a module in one of the environments, in this very process."""
    python = str(environment.python)
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(python, [python, "-m", module, *arguments], {**os.environ, "PYTHONPATH": str(ROOT)})


if __name__ == "__main__":
    sys.exit(end_with_one_sentence(COMMANDS[sys.argv[1]]))
