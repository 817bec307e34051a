"""Safety texts while the bot is silent: the reader on the words themselves, once per kind (conversation.md,
"Safety").
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from handover.conversation.texts import safety_text
from handover.conversation.thread import ThreadMessage

if TYPE_CHECKING:
    from meldpunt.reading import Reader

MARK = "safety:"


class SafetyReader:
    """Loads the reader once, in a thread, and asks it for the safety kinds in a message."""

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self._loading = threading.Lock()

    async def kinds(self, text: str) -> tuple[str, ...]:
        """The kinds of safety cues in ``text``, in order, each once."""
        return await asyncio.to_thread(self._kinds, text)

    async def warm(self) -> None:
        """Load the reader now instead of at the first message."""
        await asyncio.to_thread(self._load)

    def _kinds(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cue.kind for cue in self._load().read(text).safety))

    def _load(self) -> Reader:
        with self._loading:
            if self._reader is None:
                from meldpunt.reading import Reader

                self._reader = Reader.load()
            return self._reader


def texts_for(kinds: Iterable[str], said: Iterable[ThreadMessage]) -> list[tuple[str, str]]:
    """The safety texts still to say, with their mark: not what handover said already in this conversation."""
    marks = {message.body.value for message in said}
    wanted = []
    for kind in kinds:
        mark, text = MARK + kind, safety_text(kind)
        if mark not in marks:
            wanted.append((mark, text))
    return wanted
