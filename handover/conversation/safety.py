"""Safety texts while the bot is silent: the reader on the words themselves, once per kind (conversation.md,
"Safety").
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog

from handover.conversation.texts import safety_text
from handover.conversation.thread import ThreadMessage
from meldpunt.reading import normalise
from meldpunt.reading.safety import find_cues, heard_kinds

if TYPE_CHECKING:
    from meldpunt.reading import Reader

MARK = "safety:"
log = structlog.get_logger()


class SafetyReader:
    """Finds safety cues: by the list of phrases always, and by the reader, which is loaded at its first message.

    The reader takes 160 MB, so a process in which nobody talks with a person does not hold it. Where it cannot be
    loaded or breaks, the list of phrases stands alone.
    """

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self._loading = threading.Lock()

    async def kinds(self, text: str) -> tuple[str, ...]:
        """The kinds of safety cues in ``text``, in order, each once."""
        return await asyncio.to_thread(self._kinds, text)

    def _kinds(self, text: str) -> tuple[str, ...]:
        kinds: list[str] = [cue.kind for cue in find_cues(normalise(text))]
        try:
            reading = self._load().read(text)
            kinds += [cue.kind for cue in reading.safety]
            heard = heard_kinds(reading.intent)
            if not set(heard) & set(kinds):
                kinds += heard[:1]
        except Exception as error:
            log.error("reader.failed", problem=type(error).__name__)
        return tuple(dict.fromkeys(kinds))

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
