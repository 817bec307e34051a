"""What the start needs to know, from the environment and ``.env``; the product has settings of its own."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.console import Problem

DEFAULT_PORTS = {
    # environment variable: (port, who listens)
    "MELDPUNT_PUBLIC_PORT": (8080, "the visitors' page"),
    "MELDPUNT_STAFF_PORT": (8081, "the staff's page"),
    "MELDPUNT_RASA_PORT": (5005, "Rasa"),
    "MELDPUNT_ACTIONS_PORT": (5055, "the action server"),
}


@dataclass(frozen=True)
class Ports:
    """Where the processes listen; all on loopback unless handover is told otherwise."""

    public: int
    staff: int
    rasa: int
    actions: int

    def as_environment(self) -> dict[str, str]:
        """The variables that tell the processes."""
        values = (self.public, self.staff, self.rasa, self.actions)
        return {name: str(port) for name, port in zip(DEFAULT_PORTS, values, strict=True)}


def with_dotenv(environment: Mapping[str, str], file: Path) -> dict[str, str]:
    """The environment with what ``.env`` adds; what is set already wins."""
    added: dict[str, str] = {}
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for line in lines:
        name, is_setting, value = line.strip().removeprefix("export ").partition("=")
        if is_setting and not name.startswith("#"):
            added[name.strip()] = value.strip().strip("\"'")
    return {**added, **environment}


def ports_from(environment: Mapping[str, str]) -> Ports:
    """The four ports; raises :class:`Problem` for one that is no port or is given twice."""
    numbers = []
    for name, (default, who) in DEFAULT_PORTS.items():
        text = environment.get(name) or str(default)
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise Problem(f"{name} is {text!r}, no port for {who}.", "Give a number from 1 to 65535.")
        if int(text) in numbers:
            raise Problem(f"{name} is {text}, which another listener has already.", "Give each its own.")
        numbers.append(int(text))
    return Ports(*numbers)


def check_free(ports: Ports) -> None:
    """Raises :class:`Problem` for the first port that somebody else listens on."""
    for name, port in ports.as_environment().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(port)))
            except OSError as error:
                who, why = DEFAULT_PORTS[name][1], os.strerror(error.errno or 0)
                raise Problem(
                    f"Port {port}, for {who}, cannot be had: {why}.",
                    f"Stop the program that uses it, or choose another: {name}={int(port) + 100} make run",
                ) from error


def free_ports() -> Ports:
    """Four ports that nobody listens on now, for tests."""
    sockets = [socket.socket() for _ in DEFAULT_PORTS]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return Ports(*(one.getsockname()[1] for one in sockets))
    finally:
        for one in sockets:
            one.close()
