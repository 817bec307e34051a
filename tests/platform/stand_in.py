"""``make run`` with small commands in the place of the four processes.

``python -m tests.platform.stand_in VAR NAME=COMMAND ...`` starts them as the product's own and stays.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.console import end_with_one_sentence
from tools.product import Product
from tools.run import stay
from tools.settings import Ports, ports_from


class StandIn(Product):
    """No database, no pages."""

    def prepare(self) -> dict[str, Any] | None:
        return None

    def probes(self) -> dict[str, Callable[[], bool]]:
        return {}


def main() -> int:
    """Stay as ``make run`` would."""
    var, *named = sys.argv[1:]
    commands = {name: shlex.split(command) for name, _, command in (text.partition("=") for text in named)}
    ports: Ports = ports_from(os.environ)
    return stay(lambda: StandIn(Path(var), ports, os.environ, commands))


if __name__ == "__main__":
    sys.exit(end_with_one_sentence(main))
