"""Opening the database, with what durability asks of it, and transactions.

SQLite: WAL, ``synchronous=FULL``, ``secure_delete``, ``foreign_keys``, and ``BEGIN IMMEDIATE`` for writers,
one at a time within a process so that nobody waits by polling. PostgreSQL: psycopg 3; row locks do the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from handover.store import one_trip

WRITES = "meldpunt_writes"
TOPICS = "meldpunt_topics"
CHANNEL = "meldpunt"
BUSY_MS = 15_000
SQLITE_NEEDED = (3, 35)  # RETURNING
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",  # nothing spills into a file beside the database
    f"PRAGMA busy_timeout={BUSY_MS}",
)


def announce(session: AsyncSession, *topics: str) -> None:
    """Wake whoever listens to ``topics`` when this transaction is committed; nothing where it is not."""
    session.info.setdefault(TOPICS, set()).update(topics)


class Store:
    """The database. ``writing()`` commits at its end; ``reading()`` sees one moment and writes nothing.

    ``on_commit`` is called with the topics of every committed transaction.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.on_commit: Callable[[frozenset[str]], None] = lambda topics: None
        self._writers = engine.execution_options(**{WRITES: True})
        self._one_writer: contextlib.AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.is_sqlite else contextlib.nullcontext()
        )

    @classmethod
    def open(cls, url: str) -> Store:
        """Open the database at ``url`` (sqlite+aiosqlite:// or postgresql+psycopg://)."""
        if url.startswith("sqlite"):
            check_sqlite()
            engine = create_async_engine(url, pool_size=8, max_overflow=8)
            event.listen(engine.sync_engine, "do_connect", one_trip.connect)
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        else:
            engine = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
        return cls(engine)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that writes; committed at the end, rolled back on any exception."""
        unbound = AsyncSession(self._writers, expire_on_commit=False)
        async with self._one_writer, unbound as session, session.begin():
            yield session
            topics = frozenset(session.info.get(TOPICS, ()))
            if topics and not self.is_sqlite:
                await _notify(session, topics)
        if topics:
            self.on_commit(topics)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


async def _notify(session: AsyncSession, topics: frozenset[str]) -> None:
    for topic in topics:
        await session.execute(
            text("SELECT pg_notify(:channel, :topic)"), {"channel": CHANNEL, "topic": topic}
        )


def check_sqlite() -> None:
    """Refuse an SQLite that lacks what is needed."""
    if sqlite3.sqlite_version_info < SQLITE_NEEDED:
        raise RuntimeError(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or newer is needed.")


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
