"""``make -s extract``: JSON lines ``{"id", "text", "role"}`` in, what was read of each message out (shared format)."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any, TextIO

from meldpunt.reading import Reader, Reading
from meldpunt.reading.types import Role

ROLES: dict[str, Role] = {
    "zelf": "self",
    "ouder": "parent",
    "professional": "professional",
    "omstander": "bystander",
}


def row_of(identifier: Any, reading: Reading) -> dict[str, Any]:
    """One output line: asserted indicators, acute, age, municipality and all mentions."""
    return {
        "id": identifier,
        "indicators": list(reading.indicators),
        "acute": reading.acute,
        "age": reading.age.years if reading.age else None,
        "gemeente": reading.gemeente,
        "mentions": [asdict(mention) for mention in reading.mentions],
    }


def main(lines: TextIO, answers: TextIO) -> None:
    """Read every line of ``lines``; a line that is not JSON ends with its number and the reason."""
    reader = Reader.load()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row["text"]
        except (ValueError, KeyError) as error:
            sys.exit(f"line {number}: expected JSON with id and text: {error}")
        reading = reader.read(text, ROLES.get(row.get("role") or ""))
        answers.write(json.dumps(row_of(row.get("id"), reading), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
