"""Prints docs/settings.md (``python -m meldpunt.settings_page``) or .env.example (``... --env``) from the settings."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from meldpunt.settings import Settings

PREFIX = "MELDPUNT_"
HEAD = """# Settings

Every setting is an environment variable, or a line in `.env` (see `.env.example`). Each has a default that works.
A wrong value is refused at start-up with its name. Durations are ISO 8601 (`PT1H`, `P30D`) or seconds.
This page is made by `python -m meldpunt.settings_page`; a test keeps it up to date.

| Variable | Default | What it is |
|---|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    rows = (f"| `{name}` | {f'`{value}`' if value else ''} | {text} |" for name, value, text in _rows())
    return HEAD + "\n".join(rows) + "\n"


def example() -> str:
    """The example file: every setting, switched off, with its default."""
    lines = ["# Copy to .env and take the # away from what you change. See docs/settings.md."]
    for name, value, text in _rows():
        lines += ["", f"# {text}", f"#{name}={value}"]
    return "\n".join(lines) + "\n"


def _rows() -> list[tuple[str, str, str]]:
    fields = Settings.model_fields.items()
    return [(PREFIX + name.upper(), _said(field.default), field.description or "") for name, field in fields]


def _said(value: Any) -> str:
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return "" if value is None else value.as_posix() if isinstance(value, Path) else str(value)


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    if seconds % 86400 == 0:
        return f"P{seconds // 86400}D"
    for size, letter in ((3600, "H"), (60, "M")):
        if seconds % size == 0:
            return f"PT{seconds // size}{letter}"
    return f"PT{seconds}S"


if __name__ == "__main__":
    print(example() if "--env" in sys.argv else page(), end="")
