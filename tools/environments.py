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
    own_pip: bool = False  # filled by its own pip, which also looks in folders of wheels that the machine names

    @property
    def home(self) -> Path:
        return ROOT / self.folder

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Says which requirement file the environment holds; missing while it is being filled."""
        return self.home / "meldpunt.stamp"

    def rank(self, requirements: str) -> int:
        """Where a requirement file stands: more is later, unknown is -1."""
        return self.requirements.index(requirements) if requirements in self.requirements else -1


MODERN = Environment(".venv", MODERN_PYTHONS, ("app.txt", "dev.txt"), "the product")
RASA = Environment(".venv-rasa", (RASA_PYTHON,), ("rasa.txt",), "Rasa, about 2.5 GB")
# Without hashes: torch for processors only, where a folder of wheels has it, is another file than the usual.
TRAIN = Environment(".venv-train", MODERN_PYTHONS, ("train.txt",), "torch", own_pip=True)


def ensure(environment: Environment, requirements: str) -> None:
    """Make the environment hold at least this requirement file; quick and silent when it does already."""
    held = environment.stamp.read_text() if environment.stamp.exists() and environment.python.exists() else ""
    # What tests need stays once it is there.
    wanted = max(requirements, held.partition(" ")[0], key=environment.rank)
    if held == _fingerprint(wanted):
        return
    writable(ROOT)
    with _one_at_a_time():
        _make(environment, wanted)


def _make(environment: Environment, requirements: str) -> None:
    uv = find_uv()
    if not (_runs(environment.python) and _made_here(environment)):
        python = find_python(environment.pythons, uv)
        seed = ["--seed"] if environment.own_pip else []
        run_fetching(
            [uv, "venv", "--quiet", "--clear", *seed, "--python", python, str(environment.home)],
            environment.folder,
        )
    environment.stamp.unlink(missing_ok=True)
    with step(f"Installing {environment.folder} ({environment.holds})"):
        run_fetching(_installer(environment, uv, REQUIREMENTS / requirements), environment.folder)
    _put_root_on_path(environment)
    if environment is not TRAIN:
        _try_dutch_model(environment, uv)
    environment.stamp.write_text(_fingerprint(requirements))


def _installer(environment: Environment, uv: str, requirements: Path) -> list[str]:
    python = str(environment.python)
    if environment.own_pip:
        return [python, "-m", "pip", "install", "--quiet", "-r", str(requirements)]
    return [uv, "pip", "sync", "--require-hashes", "--quiet", "--python", python, str(requirements)]


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


def _made_here(environment: Environment) -> bool:
    """False for an environment that was moved or copied with the checkout: its scripts name the old place."""
    return not environment.stamp.exists() or environment.stamp.read_text().endswith(f" {ROOT}\n")


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
