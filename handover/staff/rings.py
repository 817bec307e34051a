"""The key rings of the login sessions in use, so that what one opened is not opened again for every page.

Who may come in is still asked of the database every time: a ring is only given for the very session and grants that are
there now. It is let go at logging out, and when its session was not used for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from handover.vault import Keyring, unwrap_for_session

UNUSED_S = 300.0


@dataclass(slots=True)
class _Held:
    wrapped: bytes = field(repr=False)
    grants: Mapping[int, bytes] = field(repr=False)
    ring: Keyring = field(repr=False)
    used: float = 0.0


class Rings:
    """Key rings by session."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._held: dict[bytes, _Held] = {}
        self._timer: asyncio.TimerHandle | None = None

    def of(self, lookup: bytes, token: str, staff_id: str, wrapped: bytes, grants: Mapping[int, bytes]) -> Keyring:
        """The opened ring; raises :class:`~handover.vault.NotOpened` or :class:`~handover.vault.NoAccess`."""
        self.tidy()
        held = self._held.get(lookup)
        if held is None or held.wrapped != wrapped or held.grants != grants:
            pair = unwrap_for_session(wrapped, token, staff_id)
            held = _Held(wrapped, dict(grants), Keyring.opened(grants, pair.private))
            self._held[lookup] = held
        held.used = self._seconds()
        self._look_later()
        return held.ring

    def let_go(self, lookup: bytes) -> None:
        """Forget the ring of a session that ended."""
        if held := self._held.pop(lookup, None):
            held.ring.memory.forget()

    def clear(self) -> None:
        """Let go of all of them."""
        for lookup in list(self._held):
            self.let_go(lookup)

    def tidy(self) -> None:
        """Let go of the rings that nobody used for a while."""
        now = self._seconds()
        for lookup in [one for one, held in self._held.items() if now - held.used > UNUSED_S]:
            self.let_go(lookup)

    def _look_later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(UNUSED_S, self._look)

    def _look(self) -> None:
        self._timer = None
        self.tidy()
        if self._held:
            self._look_later()

    def __len__(self) -> int:
        return len(self._held)
