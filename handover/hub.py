"""Waking whoever waits for something, within this process and, on PostgreSQL, across processes.

A wake-up says *that* something changed, never what: the database row is the truth. Topics: ``c:<conversation
id>``, ``queue``, ``s:<staff id>``. Someone typing is the one thing that is only told, never stored
(``t:<conversation id>``).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

QUEUE = "queue"


def conversation_topic(conversation_id: str) -> str:
    return f"c:{conversation_id}"


def typing_topic(conversation_id: str) -> str:
    return f"t:{conversation_id}"


def bot_topic(conversation_id: str) -> str:
    return f"b:{conversation_id}"


def visitor_typing_topic(conversation_id: str) -> str:
    return f"v:{conversation_id}"


def staff_topic(staff_id: str) -> str:
    return f"s:{staff_id}"


class Bell:
    """Rings when one of its topics is woken; remembers which until it is taken."""

    def __init__(self) -> None:
        self.topics: set[str] = set()  # what it listens to; the hub keeps this
        self._rung: set[str] = set()
        self._event = asyncio.Event()

    def ring(self, topic: str) -> None:
        self._rung.add(topic)
        self._event.set()

    async def wait(self, timeout: float | None = None) -> frozenset[str]:
        """The topics that were woken since the last call; empty after ``timeout`` seconds."""
        try:
            await asyncio.wait_for(self._event.wait(), timeout)
        except TimeoutError:
            return frozenset()
        self._event.clear()
        rung, self._rung = frozenset(self._rung), set()
        return rung


class Hub:
    """Who listens to what."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)

    def wake(self, topics: Iterable[str]) -> None:
        """Ring everyone who listens to one of ``topics``."""
        for topic in topics:
            for bell in self._bells.get(topic, ()):
                bell.ring(topic)

    @contextmanager
    def listen(self, *topics: str) -> Iterator[Bell]:
        """A bell for ``topics``, as long as the context lasts."""
        bell = Bell()
        for topic in topics:
            self.tune(bell, topic)
        try:
            yield bell
        finally:
            for topic in tuple(bell.topics):
                self.mute(bell, topic)

    def tune(self, bell: Bell, topic: str) -> bool:
        """Have a bell listen to one topic more; False where it did already."""
        if topic in bell.topics:
            return False
        bell.topics.add(topic)
        self._bells[topic].add(bell)
        return True

    def mute(self, bell: Bell, topic: str) -> None:
        """Have a bell listen to one topic less."""
        if topic in bell.topics:
            bell.topics.remove(topic)
            self._bells[topic].remove(bell)
            if not self._bells[topic]:
                del self._bells[topic]

    def listeners(self, topic: str) -> int:
        """How many bells listen to ``topic``."""
        return len(self._bells.get(topic, ()))

    def conversations(self) -> frozenset[str]:
        """The ids of the conversations that someone listens to."""
        return frozenset(topic[2:] for topic in self._bells if topic.startswith("c:"))
