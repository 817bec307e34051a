"""Who of the staff can open handed-over conversations, and how that is given and taken away.

Every staff member has a key pair of their own; the private half is wrapped by a key from the password. The
meldpunt has a key pair too (a *generation*; rotation makes the next one); its private half is sealed for
each staff member and for the recovery key. So a password changes without touching anyone else's access, a
colleague is let in by one who can open, and taking away access is removing one sealed copy.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from handover.vault.conversation import ConversationKeys, open_handed_over
from handover.vault.cost import SALT_BYTES, Cost
from handover.vault.derive import derive, opening_key_of
from handover.vault.memory import Memory
from handover.vault.seal import NotOpened, Place, seal, unseal

RECOVERY = "recovery"


class WrongPassword(ValueError):
    """The password does not open this account's key."""


class NoAccess(RuntimeError):
    """This person's key opens no generation of the meldpunt's key."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An X25519 key pair."""

    public: bytes
    private: bytes = field(repr=False)

    @classmethod
    def new(cls) -> KeyPair:
        private = PrivateKey.generate()
        return cls(bytes(private.public_key), bytes(private))

    @classmethod
    def from_private(cls, private: bytes) -> KeyPair:
        return cls(bytes(PrivateKey(private).public_key), private)


@dataclass(frozen=True, slots=True)
class LockedKey:
    """A private key wrapped by a password: what an account stores instead of a password hash."""

    wrapped: bytes
    salt: bytes
    cost: Cost


def lock(private: bytes, password: str, owner: str, cost: Cost) -> LockedKey:
    """Wrap a private key by a password. Slow on purpose."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = cost.stretch(_normal(password), salt)
    return LockedKey(seal(key, private, Place(owner, 0, "private key")), salt, cost)


def unlock(locked: LockedKey, password: str, owner: str) -> KeyPair:
    """Open a private key with its password; raises :class:`WrongPassword`. Slow on purpose."""
    key = locked.cost.stretch(_normal(password), locked.salt)
    try:
        return KeyPair.from_private(unseal(key, locked.wrapped, Place(owner, 0, "private key")))
    except NotOpened:
        raise WrongPassword("the password is not right") from None


def grant(meldpunt_private: bytes, to_public: bytes) -> bytes:
    """The meldpunt's private key, sealed for one holder."""
    return bytes(SealedBox(PublicKey(to_public)).encrypt(meldpunt_private))


def open_grant(sealed: bytes, private: bytes) -> bytes:
    """The meldpunt's private key from a holder's grant; raises :class:`NoAccess`."""
    try:
        return bytes(SealedBox(PrivateKey(private)).decrypt(sealed))
    except CryptoError:
        raise NoAccess("this key opens nothing here") from None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The private keys of the meldpunt, by generation, that a logged-in person holds in memory."""

    private_keys: Mapping[int, bytes] = field(repr=False)
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    @classmethod
    def opened(cls, grants: Mapping[int, bytes], private: bytes) -> Keyring:
        """Open all of a person's grants; raises :class:`NoAccess` where there are none."""
        if not grants:
            raise NoAccess("this person's access has ended")
        return cls({generation: open_grant(sealed, private) for generation, sealed in grants.items()})

    @property
    def newest(self) -> int:
        return max(self.private_keys)

    def open(self, conversation_id: str, generation: int, sealed: bytes) -> ConversationKeys:
        """The keys of a handed-over conversation; raises :class:`~handover.vault.seal.NotOpened`."""
        try:
            private = self.private_keys[generation]
        except KeyError:
            raise NotOpened(f"generation {generation} is not on this key ring") from None
        keys: ConversationKeys = self.memory.once(
            (conversation_id, generation, sealed), lambda: open_handed_over(conversation_id, sealed, private)
        )
        return keys


def wrap_for_session(private: bytes, cookie_token: str, owner: str) -> bytes:
    """A person's private key, wrapped by the cookie of one session: survives a restart, opens with no
    database.
    """
    return seal(opening_key_of(cookie_token), private, Place(owner, 0, "session"))


def unwrap_for_session(wrapped: bytes, cookie_token: str, owner: str) -> KeyPair:
    """Open what :func:`wrap_for_session` made; raises :class:`~handover.vault.seal.NotOpened`."""
    return KeyPair.from_private(unseal(opening_key_of(cookie_token), wrapped, Place(owner, 0, "session")))


def seal_secret(private: bytes, secret: str, owner: str, field: str) -> bytes:
    """Seal a small secret (the TOTP secret) so that only its owner's private key opens it."""
    return seal(derive(private, "own secrets"), secret.encode(), Place(owner, 0, field))


def open_secret(private: bytes, sealed: bytes, owner: str, field: str) -> str:
    """Open what :func:`seal_secret` made; raises :class:`~handover.vault.seal.NotOpened`."""
    return unseal(derive(private, "own secrets"), sealed, Place(owner, 0, field)).decode()


def new_recovery_key() -> tuple[str, KeyPair]:
    """A recovery key as text to print once, and its key pair."""
    seed = secrets.token_bytes(30)
    text = base64.b32encode(seed).decode()
    return "-".join(text[i : i + 6] for i in range(0, 48, 6)), _pair_of(seed)


def recovery_pair(text: str) -> KeyPair:
    """The key pair of a printed recovery key; raises :class:`ValueError` where it cannot be one."""
    plain = (
        "".join(c for c in text.upper() if c.isalnum()).replace("0", "O").replace("1", "I").replace("8", "B")
    )
    seed = base64.b32decode(plain)
    if len(seed) != 30:
        raise ValueError("a recovery key has 48 letters and digits")
    return _pair_of(seed)


def seal_for_invite(private_keys: Mapping[int, bytes], invite_token: str, invite_id: str) -> bytes:
    """The meldpunt's private keys, wrapped by an invitation's token, for the colleague who gets it."""
    body = b"".join(generation.to_bytes(2) + key for generation, key in sorted(private_keys.items()))
    return seal(opening_key_of(invite_token), body, Place(invite_id, 0, "invite"))


def open_invite(sealed: bytes, invite_token: str, invite_id: str) -> dict[int, bytes]:
    """Open what :func:`seal_for_invite` made; raises :class:`~handover.vault.seal.NotOpened`."""
    body = unseal(opening_key_of(invite_token), sealed, Place(invite_id, 0, "invite"))
    return {int.from_bytes(body[i : i + 2]): body[i + 2 : i + 34] for i in range(0, len(body), 34)}


def _pair_of(seed: bytes) -> KeyPair:
    return KeyPair.from_private(derive(seed, "recovery"))


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
