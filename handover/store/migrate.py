"""Bringing the database's tables up to this version, and making the next migration.

``python -m handover.store.migrate "what changes"`` writes a new migration from the difference with the
models.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from handover.store.database import Store

HERE = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


async def upgrade(store: Store) -> None:
    """Bring the tables up to date; does nothing where they are."""
    async with store.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def _new(message: str) -> None:
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
