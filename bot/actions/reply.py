"""What one visitor message is, and what Sam says to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from meldpunt.reading import Reading


@dataclass
class Reply:
    """What to say: response names with values, extra custom payloads, and choices made here."""

    say: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    customs: list[dict[str, Any]] = field(default_factory=list)
    repeat: bool = False

    def add(self, name: str, **values: str) -> None:
        self.say.append((name, values))


@dataclass(frozen=True)
class Turn:
    """The visitor's message as it came in."""

    text: str
    number: int
    reading: Reading | None
    choice: tuple[str, str] | None
    context: dict[str, Any]

    @property
    def intent(self) -> str | None:
        """The intent where the classifier is sure enough (its threshold is calibrated, see models/reader)."""
        guess = self.reading.intent if self.reading else None
        return guess.name if guess and guess.sure else None
