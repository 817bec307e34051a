"""SQLite statements in one trip to the connection's thread.

aiosqlite gives each connection a thread, and SQLAlchemy asks it four things for every statement: a cursor, execute, fetch,
close. On a busy machine each trip waits for its turn, and that waiting is most of what a page takes. Here all four are one.
"""

from __future__ import annotations

import collections
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor
from sqlalchemy.engine.interfaces import Dialect


class _Finished(NamedTuple):
    """What is left of a cursor once its statement has run and its rows were fetched."""

    description: Any = None
    rowcount: int = -1
    lastrowid: Any = None
    arraysize: int = 1

    async def close(self) -> None:
        """There is nothing left to close."""


class OneTripCursor(AsyncAdapt_aiosqlite_cursor):
    """Runs a statement and fetches its rows in the connection's thread, all at once."""

    __slots__ = ()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return _Finished()

    def _make_new_cursor(self, connection: Any) -> Any:
        return None

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        return await self._run(lambda cursor: cursor.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        return await self._run(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    async def _run(self, act: Callable[[sqlite3.Cursor], object]) -> None:
        connection: Any = self._connection  # aiosqlite's, whose queue leads to its thread

        def work() -> tuple[_Finished, Sequence[Any]]:
            cursor = connection._conn.cursor()
            try:
                act(cursor)
                rows = cursor.fetchall() if cursor.description else ()
                return _Finished(cursor.description, cursor.rowcount, cursor.lastrowid), rows
            finally:
                cursor.close()

        async with self._adapt_connection._execute_mutex:
            finished, rows = await connection._execute(work)
        self._cursor, self._rows = finished, collections.deque(rows)


class OneTripConnection(AsyncAdapt_aiosqlite_connection):
    """A connection whose cursors make one trip."""

    __slots__ = ()
    _cursor_cls = OneTripCursor


def connect(dialect: Dialect, _record: object, arguments: Any, options: Any) -> OneTripConnection:
    """SQLAlchemy's ``do_connect``: the connection that it would have made, with these cursors."""
    made: Any = dialect.connect(*arguments, **options)
    return OneTripConnection(made.dbapi, made._connection)
