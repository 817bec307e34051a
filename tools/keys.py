"""The secrets that the processes share: made once, kept for the owner only, refused when damaged."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tools.console import Problem
from tools.paths import writable

KEY_BYTES = 32
SHARED = {
    # environment variable: (file under var/keys, what is lost without it)
    "MELDPUNT_CHANNEL_SECRET": ("channel-secret", "nothing: a new one is made at the next start"),
    "MELDPUNT_ACTION_TOKEN": ("action-token", "nothing: a new one is made at the next start"),
    "MELDPUNT_TRACKER_KEY": ("tracker-key", "what Sam remembers of unfinished conversations (trackers.db)"),
}


def shared_secrets(var: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Every shared secret, base64: as the environment gives it, else from its file, made if missing."""
    folder = writable(var / "keys")
    return {name: given.get(name) or _kept(folder / file, loss) for name, (file, loss) in SHARED.items()}


def _kept(file: Path, loss: str) -> str:
    try:
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _made(file)
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(file, loss) from error
    try:
        intact = len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except binascii.Error:
        intact = False
    if not intact:
        raise _damaged(file, loss)
    file.chmod(0o600)
    return text


def _made(file: Path) -> str:
    text = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    # Written whole before it gets its name: a crash leaves no half a key.
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(file)
    return text


def _damaged(file: Path, loss: str) -> Problem:
    return Problem(
        f"The key file {file} is damaged.",
        f"Put it back from a backup, or remove it and start again; without it you lose {loss}.",
    )
