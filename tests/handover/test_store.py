"""The database: what durability asks for is on, and migrations make the tables of the models."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from handover.store import Base, Counter, Store, VisitorToken
from handover.store.database import announce
from handover.store.migrate import upgrade


async def test_a_statement_is_one_trip_to_the_thread_of_sqlite(sqlite_url: str) -> None:
    store, trips = Store.open(sqlite_url), list[object]()
    async with store.reading() as session:
        await session.execute(text("SELECT 1"))
        connection = (await (await session.connection()).get_raw_connection()).driver_connection
        take = connection._execute
        connection._execute = lambda *given: trips.append(given) or take(*given)
        rows = (await session.execute(text("SELECT :a AS a UNION SELECT 2 ORDER BY 1"), {"a": 1})).mappings().all()
        assert (rows, len(trips)) == ([{"a": 1}, {"a": 2}], 1)
        connection._execute = take
    await store.close()


def shape(connection: Connection) -> dict[str, object]:
    """Tables with their columns, keys and indexes, as the database itself tells them."""
    found = inspect(connection)
    return {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
            sorted(found.get_pk_constraint(table)["constrained_columns"]),
            sorted(
                (tuple(k["constrained_columns"]), k["referred_table"]) for k in found.get_foreign_keys(table)
            ),
            sorted(
                (str(i["name"]), tuple(i["column_names"]), bool(i["unique"]))
                for i in found.get_indexes(table)
            ),
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
        )
        for table in sorted(found.get_table_names())
        if table != "alembic_version"
    }


async def test_migrations_make_the_same_tables_as_the_models(database_url: str, tmp_path: Path):
    migrated = Store.open(database_url)
    await upgrade(migrated)
    await upgrade(migrated)  # a second time changes nothing
    async with migrated.engine.connect() as connection:
        by_migration = await connection.run_sync(shape)
        differences = await connection.run_sync(
            lambda c: compare_metadata(
                MigrationContext.configure(c, opts={"compare_type": True}), Base.metadata
            )
        )
    async with migrated.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        by_models = await connection.run_sync(shape)
    await migrated.close()
    assert by_migration == by_models
    assert differences == []


async def test_sqlite_runs_with_what_durability_asks_for(tmp_path: Path):
    store = Store.open(f"sqlite+aiosqlite:///{tmp_path}/d.db")
    async with store.reading() as session:
        pragmas = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        }
    await store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}


async def test_writers_take_turns_and_lose_nothing(database_url: str):
    stores = [Store.open(database_url) for _ in range(2)]  # as two processes would
    await upgrade(stores[0])
    async with stores[0].writing() as session:
        session.add(Counter(day="d", name="n", value=0))

    async def add_one(n: int) -> None:
        async with stores[n % 2].writing() as session:
            row = await session.scalar(
                select(Counter).with_for_update().execution_options(populate_existing=True)
            )
            value = row.value
            await asyncio.sleep(0)
            row.value = value + 1

    await asyncio.gather(*(add_one(n) for n in range(60)))
    async with stores[0].reading() as session:
        assert await session.scalar(select(Counter.value)) == 60
    for store in stores:
        await store.close()


async def test_wake_ups_come_only_after_a_commit(database_url: str):
    store, woken = Store.open(database_url), []
    store.on_commit = woken.append
    await upgrade(store)
    with contextlib.suppress(RuntimeError):
        async with store.writing() as session:
            announce(session, "een")
            raise RuntimeError("changed my mind")
    async with store.writing() as session:
        announce(session, "twee", "drie")
    await store.close()
    assert woken == [frozenset({"twee", "drie"})]


async def test_a_row_that_hangs_on_nothing_is_refused(database_url: str, office_time):
    store = Store.open(database_url)
    await upgrade(store)
    with pytest.raises(IntegrityError):
        async with store.writing() as session:
            session.add(
                VisitorToken(
                    lookup=b"l",
                    conversation_id="none",
                    wrapped_keys=b"k",
                    created_at=office_time,
                    expires_at=office_time,
                )
            )
    await store.close()


async def test_a_moment_without_a_zone_is_refused(sqlite_url: str, office_time):
    store = Store.open(sqlite_url)
    await upgrade(store)
    with pytest.raises(Exception, match="time zone"):
        async with store.reading() as session:
            await session.scalar(
                select(VisitorToken).where(VisitorToken.expires_at < office_time.replace(tzinfo=None))
            )
    await store.close()
