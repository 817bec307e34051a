"""The whole product, started for tests through the same functions as ``make run``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.product import Product
from tools.settings import free_ports


@dataclass(frozen=True)
class RunningProduct:
    """What a test may know of the running product."""

    control: Product
    login: dict[str, Any]  # username, password, totp_secret, totp_uri, recovery_key, staff_url

    @property
    def public_url(self) -> str:
        return self.control.public_url

    @property
    def staff_url(self) -> str:
        return self.control.staff_url

    @property
    def var(self) -> Path:
        """Database, keys and logs."""
        return self.control.var

    def kill(self, name: str) -> None:
        """End one process at once, as a crash would."""
        self.control.supervisor.stop_some([name], grace_s=0)

    def start(self, name: str) -> None:
        """Start it again; follow with ``wait_until_ready``."""
        self.control.start_one(name)

    def wait_until_ready(self) -> None:
        """Until every process answers."""
        self.control.wait_until_ready()


@contextmanager
def running_product(var: Path, extra: Mapping[str, str] | None = None) -> Iterator[RunningProduct]:
    """Start everything in this folder and stop it at the end."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("MELDPUNT_")}
    control = Product(var, free_ports(), {**settings, **(extra or {})})
    try:
        control.start_what_needs_no_database()
        login = control.prepare()
        assert login is not None, "a new data folder must give a first account"
        control.start_the_rest()
        control.wait_until_ready()
        yield RunningProduct(control, login)
    finally:
        control.stop()
