"""The Dutch words of the readable analysis (``data/analysis.json``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from meldpunt.data_files import DataFileError, line_of, read_json
from meldpunt.indicators.catalogue import CATEGORIES

FILE = Path(__file__).resolve().parent.parent / "data" / "analysis.json"
SECTIONS = ("headings", "fields", "texts", "values", "colours")


class LabelsError(DataFileError):
    """``analysis.json`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True)
class Labels:
    """Headings, names of fields, sentences, values and the colour of each category."""

    headings: dict[str, str]
    fields: dict[str, str]
    texts: dict[str, str]
    values: dict[str, str]
    colours: dict[str, str]

    @property
    def width(self) -> int:
        """Characters of the widest name of a field, with room after it."""
        return max(map(len, self.fields.values())) + 2

    def value(self, name: str | None) -> str:
        """A controlled value as people read it; what is Dutch already stays as it is."""
        return self.texts["not_said"] if name is None else self.values.get(name, name)


@lru_cache(maxsize=1)
def labels() -> Labels:
    """Read and check ``analysis.json``; raises :class:`LabelsError`."""
    return load_labels(FILE)


def load_labels(file: Path) -> Labels:
    """Read and check the labels in ``file``; raises :class:`LabelsError`."""
    data, text = read_json(file, LabelsError)
    for section in SECTIONS:
        _check(data, section, text, file.name)
    if missing := sorted(set(CATEGORIES) - set(data["colours"])):
        raise LabelsError(file.name, line_of(text, '"colours"'), f"give {', '.join(missing)} a colour.")
    return Labels(**{section: data[section] for section in SECTIONS})


def _check(data: Any, section: str, text: str, name: str) -> None:
    rows = data.get(section) if isinstance(data, dict) else None
    if not isinstance(rows, dict):
        raise LabelsError(name, line_of(text, f'"{section}"'), f"add the part {section!r} with its words.")
    for key, words in rows.items():
        if not isinstance(words, str) or not words.strip():
            raise LabelsError(name, line_of(text, f'"{key}"'), f"{section}.{key} has no words; fill them in.")
