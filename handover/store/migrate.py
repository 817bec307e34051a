"""Bringing the database's tables up to this version, and making the next migration.

``python -m handover.store.migrate "what changes"`` writes a new migration from the difference with the
models.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from handover.store.database import Store

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent / "migrations"
VERSION = "alembic_version"


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if _at(connection) == newest():
        return  # without alembic: it takes 13 MB and half a second of every start
    from alembic import command

    command.upgrade(_config(connection), "head")


def newest() -> str:
    """The number of the last migration."""
    return max(path.stem for path in (HERE / "versions").glob("[0-9]*.py"))[:4]


def _at(connection: Connection) -> str | None:
    """The number of the migration that the tables are at; None where there are none."""
    if not inspect(connection).has_table(VERSION):
        return None
    at: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION}")).scalar()
    return at


async def upgrade(store: Store) -> None:
    """Bring the tables up to date; does nothing where they are."""
    async with store.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def _new(message: str) -> None:
    from alembic import command

    scratch = tempfile.TemporaryDirectory()
    store = Store.open(f"sqlite+aiosqlite:///{scratch.name}/scratch.db")
    number = f"{len(list((HERE / 'versions').glob('*.py'))) + 1:04d}"
    async with store.engine.begin() as connection:
        await connection.run_sync(_upgrade)
        await connection.run_sync(
            lambda c: command.revision(_config(c), message, autogenerate=True, rev_id=number)
        )
    await store.close()
    scratch.cleanup()


if __name__ == "__main__":
    asyncio.run(_new(" ".join(sys.argv[1:])))
