"""A readable analysis of one message: ``python -m meldpunt.indicators "tekst" [--role ...] [--json | --html]``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from meldpunt.indicators.analysis import as_html, as_json, as_text
from meldpunt.reading import Reader
from meldpunt.reading.extract import ROLES


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what is read of the message; without a message it is read from standard input."""
    parser = argparse.ArgumentParser(prog="python -m meldpunt.indicators", description=__doc__)
    parser.add_argument("text", nargs="?", help="the message; standard input when it is left out")
    parser.add_argument("--role", choices=ROLES, help="who reports, when it is known")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument(
        "--json", dest="shape", action="store_const", const="json", help="everything, for programs"
    )
    shape.add_argument(
        "--html", dest="shape", action="store_const", const="html", help="a page with marked words"
    )
    chosen = parser.parse_args(arguments)
    reading = Reader.load().read(chosen.text or sys.stdin.read(), ROLES.get(chosen.role or ""))
    if chosen.shape == "json":
        print(json.dumps(as_json(reading), ensure_ascii=False, indent=1))
    else:
        print(as_html(reading) if chosen.shape == "html" else as_text(reading))


if __name__ == "__main__":
    main()
