"""Sealing with XChaCha20-Poly1305: what is opened is what was sealed, and only in the place it was sealed
for.

A sealed value is ``version (1 byte) | nonce (24) | ciphertext``. The place (purpose, conversation, number,
field) is authenticated with it, so that a value moved to another row, message or conversation does not open.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as _decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as _encrypt,
)
from nacl.exceptions import CryptoError
from nacl.utils import random as random_bytes

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 24
OVERHEAD = 1 + NONCE_BYTES + 16


class NotOpened(ValueError):
    """The value was not sealed with this key for this place, or it was altered."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs: ``field`` of number ``seq`` of ``owner`` (a conversation, a staff
    member...).
    """

    owner: str
    seq: int
    field: str

    def as_bytes(self) -> bytes:
        return json.dumps(["meldpunt", VERSION, self.owner, self.seq, self.field]).encode()


def new_key() -> bytes:
    """A random key of 32 bytes."""
    return random_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, place: Place, nonce: bytes | None = None) -> bytes:
    """Seal ``plain`` for ``place``. ``nonce`` is given only by known-answer tests."""
    nonce = nonce or random_bytes(NONCE_BYTES)
    return bytes([VERSION]) + nonce + _encrypt(plain, place.as_bytes(), nonce, key)


def unseal(key: bytes, sealed: bytes, place: Place) -> bytes:
    """Open what :func:`seal` made; raises :class:`NotOpened`."""
    if len(sealed) < OVERHEAD or sealed[0] != VERSION:
        raise NotOpened("not a sealed value of this version")
    nonce, cipher = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return _decrypt(cipher, place.as_bytes(), nonce, key)
    except CryptoError:
        raise NotOpened(f"{place.field} does not open with this key") from None


def seal_text(key: bytes, text: str, place: Place) -> bytes:
    """Seal a text as UTF-8; lone surrogates, which a browser can send, survive."""
    return seal(key, text.encode("utf-8", "surrogatepass"), place)


def unseal_text(key: bytes, sealed: bytes, place: Place) -> str:
    """Open what :func:`seal_text` made."""
    return unseal(key, sealed, place).decode("utf-8", "surrogatepass")
