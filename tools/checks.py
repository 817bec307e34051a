"""Lint and tests, each step quiet when it goes well: ``python -m tools.checks lint tests``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tools.console import Problem, end_with_one_sentence, say
from tools.environments import MODERN, RASA
from tools.lifetime import end_with_me
from tools.paths import ROOT
from tools.postgres import find_programs

CHROMIUM = "/usr/bin/chromium"
NO_TESTS = 5  # pytest's exit status when a selection is empty
WORKERS = "2"


@dataclass(frozen=True)
class Check:
    """One command, and what to call it."""

    title: str
    argv: Sequence[str]
    shows_output: bool = False


def lint() -> list[Check]:
    """Style, types and which package may import which."""
    tool = MODERN.home / "bin"
    return [
        Check("style (ruff)", [str(tool / "ruff"), "check", "--quiet", "."]),
        Check("types (mypy)", [str(tool / "mypy")]),
        Check("who may import whom (import-linter)", [str(tool / "lint-imports")]),
    ]


def tests() -> list[Check]:
    """Quick tests side by side; those with the four real processes after them; the reader's beside Rasa."""
    pytest = [str(MODERN.python), "-m", "pytest", "-q"]
    beside_rasa = [str(RASA.python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return [
        Check("tests", [*pytest, "-n", WORKERS, "-m", "not product"], shows_output=True),
        Check("tests of the whole product", [*pytest, "-m", "product"], shows_output=True),
        Check("tests beside Rasa (Python 3.10)", [*beside_rasa, *paths_beside_rasa()], shows_output=True),
    ]


def paths_beside_rasa() -> list[str]:
    """What must work in Rasa's environment: our plug-ins, and the packages that they import."""
    return [name for name in ("tests/meldpunt", "tests/bot/rasa_plugins") if (ROOT / name).is_dir()]


def need_programs() -> None:
    """Chromium and PostgreSQL come from the system; raises :class:`Problem` before anything long begins."""
    find_programs()
    if not os.access(os.environ.get("MELDPUNT_CHROMIUM", CHROMIUM), os.X_OK):
        raise Problem(
            "The browser tests need Chromium.",
            "Install it (Debian: apt-get install chromium), or point MELDPUNT_CHROMIUM to one.",
        )
    for driver in MODERN.home.glob("lib/python3.*/site-packages/playwright/driver/node"):
        started = subprocess.run([str(driver), "--version"], capture_output=True, text=True)
        if started.returncode != 0:
            raise Problem(
                f"Playwright, which drives the browser, does not start: {started.stderr.strip()}",
                "Install what it misses (Debian: apt-get install libatomic1).",
            )


def run(checks: Sequence[Check]) -> int:
    """Run all checks, also after a failure; 0 when every one went well."""
    failed = []
    for check in checks:
        begun = time.monotonic()
        say(f"== {check.title}")
        process = subprocess.run(
            check.argv,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=None if check.shows_output else subprocess.PIPE,
            stderr=subprocess.STDOUT if not check.shows_output else None,
            text=True,
            preexec_fn=end_with_me(),
        )
        good = process.returncode in (0, NO_TESTS) if check.shows_output else process.returncode == 0
        if not good:
            failed.append(check.title)
            say((process.stdout or "").rstrip())
        say(f"   {'good' if good else 'FAILED'} ({time.monotonic() - begun:.0f} s)")
    if failed:
        say(f"\nNot good: {', '.join(failed)}.\nMend what is named above and run the same command again.")
    return 1 if failed else 0


def main() -> int:
    """Run the named groups in order."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    groups = sys.argv[1:]
    if "tests" in groups:
        need_programs()
    return run([check for group in groups for check in {"lint": lint, "tests": tests}[group]()])


if __name__ == "__main__":
    sys.exit(end_with_one_sentence(main))
