"""Several processes that live and die together.

Each has a process group of its own, so that its children end with it, and a log file of its own. When this
process is killed, even with SIGKILL, the kernel tells the others to end (Linux).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools.lifetime import end_with_me

GRACE_S = 10.0
POLL_S = 0.05
OWNER_ONLY = 0o077  # umask: databases, keys and logs are nobody else's
LAST_LINES = 12
LOG_LIMIT_BYTES = 5_000_000


@dataclass(frozen=True)
class Command:
    """What to start, and what it may know."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Ended:
    """A process that ended: which, how, and the last it wrote."""

    name: str
    status: int
    last_lines: str

    @property
    def how(self) -> str:
        if self.status < 0:
            return f"was ended by {signal.Signals(-self.status).name}"
        return f"ended with status {self.status}"


@dataclass
class Supervisor:
    """Starts commands, notices when one ends, stops them all."""

    folder: Path  # working directory of the commands
    logs: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    # "When this process is killed" is "when the thread that started them ends": so one that stays.
    _starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "starter"))

    def start(self, command: Command) -> None:
        """Start a command; its output goes to ``<logs>/<name>.log``."""
        self._starter.submit(self._start, command).result()

    def _start(self, command: Command) -> None:
        log = self.log_of(command.name)
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.rename(log.with_suffix(".log.1"))
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as output:
            self._running[command.name] = subprocess.Popen(
                command.argv,
                env=command.env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=OWNER_ONLY,
                preexec_fn=end_with_me(),
            )

    def log_of(self, name: str) -> Path:
        """The log file of one command."""
        return self.logs / f"{name}.log"

    def pid(self, name: str) -> int:
        """The process id of a running command."""
        return self._running[name].pid

    def ended(self) -> Ended | None:
        """The first command found to have ended by itself, or None while all of them run."""
        for name, process in self._running.items():
            status = process.poll()
            if status is not None:
                return Ended(name, status, self.last_lines(name))
        return None

    def last_lines(self, name: str) -> str:
        """The end of a command's log."""
        text = self.log_of(name).read_bytes()[-20_000:].decode(errors="replace")
        return "\n".join(text.strip().splitlines()[-LAST_LINES:])

    def stop(self, grace_s: float = GRACE_S) -> None:
        """End every command and its children: asked first, forced after the grace or an interruption."""
        self.stop_some(list(self._running), grace_s)

    def stop_some(self, names: Sequence[str], grace_s: float = GRACE_S) -> None:
        """The same for these alone."""
        processes = [self._running[name] for name in names]
        try:
            for process in processes:
                _signal_group(process.pid, signal.SIGTERM)
            deadline = time.monotonic() + grace_s
            while any(_group_lives(process) for process in processes) and time.monotonic() < deadline:
                time.sleep(POLL_S)
        finally:
            for process in processes:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait()
            for name in names:
                del self._running[name]


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    return _signal_group(process.pid, 0)


def _signal_group(group: int, sign: int) -> bool:
    try:
        os.killpg(group, sign)
    except (ProcessLookupError, PermissionError):
        return False
    return True
