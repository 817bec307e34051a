"""Where things are in a checkout."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.console import Problem

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
MODELS = ROOT / "models"


def var_folder(environment: Mapping[str, str]) -> Path:
    """Where a running product keeps its database, keys and logs; ``MELDPUNT_VAR`` moves it."""
    return (ROOT / (environment.get("MELDPUNT_VAR") or "var")).resolve()


def writable(folder: Path) -> Path:
    """Make the folder (for its owner only) and prove that it can be written; raises :class:`Problem`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise Problem(
            f"{folder} cannot be written ({error.strerror}).",
            "Give yourself write access to it, or set MELDPUNT_VAR to a folder of your own.",
        ) from error
