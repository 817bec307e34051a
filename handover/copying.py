"""A whole installation as an SQLite file, from whichever database it runs on, and back into PostgreSQL.

So a copy has one form (``handover/backup.py``), whatever it was made from and wherever it is put back.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from handover.store import Base, Conversation, Staff, Store
from handover.store.migrate import upgrade

SQLITE = "sqlite+aiosqlite:///"
ROWS = 500
COUNTED = "SELECT setval(pg_get_serial_sequence('{0}', '{1}'), (SELECT max({1}) FROM {0}))"


class NotEmpty(RuntimeError):
    """The database holds an installation already; nothing was written."""


async def to_file(url: str, file: Path) -> None:
    """Everything that PostgreSQL at ``url`` holds at one moment, in a new SQLite ``file``."""
    source, copy = Store.open(url), Store.open(f"{SQLITE}{file}")
    try:
        await upgrade(source)
        await upgrade(copy)
        async with source.engine.connect() as reading, copy.engine.begin() as writing:
            await reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            await _copy(reading, writing)
    finally:
        await source.close()
        await copy.close()


async def from_file(file: Path, url: str) -> None:
    """Put the SQLite ``file`` into the empty PostgreSQL at ``url``, all or nothing; raises :class:`NotEmpty`."""
    copy, target = Store.open(f"{SQLITE}{file}"), Store.open(url)
    try:
        await upgrade(copy)
        await upgrade(target)
        await _must_be_empty(target)
        async with copy.engine.connect() as reading, target.engine.begin() as writing:
            await _copy(reading, writing)
            await _go_on_counting(writing)
    finally:
        await copy.close()
        await target.close()


async def _must_be_empty(store: Store) -> None:
    async with AsyncSession(store.engine) as session:
        for table in (Staff, Conversation):
            if await session.scalar(select(table).limit(1)) is not None:
                raise NotEmpty("There is an installation in that database already. Make an empty one.")


async def _copy(reading: AsyncConnection, writing: AsyncConnection) -> None:
    for table in Base.metadata.sorted_tables:
        rows = await reading.stream(select(table))
        async for part in rows.partitions(ROWS):
            await writing.execute(insert(table), [dict(row._mapping) for row in part])


async def _go_on_counting(writing: AsyncConnection) -> None:
    """New rows are numbered after those that were put back."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            await writing.execute(text(COUNTED.format(table.name, column.name)))
