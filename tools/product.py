"""The product as a whole: its processes, what each may know, when it is ready, and how it stops.

``make run`` and the end-to-end tests start it through this module.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.console import Problem, say
from tools.environments import MODERN
from tools.keys import shared_secrets
from tools.lifetime import end_with_me
from tools.paths import ROOT, writable
from tools.settings import Ports
from tools.supervisor import OWNER_ONLY, Command, Ended, Supervisor

READY_LIMIT_S = 180.0
POLL_S = 0.2
# Each process gets the secrets it needs and no others: those that are made here, and those that an operator sets.
MAY_KNOW = {
    "handover": ("MELDPUNT_CHANNEL_SECRET", "MELDPUNT_DATABASE_URL", "MELDPUNT_OIDC_SECRET"),
    "jobs": ("MELDPUNT_CHANNEL_SECRET", "MELDPUNT_DATABASE_URL", "MELDPUNT_SMTP_PASSWORD"),
    "rasa": ("MELDPUNT_CHANNEL_SECRET", "MELDPUNT_TRACKER_KEY", "MELDPUNT_ACTION_TOKEN"),
    "actions": ("MELDPUNT_ACTION_TOKEN",),
}
SET_BY_OPERATORS = ("MELDPUNT_DATABASE_URL", "MELDPUNT_OIDC_SECRET", "MELDPUNT_SMTP_PASSWORD")
NEED_DATABASE = ("handover", "jobs")


class ProcessEnded(Problem):
    """One of the processes ended by itself, and the others were stopped because of it."""

    def __init__(self, ended: Ended, log: Path) -> None:
        last = ended.last_lines or "(it wrote nothing)"
        super().__init__(
            f"{ended.name} {ended.how}, so everything was stopped.",
            f"Its last lines, from {log}:\n\n{last}\n",
        )
        self.ended = ended


@dataclass
class Product:
    """Four processes over one data folder and one set of ports."""

    var: Path
    ports: Ports
    environment: Mapping[str, str]  # what all processes get; secrets come on top
    commands: Mapping[str, list[str]] = field(default_factory=lambda: procfile())

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(ROOT, writable(self.var / "log"))

    @property
    def public_url(self) -> str:
        """The visitors' page."""
        return f"http://127.0.0.1:{self.ports.public}"

    @property
    def staff_url(self) -> str:
        """The staff's page."""
        return f"http://127.0.0.1:{self.ports.staff}"

    def prepare(self) -> dict[str, Any] | None:
        """Database, keys, first account: what ``handover init`` says of a new account, else None."""
        env = self.environment_of("handover")
        argv = [str(MODERN.python), "-m", "handover", "init", "--json"]
        done = subprocess.run(
            argv,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            umask=OWNER_ONLY,
            preexec_fn=end_with_me(),
        )
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["(nothing)"]
            raise Problem("The product could not be prepared.", "\n".join(said[-8:]))
        answer: dict[str, Any] = json.loads(done.stdout) if done.stdout.strip() else {}
        return answer if answer.get("password") else None

    def start_what_needs_no_database(self) -> None:
        """Rasa takes longest to start, so it begins while the database is prepared."""
        for name in self.commands:
            if name not in NEED_DATABASE:
                self.start_one(name)

    def start_the_rest(self) -> None:
        """What reads the database that :meth:`prepare` made."""
        for name in self.commands:
            if name in NEED_DATABASE:
                self.start_one(name)

    def start_one(self, name: str) -> None:
        """Start one of the processes."""
        self.supervisor.start(Command(name, self.commands[name], self.environment_of(name)))

    def wait_until_ready(self, given_up: Callable[[], bool] = lambda: False) -> None:
        """Until all answer; raises :class:`ProcessEnded`, or a :class:`Problem` when it takes too long."""
        begun = time.monotonic()
        waiting = self.probes()
        while waiting and not given_up():
            self.check_all_run()
            for name, is_ready in list(waiting.items()):
                if is_ready():
                    del waiting[name]
                    say(f"  {name} is ready ({time.monotonic() - begun:.0f} s)")
            if waiting and time.monotonic() - begun > READY_LIMIT_S:
                raise Problem(
                    f"{' and '.join(waiting)} did not become ready within {READY_LIMIT_S:.0f} s.",
                    f"The logs in {self.supervisor.logs} say what it was doing.",
                )
            time.sleep(POLL_S)

    def check_all_run(self) -> None:
        """Raises :class:`ProcessEnded` when one of the processes is gone."""
        ended = self.supervisor.ended()
        if ended is not None:
            raise ProcessEnded(ended, self.supervisor.log_of(ended.name))

    def stop(self) -> None:
        """End every process."""
        self.supervisor.stop()

    def probes(self) -> dict[str, Callable[[], bool]]:
        """For each thing that must answer, how to ask."""
        secret = {"X-Meldpunt-Secret": self._secrets()["MELDPUNT_CHANNEL_SECRET"]}
        rasa = f"http://127.0.0.1:{self.ports.rasa}/webhooks/meldpunt/health"
        actions = f"http://127.0.0.1:{self.ports.actions}/health"
        return {
            "actions": lambda: answers(actions),
            "rasa": lambda: answers(rasa, secret),
            "the staff's page": lambda: answers(f"{self.staff_url}/health/live"),
            "the visitors' page": lambda: answers(f"{self.public_url}/health/ready"),
        }

    def environment_of(self, name: str) -> dict[str, str]:
        """What this process is started with. A secret that is not for it is empty: so ``.env`` does not give it either."""
        given = {key: self.environment.get(key, "") for key in SET_BY_OPERATORS}
        secrets = {**self._secrets(), **given}
        known = MAY_KNOW.get(name, ())
        return {
            **{key: value for key, value in self.environment.items() if key not in secrets},
            **self.ports.as_environment(),
            **{key: value if key in known else "" for key, value in secrets.items()},
            "MELDPUNT_VAR": str(self.var),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore::DeprecationWarning",  # Rasa's libraries have hundreds
            "RASA_TELEMETRY_ENABLED": "false",
            "SANIC_HOST": "127.0.0.1",
        }

    def _secrets(self) -> dict[str, str]:
        return shared_secrets(self.var, self.environment)


def procfile() -> dict[str, list[str]]:
    """The processes, as the Procfile lists them."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): shlex.split(command) for name, _, command in pairs}


def answers(url: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether this address answers 2xx."""
    try:
        request = urllib.request.Request(url, headers=dict(headers or {}))
        with urllib.request.urlopen(request, timeout=5) as reply:
            return bool(200 <= reply.status < 300)
    except (OSError, urllib.error.URLError, ValueError):
        return False


@contextmanager
def alone_in(var: Path) -> Iterator[None]:
    """Raises :class:`Problem` when another start already uses this data folder."""
    file = writable(var) / "run.lock"
    file.touch(mode=0o600)
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = lock.read().strip() or "unknown"
            raise Problem(
                f"The product already runs from {var} (process {other}).",
                "Stop it with Ctrl-C in its terminal, or give this one its own MELDPUNT_VAR and ports.",
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
