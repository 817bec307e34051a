"""A tracker store that fails closed: one sealed row a conversation, keyed by HMAC, bound to its row, expiring.

Rasa falls back to an open in-memory store when a store cannot be loaded; so every problem here is a RuntimeError that
stops the start-up, a row that cannot be opened is never overwritten, and the channel's health check asks
:func:`is_sealed` before it says ready.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any, Iterable, Optional

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_plugins.environment import tracker_file, tracker_key

NONCE_BYTES = 12
DOSSIER, READING = "dossier", "reading"
LIFETIME_S = (
    24 * 3600
)  # a paused conversation is kept for a day (architecture.md, retention); handover erases earlier
TOMBSTONE_S = 7 * 24 * 3600  # late messages of an erased conversation must not bring it back
SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA secure_delete=ON;
CREATE TABLE IF NOT EXISTS trackers (id BLOB PRIMARY KEY, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstones (id BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
"""


class TrackerUnreadable(RuntimeError):
    """The stored conversation cannot be opened with this key; it is left as it is."""


class ConversationErased(RuntimeError):
    """A message came for a conversation that was erased."""


class SealedTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Conversations sealed with AES-256-GCM; the row's id (HMAC of the sender) is authenticated with it."""

    def __init__(
        self, domain: Domain, host: Optional[str] = None, event_broker: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(domain, None, **kwargs)
        master = tracker_key()
        self._id_key = hashlib.blake2b(b"tracker id", key=master, digest_size=32).digest()
        self._cipher = AESGCM(hashlib.blake2b(b"tracker seal", key=master, digest_size=32).digest())
        self._database = _open(tracker_file())
        self._saved: "Optional[tuple[str, DialogueStateTracker]]" = None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the conversation; raises when its row cannot be opened or when it was erased."""
        identifier = self._id(tracker.sender_id)
        if self._erased(identifier):
            raise ConversationErased("The conversation was erased.")
        self._open_row(identifier)
        slim(tracker)
        self._saved = (tracker.sender_id, tracker)
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, self.serialise_tracker(tracker).encode(), identifier)
        with self._database:
            self._database.execute(
                "INSERT INTO trackers VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at",
                (identifier, sealed, int(time.time()) + LIFETIME_S),
            )

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation, or None when there is none; raises :class:`TrackerUnreadable`."""
        plain = self._open_row(self._id(sender_id))
        return None if plain is None else self.deserialise_tracker(sender_id, plain.decode())

    def just_saved(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation as it was last stored by this process, to look at; None where another was stored since."""
        saved, self._saved = self._saved, None
        return saved[1] if saved and saved[0] == sender_id else None

    def may_know(self, sender_id: str, message_id: str) -> bool:
        """Whether the stored conversation holds this message id; False is certain. Raises :class:`TrackerUnreadable`."""
        plain = self._open_row(self._id(sender_id))
        return plain is not None and json.dumps(message_id).encode() in plain

    async def keys(self) -> Iterable[str]:
        """Always empty: sender ids are not kept."""
        return []

    def as_it_is(self, sender_id: str) -> "Optional[tuple[bytes, int]]":
        """The sealed row, to put back with :meth:`put_back`; None where there is none."""
        row: "Optional[tuple[bytes, int]]" = self._database.execute(
            "SELECT sealed, expires_at FROM trackers WHERE id = ?", (self._id(sender_id),)
        ).fetchone()
        return row

    def put_back(self, sender_id: str, row: "Optional[tuple[bytes, int]]") -> None:
        """Make the conversation what :meth:`as_it_is` gave; one that was erased meanwhile stays erased."""
        identifier = self._id(sender_id)
        with self._database:
            self._database.execute("DELETE FROM trackers WHERE id = ?", (identifier,))
            if row is not None and not self._erased(identifier):
                self._database.execute("INSERT INTO trackers VALUES (?, ?, ?)", (identifier, *row))

    def erase(self, sender_id: str) -> None:
        """Remove the row for good and leave a tombstone against late messages."""
        identifier, now = self._id(sender_id), int(time.time())
        with self._database:
            self._database.execute("DELETE FROM trackers WHERE id = ? OR expires_at < ?", (identifier, now))
            self._database.execute("DELETE FROM tombstones WHERE expires_at < ?", (now,))
            self._database.execute(
                "INSERT OR REPLACE INTO tombstones VALUES (?, ?)", (identifier, now + TOMBSTONE_S)
            )

    def is_erased(self, sender_id: str) -> bool:
        """True when a tombstone stands for this conversation."""
        return self._erased(self._id(sender_id))

    def _id(self, sender_id: str) -> bytes:
        return hmac.new(self._id_key, sender_id.encode(), hashlib.sha256).digest()

    def _erased(self, identifier: bytes) -> bool:
        return (
            self._database.execute("SELECT 1 FROM tombstones WHERE id = ?", (identifier,)).fetchone()
            is not None
        )

    def _open_row(self, identifier: bytes) -> Optional[bytes]:
        row = self._database.execute(
            "SELECT sealed, expires_at FROM trackers WHERE id = ?", (identifier,)
        ).fetchone()
        if row is None:
            return None
        sealed, expires_at = row
        if expires_at < time.time():
            with self._database:
                self._database.execute("DELETE FROM trackers WHERE id = ?", (identifier,))
            return None
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], identifier)
        except InvalidTag as error:
            raise TrackerUnreadable(
                "A stored conversation cannot be opened with this key; it was left as it is."
            ) from error


def slim(tracker: DialogueStateTracker) -> None:
    """Keep what the dialogue has learnt and was read only as it is now: every turn would store all of it again."""
    newest = True
    read = True
    for event in reversed(tracker.events):
        if isinstance(event, SlotSet) and event.key == DOSSIER:
            if not newest:
                event.value = None
            newest = False
        elif isinstance(event, UserUttered) and event.parse_data:
            if not read:
                event.parse_data.pop(READING, None)
                event.parse_data.pop("text_tokens", None)
            read = False


def sealed_store(store: Any) -> Optional[SealedTrackerStore]:
    """Our store behind Rasa's wrappers, or None when Rasa runs on another one."""
    for _ in range(4):
        if isinstance(store, SealedTrackerStore):
            return store
        store = getattr(store, "_tracker_store", None)
    return None


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, check_same_thread=False, timeout=5.0)
        database.executescript(SCHEMA)
        path.chmod(0o600)
    except (OSError, sqlite3.Error) as error:
        raise RuntimeError(
            f"The tracker store {path} cannot be opened: {error}. Check that the folder can be written."
        ) from error
    return database
