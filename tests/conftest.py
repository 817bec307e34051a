"""Fixtures that several parts share. Imports wait for use: Rasa's environment reads it too."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.running import RunningProduct

BESIDE_RASA = importlib.util.find_spec("rasa") is not None
collect_ignore = [] if BESIDE_RASA else ["bot/rasa_plugins"]
MARKS_OF_FIXTURES = {"product": "product", "browser": "browser", "postgres_server": "postgres"}
PRODUCT_TIMEOUT_S = 400  # any test may be the one that starts the product
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test uses says what it is: ``-m "not product"`` leaves out what starts the four processes."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKS_OF_FIXTURES:
                item.add_marker(MARKS_OF_FIXTURES[fixture])
        if item.get_closest_marker("product") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PRODUCT_TIMEOUT_S))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this run's own: its address without a database."""
    from tools.postgres import server

    with server() as address:
        yield address


@contextmanager
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database as long as it lasts."""
    import uuid

    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    root = postgres_server.replace("+psycopg", "") + "/postgres"
    with psycopg.connect(root, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield f"{postgres_server}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database for one test."""
    with empty_postgres(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite database file for one test."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    """The four real processes, on free ports and in a folder of their own, started once a run."""
    from tests.running import running_product

    crowd = {"MELDPUNT_CONVERSATIONS_PER_MINUTE": "1000"}  # all tests come from one address
    with running_product(tmp_path_factory.mktemp("product"), crowd) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. It keeps an event loop running: a module that uses it has no async tests."""
    from playwright.sync_api import sync_playwright

    executable: Any = os.environ.get("MELDPUNT_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()
