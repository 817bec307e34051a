"""Deriving keys and look-up values apart from one secret: knowing one tells nothing about the other
(BLAKE2b).
"""

from __future__ import annotations

import base64
import hashlib
import secrets


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes that belong to ``secret`` and ``purpose`` (at most 16 characters) alone."""
    return hashlib.blake2b(b"meldpunt", key=secret[:64], person=purpose.encode(), digest_size=32).digest()


def keyed_hash(key: bytes, message: bytes, purpose: str) -> bytes:
    """A MAC of 32 bytes over ``message`` under ``key`` for ``purpose``."""
    return hashlib.blake2b(message, key=key[:64], person=purpose.encode(), digest_size=32).digest()


def new_token() -> str:
    """A secret of 256 bits as 43 characters that need no escaping anywhere."""
    return secrets.token_urlsafe(32)


def token_bytes(token: str) -> bytes:
    """The 32 bytes of a token of :func:`new_token`; raises :class:`ValueError` for anything else."""
    if len(token) != 43 or not token.isascii():
        raise ValueError("not a token")
    raw = base64.urlsafe_b64decode(token + "=")
    if len(raw) != 32 or base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
        raise ValueError("not a token")
    return raw


def lookup_of(token: str) -> bytes:
    """What the database knows a token by."""
    return derive(token_bytes(token), "lookup")


def opening_key_of(token: str) -> bytes:
    """The key that a token opens with; never stored."""
    return derive(token_bytes(token), "opening")
