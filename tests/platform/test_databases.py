"""The databases that tests get."""

from __future__ import annotations

import psycopg


def test_every_test_gets_an_empty_postgresql_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        rows = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        connection.execute("CREATE TABLE something (id int)")
    assert rows == (0,)


def test_which_the_next_one_does_not_share(postgres_url: str) -> None:
    test_every_test_gets_an_empty_postgresql_database(postgres_url)
