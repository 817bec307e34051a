"""Finding a Python for each environment: one on this machine, or one that uv fetches."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.console import Problem, say
from tools.uv import environment, run_fetching

RASA_PYTHON = "3.10"  # Rasa 3.6 installs on nothing newer
MODERN_PYTHONS = ("3.11", "3.12", "3.13")  # the libraries of app.txt have wheels for these
FETCH_LIMIT_S = 300
PROBE = "import sys, ssl, sqlite3, ctypes; print('%d.%d' % sys.version_info[:2])"


def find_python(versions: tuple[str, ...], uv: str) -> str:
    """The first interpreter of one of the versions that really runs; raises :class:`Problem` without."""
    for version in versions:
        for candidate in _on_this_machine(version):
            if answers_as(candidate, version):
                return candidate
    return _fetched(versions[0], uv)


def _on_this_machine(version: str) -> Iterator[str]:
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield sys.executable
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted((root / "versions").glob(f"{version}.*"), reverse=True):
        yield str(folder / "bin" / f"python{version}")


def answers_as(python: str, version: str) -> bool:
    """Whether it runs, is of that version and has the modules we need (a pyenv shim may be empty)."""
    try:
        probe = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.stdout.strip() == version


def _fetched(version: str, uv: str) -> str:
    managed = _managed(version, uv)
    if managed is None:
        say(f"Fetching Python {version} ...")
        try:
            run_fetching([uv, "python", "install", "--no-bin", version], f"Python {version}", FETCH_LIMIT_S)
        except Problem as problem:
            raise Problem(
                f"No Python {version} was found on this machine, and it could not be fetched either.",
                f"Install it (your package manager, or `pyenv install {version}`), on PATH or in ~/.pyenv, "
                "and run the same command again.",
            ) from problem
        managed = _managed(version, uv)
    if managed is None:
        raise Problem(
            f"Python {version} was fetched but does not run.", f"Install python{version} in another way."
        )
    return managed


def _managed(version: str, uv: str) -> str | None:
    argv = [uv, "python", "find", "--managed-python", "--no-python-downloads", version]
    found = subprocess.run(argv, capture_output=True, text=True, env=environment())
    python = found.stdout.strip()
    return python if found.returncode == 0 and answers_as(python, version) else None
