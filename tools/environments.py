"""The two Python environments: made when missing, brought up to date when their requirements changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.console import say, step
from tools.paths import REQUIREMENTS, ROOT, writable
from tools.pythons import MODERN_PYTHONS, RASA_PYTHON, find_python
from tools.uv import find_uv, run_fetching

DUTCH_MODEL_LIMIT_S = 5


@dataclass(frozen=True)
class Environment:
    """A folder with a Python and the requirement files that fill it; a later one contains the earlier."""

    folder: str
    pythons: tuple[str, ...]
    requirements: tuple[str, ...]
    holds: str

    @property
    def home(self) -> Path:
        return ROOT / self.folder

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"


MODERN = Environment(".venv", MODERN_PYTHONS, ("app.txt", "dev.txt"), "the product")
RASA = Environment(".venv-rasa", (RASA_PYTHON,), ("rasa.txt",), "Rasa, about 2.5 GB")


def ensure(environment: Environment, requirements: str) -> None:
    """Make the environment hold at least this requirement file; quick and silent when it does already."""
    at_least = environment.requirements[environment.requirements.index(requirements) :]
    stamp = environment.home / "meldpunt.stamp"
    kept = stamp.read_text() if stamp.exists() and environment.python.exists() else ""
    if kept in (_fingerprint(name) for name in at_least):
        return
    writable(ROOT)
    with _one_at_a_time():
        _make(environment, requirements, stamp)


def _make(environment: Environment, requirements: str, stamp: Path) -> None:
    uv = find_uv()
    if not _runs(environment.python):
        python = find_python(environment.pythons, uv)
        run_fetching(
            [uv, "venv", "--quiet", "--clear", "--python", python, str(environment.home)], environment.folder
        )
    stamp.unlink(missing_ok=True)
    with step(f"Installing {environment.folder} ({environment.holds})"):
        file = str(REQUIREMENTS / requirements)
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(environment.python), file]
        run_fetching(sync, environment.folder)
    _put_root_on_path(environment)
    _try_dutch_model(environment, uv)
    stamp.write_text(_fingerprint(requirements))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two terminals that set up the same checkout wait for one another."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _fingerprint(requirements: str) -> str:
    content = (REQUIREMENTS / requirements).read_bytes()
    return f"{requirements} {hashlib.sha256(content).hexdigest()} {ROOT}\n"


def _runs(python: Path) -> bool:
    return python.exists() and subprocess.run([str(python), "-c", ""], capture_output=True).returncode == 0


def _put_root_on_path(environment: Environment) -> None:
    """The packages are imported from the checkout: nothing to build or install."""
    for packages in environment.home.glob("lib/python3.*/site-packages"):
        (packages / "meldpunt-root.pth").write_text(f"{ROOT}\n")


def _try_dutch_model(environment: Environment, uv: str) -> None:
    """spaCy's small Dutch model is a help, not a need: a few seconds for it, and on without."""
    target = environment.home / "dutch-model"
    argv = [str(environment.python), "-m", "tools.dutch_model", str(target), str(DUTCH_MODEL_LIMIT_S)]
    fetched = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT)
    wheel = fetched.stdout.strip().splitlines()[-1:]
    if fetched.returncode == 0 and wheel:
        install = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--python",
            str(environment.python),
            wheel[0],
        ]
        if subprocess.run(install, capture_output=True, cwd=ROOT).returncode == 0:
            return
    say(f"  spaCy's Dutch model could not be had within {DUTCH_MODEL_LIMIT_S} s; going on without it")
