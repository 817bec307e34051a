"""Secrets and paths that Rasa's process gets from its environment; each missing one is a clear error at start-up."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

KEY_BYTES = 32


class EnvironmentProblem(RuntimeError):
    """A setting is missing or damaged. A RuntimeError on purpose: Rasa swallows ImportError and AttributeError."""


def channel_secret() -> str:
    """The shared secret that handover sends with every call."""
    return _required("MELDPUNT_CHANNEL_SECRET")


def tracker_key() -> bytes:
    """The 32-byte key that seals the tracker store."""
    try:
        key = base64.b64decode(_required("MELDPUNT_TRACKER_KEY"), validate=True)
    except binascii.Error as error:
        raise EnvironmentProblem("MELDPUNT_TRACKER_KEY is not valid base64; restore the key file.") from error
    if len(key) != KEY_BYTES:
        raise EnvironmentProblem(
            f"MELDPUNT_TRACKER_KEY must hold {KEY_BYTES} bytes, not {len(key)}; restore the key file."
        )
    return key


def action_token() -> str:
    """The token that Rasa and the action server share."""
    return _required("MELDPUNT_ACTION_TOKEN")


def tracker_file() -> Path:
    """Where the sealed tracker rows are kept."""
    return Path(os.environ.get("MELDPUNT_VAR", "var")) / "trackers.db"


def port(name: str, default: int) -> int:
    """A port from ``MELDPUNT_<name>_PORT``."""
    return int(os.environ.get(f"MELDPUNT_{name}_PORT", default))


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise EnvironmentProblem(
            f"{name} is not set; start everything with `make run`, which makes the keys."
        )
    return value
