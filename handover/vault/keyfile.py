"""The key file: secrets that must not be in the database. Refuses a damaged file with what to do about it.

``pepper`` guards receipt codes, ``audit`` chains the audit trail. Lose the file and no receipt code works
any more, and the audit trail can no longer be checked: keep a copy where the database's copies are not.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from handover.vault.derive import derive
from handover.vault.seal import new_key

FORMAT = 1


class KeyFileDamaged(RuntimeError):
    """The key file is there but cannot be trusted; the text says what to do."""


class KeyFileMissing(RuntimeError):
    """There is no key file where there should be one; the text says what to do."""


@dataclass(frozen=True, slots=True)
class InstallationKeys:
    """The secrets of this installation."""

    root: bytes = field(repr=False)

    @property
    def pepper(self) -> bytes:
        return derive(self.root, "pepper")

    @property
    def audit(self) -> bytes:
        return derive(self.root, "audit chain")

    def as_text(self) -> str:
        body = self.root.hex()
        return json.dumps({"format": FORMAT, "root": body, "check": _check(body)}, indent=1) + "\n"


def create(path: Path) -> InstallationKeys:
    """Make a key file that only its owner may read; raises :class:`FileExistsError` where there is one."""
    keys = InstallationKeys(new_key())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(keys.as_text())
        file.flush()
        os.fsync(file.fileno())
    return keys


def load(path: Path) -> InstallationKeys:
    """Read the key file; raises :class:`KeyFileMissing` or :class:`KeyFileDamaged`."""
    try:
        data = json.loads(path.read_text(encoding="ascii"))
        body = data["root"]
        if data["format"] != FORMAT or data["check"] != _check(body) or len(bytes.fromhex(body)) != 32:
            raise ValueError("check does not match")
    except FileNotFoundError:
        raise KeyFileMissing(
            f"The key file {path} is missing. Put back the copy that was made at set-up, or run "
            "'python -m handover init' for a new installation."
        ) from None
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        raise KeyFileDamaged(
            f"The key file {path} is damaged. Put back the copy that was made at set-up; "
            "without it receipt codes do not open anything."
        ) from None
    return InstallationKeys(bytes.fromhex(body))


def _check(body: str) -> str:
    return hashlib.blake2b(body.encode(), person=b"key file check", digest_size=8).hexdigest()
