"""What Sam knows so far. It lives in the slot ``dossier`` as plain JSON and is read and written here only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from meldpunt.reading import Mention, Reading
from meldpunt.triage import Facts, find_flags

Json = dict[str, Any]
CONCRETE_WORDS = 12  # so many words of a professional hold an observation


@dataclass
class Answer:
    """One answered ask: ``status`` is bekend, onbekend or wil_niet_zeggen; ``message`` the visitor's message number."""

    value: str
    status: str = "bekend"
    source: str = "melder"
    message: int | None = None


@dataclass
class Dossier:
    """The whole conversation as far as the dialogue needs it."""

    answers: dict[str, Answer] = field(default_factory=dict)
    mentions: list[Json] = field(default_factory=list)  # Mention fields plus "message"
    texts: dict[str, str] = field(default_factory=dict)  # message number -> words as typed
    age: int | None = None
    gemeente: str | None = None
    candidates: list[str] = field(default_factory=list)  # municipalities of a place that must be asked about
    platforms: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    consent: dict[str, Json] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # safety kinds and advice said once
    followups: int = 0
    dont_knows: int = 0
    misses: int = 0
    turns: int = 0
    distress: bool = False
    story_more: bool = False
    safe_mode: bool = False
    not_serious: bool = False  # words of a prank; staff decide, and it changes nothing else
    erase_asked: bool = False
    waiting_choice: bool = False
    finished: bool = False
    address: str = "je"
    started: str | None = None

    @classmethod
    def from_slot(cls, data: Json | None) -> Dossier:
        """Read the slot; a missing one is a new conversation."""
        if not data:
            return cls()
        answers = {ask: Answer(**row) for ask, row in data.get("answers", {}).items()}
        return cls(**{**data, "answers": answers})

    def as_slot(self) -> Json:
        """The slot's value."""
        return asdict(self)

    def value(self, ask: str) -> str | None:
        """The answer to an ask, or None when it was not answered."""
        answer = self.answers.get(ask)
        return answer.value if answer else None

    @property
    def role(self) -> str | None:
        """Self, parent, professional or bystander; None where nobody said so."""
        answer = self.answers.get("reporter_role")
        return answer.value if answer and answer.status == "bekend" else None

    def note(
        self, ask: str, value: str, message: int | None, source: str = "melder", status: str = "bekend"
    ) -> None:
        """Write down an answer; "unknown" and "rather_not_say" keep their own status."""
        if value == "unknown":
            status = "onbekend"
        elif value == "rather_not_say":
            status = "wil_niet_zeggen"
        self.answers[ask] = Answer(value, status, source, message)

    def add_reading(self, reading: Reading, message: int) -> None:
        """Take mentions, age, place, platforms and moment from what was read of a message."""
        self.texts[str(message)] = reading.text
        known = {row["indicator"] for row in self.mentions if row["polarity"] == "bevestigd"}
        for mention in reading.mentions:
            if mention.indicator not in known and mention.indicator not in self.removed:
                self.mentions.append({**asdict(mention), "message": message})
        self.learn(reading, message)
        self.add_flags(reading.text)

    def learn(self, reading: Reading, message: int) -> None:
        """Take age, place, platforms and moment from what was read."""
        if reading.age:
            self.age = reading.age.years
            self.note("age_band", Facts(age=self.age).band, message, "afgeleid")
        self._add_place(reading, message)
        fresh = [platform for platform in reading.platforms if platform not in self.platforms]
        self.platforms += fresh
        if fresh:
            self.note("platform", ", ".join(self.platforms), message, "afgeleid")
        if reading.moment and "when" not in self.answers:
            self.note("when", reading.moment, message, "afgeleid")

    def add_flags(self, text: str) -> None:
        """Take the facts that are no indicators from the words (domain.md 2.3)."""
        self.flags += sorted(find_flags(text) - set(self.flags))

    def _add_place(self, reading: Reading, message: int) -> None:
        if reading.gemeente and reading.gemeente != "?":
            self.gemeente = reading.gemeente
            self.note("place", reading.gemeente, message, "afgeleid")
        elif reading.gemeente == "?" and not self.gemeente:
            self.candidates = sorted({c for p in reading.places for c in p.candidates})

    def facts(self) -> Facts:
        """What the triage engine reads."""
        fields = Mention.__dataclass_fields__
        mentions = tuple(Mention(**{k: v for k, v in row.items() if k in fields}) for row in self.mentions)
        answers = {ask: answer.value for ask, answer in self.answers.items()}
        return Facts(
            mentions=mentions,
            age=self.age,
            age_band=self.value("age_band"),
            when=self.value("when"),
            role=self.role,
            answers=answers,
            flags=frozenset(self.flags) - self._not_theirs(),
        )

    def _not_theirs(self) -> set[str]:
        """What only some can tell: unease counts from a professional who saw something, observers are others."""
        wrong = {"two_observers"} if self.role in ("self", None) else set()
        saw = "observed" in self.answers or any(len(text.split()) >= CONCRETE_WORDS for text in self.texts.values())
        return wrong if self.role == "professional" and saw else wrong | {"professional_unease"}

    def indicators(self) -> list[str]:
        """Asserted indicators, each once."""
        return list(dict.fromkeys(m.indicator for m in self.facts().mentions if m.asserted))
