"""What reading one message gives: a :class:`Reading` with the mention records of domain.md 1.3.

Standard library only: this module is imported beside Rasa's frozen libraries (Python 3.10) and on current Pythons.
Controlled values are Dutch, exactly as staff see and export them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Polarity = Literal["bevestigd", "ontkend"]
Modality = Literal["feit", "vermoeden", "hypothetisch", "grap", "citaat/media"]
Time = Literal["nu", "<24u", "1-7d", "8d-3m", ">3m", "toekomst", "onbekend"]
Experiencer = Literal["melder", "betrokkene", "derde", "dader", "algemeen"]
Source = Literal["zelf_meegemaakt", "zelf_gezien", "gehoord_van_betrokkene", "gehoord_van_ander", "vermoeden"]
RecognisedBy = Literal["nlu", "regel", "knop", "medewerker"]
SafetyKind = Literal[
    "nu_in_gevaar",
    "opgesloten_vastgehouden",
    "suicidaal",
    "dader_leest_mee",
    "vermist_weggelopen",
    "afspraak_vandaag",
    "minderjarige_hotelafspraak",
]
PlaceStatus = Literal["zeker", "vragen", "buiten"]
When = Literal["now", "today_tomorrow", "this_week", "longer_ago", "unknown"]
Role = Literal["self", "parent", "professional", "bystander"]

ASSERTING_MODALITIES = frozenset({"feit", "vermoeden"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One indicator in one message (domain.md 1.3). ``start`` and ``end`` count characters of the text as typed."""

    indicator: str
    start: int
    end: int
    text: str
    polarity: Polarity = "bevestigd"
    modality: Modality = "feit"
    time: Time = "onbekend"
    experiencer: Experiencer = "betrokkene"
    source: Source = "vermoeden"
    recognised_by: RecognisedBy = "nlu"
    rule: str | None = None
    certainty: float = 1.0
    version: str = ""
    dropped_because: str | None = None

    @property
    def asserted(self) -> bool:
        """True when the message claims this about a concrete person, as fact or suspicion (domain.md 2.3)."""
        return (
            self.dropped_because is None
            and self.polarity == "bevestigd"
            and self.modality in ASSERTING_MODALITIES
            and self.experiencer != "algemeen"
        )


@dataclass(frozen=True, slots=True)
class SafetyCue:
    """Words that call for a safety text before anything else; ``rule`` names the phrase family that matched."""

    kind: SafetyKind
    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """The classifier's intent with its probability and the runners-up, best first; ``sure`` above its calibrated limit."""

    name: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Age:
    """The age in whole years of the young person concerned, where the message gives it."""

    years: int
    start: int
    end: int
    about: Literal["melder", "betrokkene"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place as typed, with the municipality it lies in or the candidates to ask about (domain.md 6.2)."""

    name: str
    municipality: str | None
    candidates: tuple[str, ...]
    status: PlaceStatus
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one message. ``gemeente`` is a municipality, ``"?"`` (ask) or ``"buiten"`` (outside Twente).

    ``persons`` are spans of names of persons, where the language model finds names.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    safety: tuple[SafetyCue, ...] = ()
    acute: bool = False
    age: Age | None = None
    places: tuple[Place, ...] = ()
    gemeente: str | None = None
    platforms: tuple[str, ...] = ()
    moment: When | None = None
    role: Role | None = None
    persons: tuple[tuple[int, int], ...] = ()
    intent: IntentGuess | None = None
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def asserted(self) -> tuple[Mention, ...]:
        """The mentions that count for triage."""
        return tuple(mention for mention in self.mentions if mention.asserted)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the asserted indicators, each once, in order of appearance."""
        return tuple(dict.fromkeys(mention.indicator for mention in self.asserted))

    def as_dict(self) -> dict[str, Any]:
        """A JSON-safe dictionary; :meth:`from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Reading:
        """Read back what :meth:`as_dict` wrote, also after a round trip through JSON."""
        age, intent = data.get("age"), data.get("intent")
        return cls(
            text=data["text"],
            mentions=tuple(Mention(**row) for row in data.get("mentions", ())),
            safety=tuple(SafetyCue(**row) for row in data.get("safety", ())),
            acute=bool(data.get("acute")),
            age=Age(**age) if age else None,
            places=tuple(
                Place(**{**row, "candidates": tuple(row["candidates"])}) for row in data.get("places", ())
            ),
            gemeente=data.get("gemeente"),
            platforms=tuple(data.get("platforms", ())),
            moment=data.get("moment"),
            role=data.get("role"),
            persons=tuple((start, end) for start, end in data.get("persons", ())),
            intent=IntentGuess(
                intent["name"],
                intent["confidence"],
                tuple((n, p) for n, p in intent["ranking"]),
                intent.get("sure", True),
            )
            if intent
            else None,
            versions=dict(data.get("versions", {})),
        )
