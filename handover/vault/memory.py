"""What was opened a moment ago, kept in this process's memory for a while and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any

FORGET_AFTER_S = 600.0
MOST = 20_000


class Memory:
    """Opens a thing once, and gives it again until everything is forgotten: every ten minutes, and when it is full.

    So that what a visitor erased is out of memory ten minutes later too. Nothing is remembered of what does not open.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._kept: dict[Hashable, Any] = {}
        self._since = seconds()

    def once(self, what: Hashable, opening: Callable[[], Any]) -> Any:
        """What ``opening`` gives. ``what`` names all that it depends on: the sealed value and the place it belongs to."""
        if len(self._kept) >= MOST or self._seconds() - self._since > FORGET_AFTER_S:
            self.forget()
        if what not in self._kept:
            self._kept[what] = opening()
        return self._kept[what]

    def forget(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._since = self._seconds()

    def __len__(self) -> int:
        return len(self._kept)
