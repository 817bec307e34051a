"""Finding or fetching uv, and running it with sentences instead of stack traces."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.console import Problem, say
from tools.lifetime import end_with_me
from tools.paths import REQUIREMENTS, ROOT

OLDEST_UV = (0, 5)  # the first that has every option used here
HEARTBEAT_S = 15
UNREACHABLE = re.compile(
    r"dns error|error sending request|connection (refused|reset|error|broken)|timed? ?out"
    r"|network is unreachable|name resolution|tls handshake|certificate"
    r"|NewConnectionError|Failed to establish|tunnel",
    re.IGNORECASE,
)


def find_uv() -> str:
    """A uv that works: the one on PATH, or our own in ``.venv-setup``, which pip installs."""
    present = shutil.which("uv")
    if present and _version(present) >= OLDEST_UV:
        return present
    own = ROOT / ".venv-setup"
    binary = own / "bin" / "uv"
    if not binary.exists() or _version(str(binary)) < OLDEST_UV:
        say("Fetching uv, which installs everything else ...")
        _install_uv(own)
    return str(binary)


def _install_uv(folder: Path) -> None:
    python = str(folder / "bin" / "python")
    if _succeeds(sys.executable, "-m", "venv", "--clear", str(folder)):
        pip = [python, "-m", "pip"]
    elif _succeeds(sys.executable, "-m", "pip", "--version"):
        # Debian's Python without python3-venv: its own pip fills an environment that has none.
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)], check=True)
        pip = [sys.executable, "-m", "pip", "--python", python]
    else:
        raise Problem(
            f"{sys.executable} has no pip, so that uv cannot be fetched.",
            "Install pip for it (Debian: apt-get install python3-venv), or install uv, and try again.",
        )
    run_fetching(
        [*pip, "install", "--quiet", "--require-hashes", "-r", str(REQUIREMENTS / "setup.txt")], "uv"
    )


def _succeeds(*argv: str) -> bool:
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def _version(uv: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"(\d+)\.(\d+)", answer)
    return tuple(map(int, found.groups())) if found else ()


def environment() -> dict[str, str]:
    """uv's environment: what pip was told about a mirror and certificates holds for uv too."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    for pip_name, uv_name in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if env.get(pip_name):
            env.setdefault(uv_name, env[pip_name])
    if env.get("PIP_FIND_LINKS"):
        env.setdefault("UV_FIND_LINKS", env["PIP_FIND_LINKS"].replace(" ", ","))
    if "UV_DEFAULT_INDEX" not in env and (mirror := _mirror_of_pip()):
        env["UV_DEFAULT_INDEX"] = mirror
    return env


def _mirror_of_pip() -> str | None:
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    )
    return asked.stdout.strip() or None


def run_fetching(argv: Sequence[str], what: str, timeout_s: float | None = None) -> str:
    """Run a command that may download, saying now and then that it goes on; failing is a :class:`Problem`."""
    begun = time.monotonic()
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
        cwd=ROOT,
        preexec_fn=end_with_me(),
    )
    while True:
        try:
            output, _ = process.communicate(timeout=HEARTBEAT_S)
            break
        except subprocess.TimeoutExpired:
            spent = time.monotonic() - begun
            if timeout_s is not None and spent > timeout_s:
                process.kill()
                process.communicate()
                raise unreachable(what) from None
            say(f"  still busy with {what} ({spent:.0f} s)")
        except BaseException:
            process.kill()
            raise
    if process.returncode == 0:
        return output
    if UNREACHABLE.search(output):
        raise unreachable(what)
    last = "\n".join(line for line in output.strip().splitlines()[-8:])
    raise Problem(f"{what} could not be installed.", f"The installer said:\n{last}")


def unreachable(what: str) -> Problem:
    """The registry did not answer."""
    return Problem(
        f"{what} could not be fetched: the package registry cannot be reached.",
        "Check the connection, or name a mirror in PIP_INDEX_URL, and run the same command again.",
    )
