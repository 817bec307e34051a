"""Rasa's model: trained again only when what it is made of has changed."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tools.console import Problem, step
from tools.environments import RASA
from tools.lifetime import end_with_me
from tools.paths import MODELS, ROOT

# The reader is no part of Rasa's model, but its labels are what Rasa was trained to expect.
INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "bot/data/**/*.yml",
    "bot/rasa_plugins/**/*.py",
    "models/reader/*",
    "requirements/rasa.txt",
)


def ingredients() -> Iterator[Path]:
    """Every file that the model depends on, in a fixed order."""
    for pattern in INGREDIENTS:
        yield from sorted(path for path in ROOT.glob(pattern) if path.is_file())


def fingerprint() -> str:
    """Twelve hexadecimal digits for names and contents of all ingredients."""
    whole = hashlib.sha256()
    for path in ingredients():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(ROOT)} {content}\n".encode())
    return whole.hexdigest()[:12]


def ensure_model(models: Path = MODELS) -> Path:
    """The model that fits the code; trains it when it is missing, damaged or older than the code.

    ``MELDPUNT_TRAIN=never`` forbids that, for machines that get their model from elsewhere.
    """
    wanted = models / f"sam-{fingerprint()}.tar.gz"
    if wanted.exists() and is_intact(wanted):
        return wanted
    if os.environ.get("MELDPUNT_TRAIN") == "never":
        raise Problem(
            f"The model in {models} does not fit this code.",
            f"Run `make train`, or bring {wanted.name}, made from the same version of the code.",
        )
    with step("Training Rasa's rules"):
        _train(wanted)
    for old in models.glob("*.tar.gz"):
        if old != wanted:
            old.unlink()
    return wanted


def is_intact(model: Path) -> bool:
    """Whether the archive can be read to its end and says what made it."""
    try:
        whole = io.BytesIO(gzip.decompress(model.read_bytes()))
        with tarfile.open(fileobj=whole) as archive:
            names = archive.getnames()
            description = archive.extractfile(next(name for name in names if name.endswith("metadata.json")))
            return description is not None and "rasa_open_source_version" in json.load(description)
    except (OSError, EOFError, zlib.error, tarfile.TarError, StopIteration, ValueError):
        return False


def _train(wanted: Path) -> None:
    draft = "draft"
    argv = [str(RASA.python), "-m", "rasa", "train", "--data", "bot/data", "--out", str(wanted.parent)]
    # --force: Rasa's cache does not see changes in files that our components read.
    argv += ["--fixed-model-name", draft, "--force"]
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MELDPUNT_ACTIONS_URL": "",
        "MELDPUNT_ACTION_TOKEN": "",
    }
    done = subprocess.run(
        argv,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=end_with_me(),
    )
    made = wanted.parent / f"{draft}.tar.gz"
    if done.returncode != 0 or not made.exists():
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise Problem(
            "Rasa could not be trained.", f"Mend what it names and run `make train`. It said:\n{last}"
        )
    made.rename(wanted)
