"""The contract between bot and handover: the structured report and the directives that carry it (domain.md 3.2).

Block and field names are those of the registration staff know; every field keeps *unknown*, *not asked* and *rather not
say* apart. ``python -m meldpunt.report`` prints the JSON Schema that is published as ``docs/report.schema.json``.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

CONTRACT = "1"

Status = Literal["bekend", "onbekend", "niet_gevraagd", "wil_niet_zeggen"]
Source = Literal["melder", "afgeleid", "medewerker"]
Level = Literal["acuut", "hoog", "verhoogd", "laag", "onvoldoende_informatie"]
Role = Literal["self", "parent", "professional", "bystander"]
ConsentValue = Literal["ja", "nee", "later", "niet_gevraagd"]
ConsentItem = Literal[
    "opslaan_melding",
    "bewaren_eigen_woorden",
    "contact_terug",
    "delen_zorgcoordinator",
    "delen_comensha",
    "delen_politie",
    "delen_gemeente",
    "delen_veilig_thuis",
    "ouders_informeren",
    "anonieme_statistiek",
    "gebruik_verbeteren_bot",
]


class Part(BaseModel):
    """Base of every block: unknown names are refused, so that nothing is dropped unseen."""

    model_config = ConfigDict(extra="forbid")


class Veld(Part):
    """One field: its value, what is known of it, who gave it and in which message (number of the visitor's message)."""

    waarde: str | int | list[str] | None = None
    status: Status = "niet_gevraagd"
    bron: Source = "melder"
    bericht: int | None = None


class Vermelding(Part):
    """One indicator mention (domain.md 1.3). ``letterlijke_tekst`` only with consent to keep the visitor's words."""

    indicator: str
    bericht: int
    start: int
    eind: int
    letterlijke_tekst: str | None = None
    polariteit: Literal["bevestigd", "ontkend"]
    modaliteit: Literal["feit", "vermoeden", "hypothetisch", "grap", "citaat/media"]
    tijd: Literal["nu", "<24u", "1-7d", "8d-3m", ">3m", "toekomst", "onbekend"]
    wie: Literal["melder", "betrokkene", "derde", "dader", "algemeen"]
    bron: Literal["zelf_meegemaakt", "zelf_gezien", "gehoord_van_betrokkene", "gehoord_van_ander", "vermoeden"]
    herkend_door: Literal["nlu", "regel", "knop", "medewerker"]
    regel: str | None = None
    zekerheid: float = Field(ge=0, le=1)
    versie: str
    weggelaten_omdat: str | None = None
    bevestigd_door_melder: Literal["ja", "nee", "niet_gevraagd"] = "niet_gevraagd"


class Toestemming(Part):
    """One consent item with when it was given and under which wording (domain.md 3.3)."""

    item: ConsentItem
    waarde: ConsentValue
    tijdstip: str | None = None
    tekstversie: str
    gegeven_door: Literal["zelf", "wettelijk_vertegenwoordiger", "nvt"] = "zelf"
    ingetrokken_op: str | None = None


class GeraakteRegel(Part):
    """A triage rule that fired, with the indices of the mentions behind it."""

    id: str
    titel: str
    niveau: Level
    vermeldingen: list[int]


class Triage(Part):
    """The proposal; the final level is a person's (domain.md 2.5)."""

    niveau: Level
    regels: list[GeraakteRegel]
    afgeleid: list[str]
    score_delen: dict[str, int]
    score: int
    versie: str


class Kwaliteit(Part):
    """Completeness of core fields, 0 to 1, and the fields still missing."""

    volledigheid: float = Field(ge=0, le=1)
    ontbreekt: list[str]
    beurten: int
    mogelijk_niet_serieus: bool = False


class Melding(Part):
    """Where the report came from and with which versions it was made."""

    contract: Literal["1"] = "1"
    kanaal: Literal["chat"] = "chat"
    taal: str = "nl"
    afgebroken: bool = False
    begonnen: str | None = None
    afgerond: str | None = None
    versies: dict[str, str]


class Report(Part):
    """The structured report. Fields not asked are simply ``niet_gevraagd``."""

    melding: Melding
    melder: dict[str, Veld]
    betrokkene: dict[str, Veld]
    feiten: dict[str, Veld]
    vermeldingen: list[Vermelding]
    eigen_woorden: list[str]
    dader: dict[str, Veld]
    veiligheid: dict[str, Veld]
    bewijs: dict[str, Veld]
    hulp: dict[str, Veld]
    toestemming: list[Toestemming]
    triage: Triage
    kwaliteit: Kwaliteit

    def consent(self, item: ConsentItem) -> ConsentValue:
        """The value of a consent item; not asked counts as no everywhere."""
        return next((c.waarde for c in self.toestemming if c.item == item), "niet_gevraagd")


class ReportDirective(Part):
    """Store this report: the visitor said yes to keeping it and confirmed the summary."""

    kind: Literal["report"]
    contract: Literal["1"]
    report: Report


class HumanDirective(Part):
    """Hand the conversation to a person, with a draft of what is known."""

    kind: Literal["want_human"]
    reason: str
    draft: Report | None = None


class EraseDirective(Part):
    """Erase everything, now."""

    kind: Literal["erase"]


class PauseDirective(Part):
    """The visitor comes back later; keep the conversation a day."""

    kind: Literal["pause"]


class SafeModeDirective(Part):
    """Someone reads along: show nothing sensitive."""

    kind: Literal["safe_mode"]


Directive = Annotated[
    ReportDirective | HumanDirective | EraseDirective | PauseDirective | SafeModeDirective, Field(discriminator="kind")
]
DIRECTIVES: TypeAdapter[Directive] = TypeAdapter(Directive)


def parse_directive(payload: Any) -> Directive:
    """The directive in a ``custom`` payload; raises pydantic's ``ValidationError`` when it does not fit."""
    return DIRECTIVES.validate_python(payload)


def json_schema() -> str:
    """The JSON Schema of the directives, as published in ``docs/report.schema.json``."""
    schema = DIRECTIVES.json_schema()
    schema["title"] = "Contract between bot and handover, version " + CONTRACT
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(json_schema(), end="")
