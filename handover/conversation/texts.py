"""What handover itself says: texts from ``meldpunt/data/system_texts.yml`` and the safety texts, checked
when read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import meldpunt
from meldpunt.data_files import DataFileError, line_of, read_yaml
from meldpunt.help import with_numbers

DATA = Path(meldpunt.__file__).parent / "data"
SYSTEM = DATA / "system_texts.yml"
SAFETY = DATA.parent.parent / "domain.yml"  # one wording: what Sam says and what handover says in his place


class SystemTextsError(DataFileError):
    """``system_texts.yml`` holds a mistake; the message names the line and the remedy."""


class TextMissing(LookupError):
    """A data file lacks a text that handover needs; the text names the file and the entry."""


@dataclass(eq=False)
class Problem(Exception):
    """Something a visitor did that is answered with an error: status, title and detail, and a code for
    tests.
    """

    code: str
    status: int
    title: str
    detail: str

    def as_dict(self) -> dict[str, Any]:
        return {"status": self.status, "title": self.title, "detail": self.detail, "code": self.code}


def load_texts(file: Path) -> dict[str, Any]:
    """Read and check the texts in ``file``; raises :class:`SystemTextsError`."""
    data, text = read_yaml(file, SystemTextsError)
    for group, fits, what in GROUPS:
        rows = data.get(group) if isinstance(data, dict) else None
        if not isinstance(rows, dict) or not rows:
            line = line_of(text, f"{group}:") if f"{group}:" in text else len(text.splitlines())
            raise SystemTextsError(file.name, line, f"needs {group}: names, each with {what}.")
        begins = line_of(text, f"{group}:")
        for name, value in rows.items():
            if not fits(value):
                rest = "\n".join(text.splitlines()[begins - 1 :])
                line = begins - 1 + line_of(rest, f"  {name}:")
                raise SystemTextsError(file.name, line, f"{group}: {name} needs {what}.")
    found: dict[str, Any] = yaml.safe_load(with_numbers(text))
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_text, value))


def _is_phrase(value: object) -> bool:
    return _is_text(value) or (isinstance(value, dict) and bool(value) and all(map(_is_text, value.values())))


GROUPS = (
    ("messages", _is_text, "a text"),
    ("choices", _is_text, "the label of a button"),
    ("phrases", _is_phrase, "a text, or a table of texts"),
    ("errors", _is_pair, "a title and a sentence: [title, what to do]"),
)


@cache
def _system() -> dict[str, Any]:
    return load_texts(SYSTEM)


@cache
def _safety() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(with_numbers(SAFETY.read_text(encoding="utf-8")))["responses"]
    return data


def check() -> None:
    """Read every text now rather than at the first visitor; raises :class:`SystemTextsError`."""
    _system(), _safety()


def message(name: str, **values: str) -> str:
    """The message ``name`` with its values filled in."""
    return str(_entry("messages", name)).format(**values)


def choice(name: str) -> str:
    """The label of a button."""
    return str(_entry("choices", name))


def phrase(name: str) -> Any:
    """A phrase, or a small table of phrases."""
    return _entry("phrases", name)


def consent_label(item: str) -> str:
    """What a consent is about, as a visitor calls it."""
    return str(phrase("consent_items")[item])


def problem(code: str, status: int, **values: object) -> Problem:
    """The error ``code`` for a visitor, answered with HTTP ``status``."""
    title, detail = _entry("errors", code)
    return Problem(code, status, title, detail.format(**values))


def safety_text(kind: str) -> str:
    """The safety text for a kind of cue: the general wording of ``utter_safety_KIND``."""
    try:
        return str(_safety()[f"utter_safety_{kind}"][-1]["text"])
    except KeyError:
        raise TextMissing(f"{SAFETY.name} has no utter_safety_{kind}") from None


def _entry(group: str, name: str) -> Any:
    try:
        return _system()[group][name]
    except KeyError:
        raise TextMissing(f"{SYSTEM.name} has no {group}: {name}") from None
