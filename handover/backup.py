"""Copies that can be put back, and that do not outlive what was deleted.

A copy is two files. ``data-<time>.db`` holds everything but the keys of conversations; it may be kept.
``keys.db`` holds those keys and is overwritten by every new copy: so an older data copy opens only what
still existed at the newest one. For PostgreSQL use its own tools in the same manner (docs/backup.md).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from meldpunt.settings import Settings

KEY_TABLES = ("handed_over_keys", "visitor_tokens", "receipts")
SQLITE = "sqlite+aiosqlite:///"


class BackupRefused(RuntimeError):
    """Nothing was copied or put back; the text says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """The two files of a copy."""

    data: Path
    keys: Path


async def make(settings: Settings, folder: Path) -> Made:
    """Copy the running installation's database into ``folder``."""
    return await asyncio.to_thread(_make, _file(settings), folder)


async def restore(settings: Settings, data: Path, keys: Path) -> None:
    """Put a copy back where there is no database yet; raises :class:`BackupRefused`."""
    await asyncio.to_thread(_restore, _file(settings), data, keys)


def _make(source: Path, folder: Path) -> Made:
    if not source.exists():
        raise BackupRefused(f"There is no database at {source}.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    made = Made(folder / f"data-{moment}.db", folder / "keys.db")
    whole, keys = folder / ".whole.partial", folder / ".keys.partial"
    for leftover in (whole, keys):
        leftover.unlink(missing_ok=True)
    old_mask = os.umask(0o077)
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(whole)) as copy:
            live.backup(copy)
        _move_keys(whole, keys)
        keys.replace(made.keys)
        whole.replace(made.data)
    finally:
        os.umask(old_mask)
    return made


def _move_keys(whole: Path, keys: Path) -> None:
    with closing(sqlite3.connect(whole, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("ATTACH DATABASE ? AS apart", (str(keys),))
        for table in KEY_TABLES:
            copy.execute(f"CREATE TABLE apart.{table} AS SELECT * FROM main.{table}")
            copy.execute(f"DELETE FROM main.{table}")
        copy.execute("DETACH DATABASE apart")
        copy.execute("VACUUM")


def _restore(target: Path, data: Path, keys: Path) -> None:
    if target.exists():
        raise BackupRefused(f"There is a database at {target} already. Move it away first.")
    for needed in (data, keys):
        if not needed.exists():
            raise BackupRefused(f"There is no file {needed}.")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_suffix(".restoring")
    shutil.copyfile(data, partial)
    partial.chmod(0o600)
    with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        copy.execute("PRAGMA foreign_keys=ON")
        copy.execute("ATTACH DATABASE ? AS apart", (str(keys),))
        copy.execute("BEGIN")
        for table in KEY_TABLES:
            copy.execute(
                f"INSERT INTO main.{table} SELECT * FROM apart.{table} "
                "WHERE conversation_id IN (SELECT id FROM main.conversations)"
            )
        # What was deleted since this data was copied has no key any more: it goes here too.
        copy.execute(
            "DELETE FROM main.conversations WHERE id NOT IN "
            "(SELECT conversation_id FROM main.handed_over_keys UNION SELECT conversation_id FROM main.visitor_tokens)"
        )
        copy.execute("COMMIT")
        copy.execute("DETACH DATABASE apart")
        (check,) = copy.execute("PRAGMA integrity_check").fetchone()
    if check != "ok":
        partial.unlink()
        raise BackupRefused("The copy is damaged; nothing was put back.")
    partial.replace(target)


def _file(settings: Settings) -> Path:
    if not settings.url.startswith(SQLITE):
        raise BackupRefused("This command copies SQLite. For PostgreSQL see docs/backup.md.")
    return Path(settings.url.removeprefix(SQLITE))
