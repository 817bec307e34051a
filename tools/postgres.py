"""A PostgreSQL server of one's own, for tests: on a free port, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.console import Problem
from tools.lifetime import end_with_me

START_LIMIT_S = 30.0
UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # a test kills processes, not the machine
    "max_connections": "100",
    "shared_buffers": "64MB",
}


def find_programs() -> Path:
    """The folder with ``initdb`` and ``postgres``; raises :class:`Problem` when they are not installed."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Problem("The tests need PostgreSQL.", "Install it (Debian: apt-get install postgresql).")


@contextmanager
def server() -> Iterator[str]:
    """A running server; yields its SQLAlchemy address without a database name."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="meldpunt-postgres-"))
    as_user = _unprivileged_owner_of(folder)
    data = folder / "data"
    try:
        made = subprocess.run(
            [
                str(programs / "initdb"),
                "-D",
                str(data),
                "-U",
                "meldpunt",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
            cwd="/",
            capture_output=True,
            text=True,
            **as_user,
        )
        if made.returncode != 0:
            raise Problem("PostgreSQL could not make a database cluster.", made.stderr[-2000:])
        port = _free_port()
        options = [text for name, value in SETTINGS.items() for text in ("-c", f"{name}={value}")]
        argv = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder), *options]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                argv, cwd="/", stdout=log, stderr=log, preexec_fn=end_with_me(), **as_user
            )
        try:
            _wait_until_ready(programs, port, process, folder / "log")
            yield f"postgresql+psycopg://meldpunt@127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_owner_of(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in UNPRIVILEGED:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, account.pw_uid, account.pw_gid)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise Problem(
        "PostgreSQL refuses to run as root.", "Run the tests as another user, or add a user postgres."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(programs: Path, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    ask = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ask).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise Problem("PostgreSQL did not start.", log.read_text(errors="replace")[-2000:])
        time.sleep(0.1)
