"""Texts of ``domain.yml`` for lines that are put together here (summary lines, quotes). No wording of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from meldpunt.data_files import DataFileError, line_of, read_yaml
from meldpunt.help import with_numbers

DOMAIN = Path(__file__).resolve().parents[2] / "domain.yml"


class SamTextsError(DataFileError):
    """``domain.yml`` holds a mistake; the message names the line and the remedy."""


class Texts:
    """Responses by name, in the right form of address."""

    def __init__(self, responses: Mapping[str, Any]) -> None:
        self._responses = responses

    @classmethod
    def load(cls, file: Path = DOMAIN) -> Texts:
        """Read the responses of the domain file, telephone numbers filled in; raises :class:`SamTextsError`."""
        data, text = read_yaml(file, SamTextsError)
        if not isinstance(data, dict) or not isinstance(data.get("responses"), dict):
            raise SamTextsError(file.name, line_of(text, "responses"), "needs responses: names, each with texts.")
        return cls(yaml.safe_load(with_numbers(text))["responses"])

    def has(self, name: str) -> bool:
        return name in self._responses

    def get(self, name: str, address: str = "je", **values: str) -> str:
        """The text of a response with its placeholders filled; raises KeyError for an unknown name."""
        variants = self._responses[name]
        chosen = next((v for v in variants if _fits(v, address)), variants[-1])
        return str(chosen["text"]).format(**values) if values else str(chosen["text"])

    def value(self, value: str) -> str:
        """The words for a button value; free text is returned as it is."""
        name = f"utter_value_{value}"
        return self.get(name) if self.has(name) else value


def _fits(variant: Mapping[str, Any], address: str) -> bool:
    conditions = variant.get("condition") or []
    return any(c.get("name") == "address" and c.get("value") == address for c in conditions)
