"""The keys of one conversation, and wrapping them for whoever may open it.

A conversation has a key per *part*: part 0 is what was said before anything was handed over; a report
without consent to keep the literal words begins part 1, and staff get only that. Whoever holds a part's key
reads that part.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from handover.vault.derive import derive
from handover.vault.seal import KEY_BYTES, NotOpened, Place, new_key, seal, unseal

ENTRY_BYTES = 1 + KEY_BYTES


@dataclass(frozen=True, slots=True)
class ConversationKeys:
    """The keys of the parts of conversation ``conversation_id`` that the holder may open."""

    conversation_id: str
    parts: Mapping[int, bytes] = field(repr=False)

    @classmethod
    def new(cls, conversation_id: str) -> ConversationKeys:
        """Keys for a conversation that begins now."""
        return cls(conversation_id, {0: new_key()})

    def with_new_part(self) -> ConversationKeys:
        """The same keys and one for the next part."""
        return ConversationKeys(self.conversation_id, {**self.parts, max(self.parts) + 1: new_key()})

    def only(self, parts: Iterable[int]) -> ConversationKeys:
        """The keys of ``parts`` alone."""
        wanted = set(parts)
        return ConversationKeys(
            self.conversation_id, {n: key for n, key in self.parts.items() if n in wanted}
        )

    @property
    def current(self) -> int:
        """The part that is written to."""
        return max(self.parts)

    def seal(self, part: int, seq: int, field: str, value: Any) -> bytes:
        """Seal a JSON value as ``field`` number ``seq``; raises :class:`NotOpened` without the part's key."""
        plain = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
        return seal(self._key(part), plain, Place(self.conversation_id, seq, field))

    def open(self, part: int, seq: int, field: str, sealed: bytes) -> Any:
        """Open what :meth:`seal` made; raises :class:`NotOpened`."""
        return json.loads(unseal(self._key(part), sealed, Place(self.conversation_id, seq, field)))

    def _key(self, part: int) -> bytes:
        try:
            return self.parts[part]
        except KeyError:
            raise NotOpened(f"part {part} is not for this holder") from None

    def as_bytes(self) -> bytes:
        return b"".join(bytes([n]) + key for n, key in sorted(self.parts.items()))

    @classmethod
    def from_bytes(cls, conversation_id: str, raw: bytes) -> ConversationKeys:
        entries = [raw[i : i + ENTRY_BYTES] for i in range(0, len(raw), ENTRY_BYTES)]
        return cls(conversation_id, {entry[0]: entry[1:] for entry in entries})

    def wrapped(self, opening_key: bytes, holder: str) -> bytes:
        """These keys, sealed under a holder's own key (a visitor's token, a receipt code)."""
        return seal(opening_key, self.as_bytes(), Place(self.conversation_id, 0, holder))

    def sealed_for(self, public_key: bytes) -> bytes:
        """These keys, sealed so that only the private half of ``public_key`` opens them."""
        body = self.conversation_id.encode() + b"\0" + self.as_bytes()
        return bytes(SealedBox(PublicKey(public_key)).encrypt(body))


def unwrap(conversation_id: str, wrapped: bytes, opening_key: bytes, holder: str) -> ConversationKeys:
    """Open what :meth:`ConversationKeys.wrapped` made; raises :class:`NotOpened`."""
    return ConversationKeys.from_bytes(
        conversation_id, unseal(opening_key, wrapped, Place(conversation_id, 0, holder))
    )


def open_handed_over(conversation_id: str, sealed: bytes, private_key: bytes) -> ConversationKeys:
    """Open what :meth:`ConversationKeys.sealed_for` made; raises :class:`NotOpened`."""
    try:
        owner, _, raw = bytes(SealedBox(PrivateKey(private_key)).decrypt(sealed)).partition(b"\0")
    except CryptoError:
        raise NotOpened("the conversation was not handed over to this key") from None
    if owner != conversation_id.encode():
        raise NotOpened("these keys belong to another conversation")
    return ConversationKeys.from_bytes(conversation_id, raw)


def sender_id(keys: ConversationKeys) -> str:
    """The name under which the bot knows this conversation: derived, so that it leads nowhere by itself."""
    return base64.urlsafe_b64encode(derive(keys.parts[0], "bot sender")).decode().rstrip("=")
