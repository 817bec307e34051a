"""The blocks of a report (domain.md 3.2), each field with the reason where it has no value."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

import pydantic
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from meldpunt.report_values import (
    ConsentValue,
    Contactwijze,
    Fase,
    FieldSource,
    Leeftijdsband,
    Level,
    Rol,
    Status,
    Vorm,
    Wanneer,
    Wens,
)

Value = TypeVar("Value")
ShortText = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Block(BaseModel):
    """A part of the contract: unknown fields are refused, values never change after checking."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Block, Generic[Value]):
    """One answer, with the reason where there is none: unknown, not asked and rather not say are told apart.

    ``message`` is the ``seq`` of the visitor's message that the value came from.
    """

    value: Value | None = None
    status: Status = "niet_gevraagd"
    source: FieldSource = "melder"
    message: int | None = None

    @model_validator(mode="after")
    def _value_fits_status(self) -> Field[Value]:
        if (self.value is not None) != (self.status == "bekend"):
            raise ValueError("a field has a value exactly when its status is 'bekend'")
        return self


class Melding(Block):
    """Facts about the conversation itself; nobody is asked for them, so they are plain values."""

    begonnen_op: datetime | None = None
    afgerond_op: datetime | None = None
    kanaal: Literal["chat"] = "chat"
    taal: str = "nl"
    afgebroken: bool = False
    botversie: str = ""
    ontologieversie: str = ""
    regelversie: str = ""
    leesversie: str = ""


class Melder(Block):
    """Who reports, and how to reach them safely."""

    rol: Field[Rol] = Field()
    functie_organisatietype: Field[ShortText] = Field()
    relatie_tot_betrokkene: Field[ShortText] = Field()
    anoniem: Field[bool] = Field()
    contactwijze: Field[Contactwijze] = Field()
    contactgegeven: Field[ShortText] = Field()
    veilige_tijden: Field[ShortText] = Field()
    bericht_achterlaten: Field[bool] = Field()
    eerder_gemeld: Field[ShortText] = Field()


class Betrokkene(Block):
    """The young person or adult it is about."""

    leeftijd: Field[int] = Field()
    leeftijdsband: Field[Leeftijdsband] = Field()
    leeftijd_bij_begin: Field[ShortText] = Field()
    gender: Field[ShortText] = Field()
    gemeente: Field[ShortText] = Field()
    woonplaats: Field[ShortText] = Field()
    verblijfplaats_nu: Field[ShortText] = Field()
    woonsituatie: Field[ShortText] = Field()
    school_werk: Field[ShortText] = Field()
    weet_van_melding: Field[ShortText] = Field()
    lvb_vermoeden: Field[bool] = Field()
    nationaliteit: Field[ShortText] = Field()  # filled in by staff only (domain.md 3.2)


class Mention(Block):
    """An indicator in a message (domain.md 1.3). ``tekst`` only with consent ``bewaren_eigen_woorden``."""

    indicator: Name
    message: int
    start: int
    eind: int
    tekst: ShortText | None = None
    polariteit: Literal["bevestigd", "ontkend"] = "bevestigd"
    modaliteit: Literal["feit", "vermoeden", "hypothetisch", "grap", "citaat/media"] = "feit"
    tijd: Literal["nu", "<24u", "1-7d", "8d-3m", ">3m", "toekomst", "onbekend"] = "onbekend"
    wie: Literal["melder", "betrokkene", "derde", "dader", "algemeen"] = "betrokkene"
    bron: Literal[
        "zelf_meegemaakt", "zelf_gezien", "gehoord_van_betrokkene", "gehoord_van_ander", "vermoeden"
    ] = "vermoeden"
    herkend_door: Literal["nlu", "regel", "knop", "medewerker"] = "nlu"
    regel: str | None = None
    zekerheid: float = 1.0
    versie: str = ""
    bevestigd_door_melder: Literal["ja", "nee", "niet_gevraagd"] = "niet_gevraagd"
    vervallen_omdat: str | None = None


class OwnWords(Block):
    """One message of the reporter, literally."""

    message: int
    tekst: ShortText


class SummaryLine(Block):
    """One line of the summary as the reporter saw and confirmed it; ``veld`` is ``block.field``."""

    veld: Name
    tekst: ShortText


class Feiten(Block):
    """What happened, and the words that are evidence for it."""

    indicatoren: tuple[Mention, ...] = ()
    eigen_woorden: tuple[OwnWords, ...] = ()
    samenvatting: tuple[SummaryLine, ...] = ()
    vorm: Field[Vorm] = Field()
    aard: Field[ShortText] = Field()
    wanneer: Field[Wanneer] = Field()
    begin: Field[ShortText] = Field()
    duur: Field[ShortText] = Field()
    frequentie: Field[ShortText] = Field()
    laatste_keer: Field[ShortText] = Field()
    eerste_contact: Field[ShortText] = Field()
    plaatsen: Field[tuple[ShortText, ...]] = Field()
    platforms: Field[tuple[ShortText, ...]] = Field()
    geld_of_spullen: Field[ShortText] = Field()
    beelden: Field[ShortText] = Field()
    reactie_op_nee: Field[ShortText] = Field()
    vrij_om_te_gaan: Field[ShortText] = Field()
    anderen_betrokken: Field[ShortText] = Field()
    waargenomen: Field[ShortText] = Field()
    grensoverschrijdend: Field[bool] = Field()
    fase: Field[Fase] = Field()


class Dader(Block):
    """Role and number only; a handle or plate only where the reporter offered it, in a protected field."""

    rol: Field[ShortText] = Field()
    aantal: Field[ShortText] = Field()
    relatie: Field[ShortText] = Field()
    beschermd_gegeven: Field[ShortText] = Field()


class Veiligheid(Block):
    """Safety as asked and as read from the words; ``signalen`` are safety kinds of the reader."""

    veilig_typen: Field[Literal["ja", "nee", "weet_niet"]] = Field()
    nu_in_gevaar: Field[Literal["ja", "nee", "weet_niet"]] = Field()
    suicidaliteit: Field[ShortText] = Field()
    geweld_wapen: Field[ShortText] = Field()
    kinderen_aanwezig: Field[ShortText] = Field()
    dader_weet_van_hulp: Field[ShortText] = Field()
    signalen: tuple[Name, ...] = ()


class Bewijs(Block):
    """That there is evidence and where it is kept; never the evidence itself."""

    aanwezig: Field[bool] = Field()
    waar: Field[ShortText] = Field()


class Hulp(Block):
    """Help that is there and help that is wanted."""

    wens: Field[Wens] = Field()
    lopend: Field[ShortText] = Field()
    opvang_nodig: Field[bool] = Field()
    aangifte_overwogen: Field[ShortText] = Field()
    wie_weet_ervan: Field[ShortText] = Field()
    al_gedaan: Field[ShortText] = Field()


class Consent(Block):
    """The answer to one consent question (domain.md 3.3)."""

    waarde: ConsentValue = "niet_gevraagd"
    tijdstip: datetime | None = None
    tekstversie: str = ""
    gegeven_door: Literal["zelf", "wettelijk_vertegenwoordiger", "nvt"] = "zelf"
    leeftijdsband: Leeftijdsband | None = None
    ingetrokken_op: datetime | None = None


class FiredRule(Block):
    """A triage rule that holds; ``because`` are positions in ``feiten.indicatoren``."""

    id: Name
    titel: str
    level: Level
    because: tuple[int, ...] = ()


class ScorePart(Block):
    """One part of the score that orders work inside a level; it is not a probability (domain.md 2.4)."""

    deel: Name
    punten: int


class Triage(Block):
    """The proposal of the rules. People decide, and only people lower."""

    voorstel: Level = "onvoldoende_informatie"
    regels: tuple[FiredRule, ...] = ()
    afgeleid: tuple[Name, ...] = ()
    scoredelen: tuple[ScorePart, ...] = ()
    score: int = 0


class Kwaliteit(Block):
    """How complete the report is: ``volledigheid`` is the part (0-1) of the core fields that is known."""

    volledigheid: float = pydantic.Field(default=0.0, ge=0, le=1)
    ontbreekt: tuple[Name, ...] = ()
    mogelijk_niet_serieus: bool = False
    beurten: int = 0
