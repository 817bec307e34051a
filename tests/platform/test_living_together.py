"""What `make run` starts lives and dies together: small stand-in commands, real signals and processes."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.paths import ROOT
from tools.settings import free_ports
from tools.supervisor import Command, Supervisor

LIMIT_S = 20.0
QUIET = "import time; time.sleep(600)"
WITH_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {QUIET!r}])"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
BREAKS = "import sys, time; time.sleep(0.5); print('the cupboard is empty'); sys.exit(3)"


def _hear_the_terminal_close() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Run:
    """A stand-in ``make run`` and the processes that it started."""

    def __init__(self, var: Path, commands: dict[str, str]) -> None:
        self.var = var
        named = [f"{name}={shlex.join([sys.executable, '-c', code])}" for name, code in commands.items()]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.platform.stand_in", str(var), *named],
            cwd=ROOT,
            preexec_fn=_hear_the_terminal_close,  # also where the tests themselves run under nohup
            env={
                **os.environ,
                **free_ports().as_environment(),
                "MELDPUNT_CHANNEL_SECRET": "",
                "MAKELEVEL": "",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def started(self) -> list[int]:
        """The process ids of everything below it, once they are all there."""
        wait_until(lambda: len(descendants(self.process.pid)) >= 4)
        return descendants(self.process.pid)

    def end(self, sign: signal.Signals) -> tuple[int, str]:
        """Send a signal; the exit status and what was said."""
        self.process.send_signal(sign)
        return self.outcome()

    def outcome(self) -> tuple[int, str]:
        """The exit status and what was said, once it has ended."""
        out, err = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, out + err


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], Run]]:
    """Starts stand-ins; whatever a failing test leaves is ended."""
    runs: list[Run] = []

    def start(commands: dict[str, str]) -> Run:
        runs.append(Run(tmp_path / f"var{len(runs)}", commands))
        return runs[-1]

    yield start
    for one in runs:
        for pid in [*descendants(one.process.pid), one.process.pid]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        one.process.communicate()


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


def alive(pid: int) -> bool:
    """Whether a process still runs (one that only waits to be noticed does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_it_leaves_no_process(run: Callable[[dict[str, str]], Run], sign: signal.Signals) -> None:
    running = run({"one": QUIET, "two": WITH_A_CHILD, "three": QUIET})
    processes = running.started()
    status, said = running.end(sign)
    assert status == 0
    assert "Everything has stopped." in said
    assert not [pid for pid in processes if alive(pid)]


def test_a_process_that_refuses_to_stop_is_forced_by_asking_twice(
    run: Callable[[dict[str, str]], Run],
) -> None:
    running = run({"one": STUBBORN, "two": WITH_A_CHILD, "three": QUIET})
    processes = running.started()
    running.process.send_signal(signal.SIGINT)
    wait_until(lambda: sum(map(alive, processes)) == 1)
    running.end(signal.SIGINT)
    assert not [pid for pid in processes if alive(pid)]


def test_killing_it_leaves_no_process(run: Callable[[dict[str, str]], Run]) -> None:
    running = run({"one": QUIET, "two": QUIET, "three": QUIET, "four": QUIET})
    processes = running.started()
    running.end(signal.SIGKILL)
    wait_until(lambda: not [pid for pid in processes if alive(pid)])


def test_when_one_ends_the_others_are_stopped_and_the_reason_is_said(
    run: Callable[[dict[str, str]], Run],
) -> None:
    running = run({"one": WITH_A_CHILD, "two": QUIET, "breaking": BREAKS})
    processes = running.started()
    status, said = running.outcome()
    assert status == 1
    assert "breaking ended with status 3, so everything was stopped." in said
    assert "the cupboard is empty" in said
    assert not [pid for pid in processes if alive(pid)]


def test_one_that_is_killed_is_named_with_the_signal(run: Callable[[dict[str, str]], Run]) -> None:
    running = run({"one": QUIET, "two": QUIET, "three": QUIET, "four": QUIET})
    processes = running.started()
    os.kill(processes[1], signal.SIGKILL)
    status, said = running.outcome()
    assert status == 1
    assert "two was ended by SIGKILL" in said
    assert not [pid for pid in processes if alive(pid)]


def test_a_second_start_in_the_same_folder_is_refused(run: Callable[[dict[str, str]], Run]) -> None:
    first = run({"one": QUIET, "two": QUIET, "three": QUIET, "four": QUIET})
    first.started()
    second = subprocess.run(
        [sys.executable, "-m", "tests.platform.stand_in", str(first.var), "one=true"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert second.returncode == 1
    assert f"already runs from {first.var} (process {first.process.pid})" in second.stderr


def test_what_a_passing_thread_started_lives_on(tmp_path: Path) -> None:
    """The kernel's "parent" is the thread that started a process, not the program."""
    supervisor = Supervisor(ROOT, tmp_path)
    command = Command("quiet", [sys.executable, "-c", QUIET], dict(os.environ))
    passing = threading.Thread(target=supervisor.start, args=(command,))
    passing.start()
    passing.join()
    time.sleep(0.5)  # a signal sent at the thread's end would have arrived
    assert supervisor.ended() is None
    supervisor.stop(grace_s=1)


@pytest.mark.parametrize(("asked", "said"), [("1", True), ("", False)])
def test_invented_cases_asked_of_a_filled_installation_are_said_not_to_come(
    run: Callable[[dict[str, str]], Run], monkeypatch: pytest.MonkeyPatch, asked: str, said: bool
) -> None:
    monkeypatch.setenv("MELDPUNT_DEMO", asked)
    started = run(dict.fromkeys(("handover", "jobs", "rasa", "actions"), BREAKS))
    _, told = started.outcome()
    assert ("nothing invented was added" in told) is said
