"""Copies that can be put back, and that do not outlive what was deleted.

A copy is two files. ``data-<time>.db`` holds everything but keys; it may be kept. ``keys.db`` holds the keys, who has
access, and what reporters agree to, and is overwritten by every new copy: so an older data copy opens only what
still existed at the newest one, for whoever still has access, under the consents as they are now.
Both are SQLite files, whichever database the installation runs on (``handover/copying.py``).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from handover import copying
from meldpunt.settings import Settings

KEY_TABLES = ("handed_over_keys", "visitor_tokens", "receipts")
ACCESS_TABLES = ("key_grants", "invites")  # with the keys, not with the data
NEWEST_TABLES = ("staff", "meldpunt_keys", "consents")  # with both; the newest counts
FORGOTTEN_TABLES = ("staff_sessions",)  # nobody is still logged in after a restore
OF_A_REPORT = "reference IN (SELECT reference FROM main.reports)"
WORDS_WITHDRAWN = """
    SELECT reports.conversation_id FROM main.reports
    JOIN main.consents AS old ON old.reference = reports.reference AND old.item = 'bewaren_eigen_woorden'
    JOIN apart.consents AS new ON new.reference = old.reference AND new.item = old.item
    WHERE old.value = 'ja' AND new.value <> 'ja'
"""


class BackupRefused(RuntimeError):
    """Nothing was copied or put back; the text says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """The two files of a copy."""

    data: Path
    keys: Path


async def make(settings: Settings, folder: Path) -> Made:
    """Copy the running installation's database into ``folder``; raises :class:`BackupRefused`."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    made = Made(folder / f"data-{moment}.db", folder / "keys.db")
    with _workplace(folder) as place:
        whole, keys = place / "whole.db", place / "keys.db"
        if _is_sqlite(settings):
            await asyncio.to_thread(_copy_file, _file(settings), whole)
        else:
            await copying.to_file(settings.url, whole)
        await asyncio.to_thread(_move_keys, whole, keys)
        keys.replace(made.keys)
        whole.replace(made.data)
    return made


async def restore(settings: Settings, data: Path, keys: Path) -> None:
    """Put a copy back where there is no installation yet; raises :class:`BackupRefused`."""
    for needed in (data, keys):
        if not needed.exists():
            raise BackupRefused(f"There is no file {needed}.")
    if not _is_sqlite(settings):
        with _workplace(settings.var) as place:
            await _whole(place / "whole.db", data, keys)
            try:
                await copying.from_file(place / "whole.db", settings.url)
            except copying.NotEmpty as error:
                raise BackupRefused(str(error)) from error
        return
    target = _file(settings)
    if target.exists():
        raise BackupRefused(f"There is a database at {target} already. Move it away first.")
    with _workplace(target.parent) as place:
        await _whole(place / "whole.db", data, keys)
        (place / "whole.db").replace(target)


@contextmanager
def _workplace(beside: Path) -> Iterator[Path]:
    """A folder for half-made files, for their owner alone; it goes, with what is left in it, however this ends."""
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    old_mask = os.umask(0o077)
    try:
        with tempfile.TemporaryDirectory(dir=beside, prefix=".partial-") as place:
            yield Path(place)
    finally:
        os.umask(old_mask)


async def _whole(file: Path, data: Path, keys: Path) -> None:
    try:
        await asyncio.to_thread(_put_together, file, data, keys)
    except sqlite3.DatabaseError as error:
        raise BackupRefused("The copy is damaged; nothing was put back.") from error


def _copy_file(source: Path, whole: Path) -> None:
    if not source.exists():
        raise BackupRefused(f"There is no database at {source}.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(whole)) as copy:
        live.backup(copy)


def _move_keys(whole: Path, keys: Path) -> None:
    with closing(sqlite3.connect(whole, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("ATTACH DATABASE ? AS apart", (str(keys),))
        for table in (*KEY_TABLES, *ACCESS_TABLES, *NEWEST_TABLES):
            copy.execute(f"CREATE TABLE apart.{table} AS SELECT * FROM main.{table}")
        for table in (*KEY_TABLES, *ACCESS_TABLES, *FORGOTTEN_TABLES):
            copy.execute(f"DELETE FROM main.{table}")
        copy.execute("DETACH DATABASE apart")
        copy.execute("VACUUM")


def _put_together(whole: Path, data: Path, keys: Path) -> None:
    """One database of a data copy and the newest keys, in a new file ``whole``."""
    shutil.copyfile(data, whole)
    whole.chmod(0o600)
    with closing(sqlite3.connect(whole, isolation_level=None)) as copy:
        copy.execute("ATTACH DATABASE ? AS apart", (str(keys),))
        _take_words_away(copy)
        for table in (*ACCESS_TABLES, *NEWEST_TABLES):
            copy.execute(f"DELETE FROM main.{table}")
            copy.execute(_take(copy, table, OF_A_REPORT if table == "consents" else "1"))
        copy.execute("PRAGMA foreign_keys=ON")
        copy.execute("BEGIN")
        for table in KEY_TABLES:
            copy.execute(_take(copy, table, "conversation_id IN (SELECT id FROM main.conversations)"))
        # What was deleted since this data was copied has no key any more: it goes here too.
        copy.execute(
            "DELETE FROM main.conversations WHERE id NOT IN "
            "(SELECT conversation_id FROM main.handed_over_keys UNION SELECT conversation_id FROM main.visitor_tokens)"
        )
        copy.execute("COMMIT")
        copy.execute("DETACH DATABASE apart")
        (check,) = copy.execute("PRAGMA integrity_check").fetchone()
    if check != "ok":
        raise BackupRefused("The copy is damaged; nothing was put back.")


def _take_words_away(copy: sqlite3.Connection) -> None:
    """Where the consent for literal words was withdrawn since, the thread and the words go, as after their term."""
    for (conversation,) in copy.execute(WORDS_WITHDRAWN).fetchall():
        for table in ("messages", "unfit_payloads"):
            copy.execute(f"DELETE FROM main.{table} WHERE conversation_id = ?", (conversation,))
        copy.execute("UPDATE main.reports SET sealed_words = NULL WHERE conversation_id = ?", (conversation,))


def _take(copy: sqlite3.Connection, table: str, condition: str) -> str:
    """The statement that takes a table's rows from the keys, by the columns that both versions have."""
    ours, theirs = (
        [row[1] for row in copy.execute(f"PRAGMA {schema}.table_info({table})")] for schema in ("main", "apart")
    )
    columns = ", ".join(f'"{name}"' for name in ours if name in theirs)
    return f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM apart.{table} WHERE {condition}"


def _is_sqlite(settings: Settings) -> bool:
    return settings.url.startswith(copying.SQLITE)


def _file(settings: Settings) -> Path:
    return Path(settings.url.removeprefix(copying.SQLITE))
