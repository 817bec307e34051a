"""What guessing a password or a code costs: Argon2id (RFC 9106), with its settings stored beside what it
protects.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from argon2.low_level import Type, hash_secret_raw

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's settings: ``memory`` in KiB, ``time`` in passes, ``lanes``."""

    memory: int = 65536
    time: int = 3
    lanes: int = 1

    def stretch(self, secret: bytes, salt: bytes) -> bytes:
        """32 bytes from a guessable secret. Takes 0.1 s on purpose: call it in a thread."""
        return hash_secret_raw(secret, salt, self.time, self.memory, self.lanes, 32, Type.ID)

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Cost:
        return cls(memory=int(data["memory"]), time=int(data["time"]), lanes=int(data["lanes"]))
