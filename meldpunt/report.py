"""The contract between bot and handover: a structured report and the other directives, as pydantic models.

Blocks and fields are those of domain.md 3.2; controlled values are Dutch because staff see and export them.
A directive rides in the ``custom`` part of a reply. ``python -m meldpunt.report`` prints the JSON Schema that
docs/ publishes.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Union

import pydantic
from pydantic import StringConstraints, TypeAdapter, model_validator

from meldpunt.report_blocks import (
    Betrokkene,
    Bewijs,
    Block,
    Consent,
    Dader,
    Feiten,
    Field,
    FiredRule,
    Hulp,
    Kwaliteit,
    Melder,
    Melding,
    Mention,
    OwnWords,
    ScorePart,
    SummaryLine,
    Triage,
    Veiligheid,
)
from meldpunt.report_values import (
    CONSENT_VALUE,
    CONTACTWIJZE,
    LEEFTIJDSBAND,
    ROL,
    WANNEER,
    WENS,
    ConsentItem,
    ConsentValue,
    Level,
)

__all__ = [
    "CONSENT_VALUE",
    "CONTACTWIJZE",
    "CONTRACT",
    "LEEFTIJDSBAND",
    "ROL",
    "WANNEER",
    "WENS",
    "Betrokkene",
    "Bewijs",
    "Block",
    "Consent",
    "ConsentItem",
    "ConsentValue",
    "Dader",
    "Directive",
    "Erase",
    "Feiten",
    "Field",
    "FiredRule",
    "Hulp",
    "Kwaliteit",
    "Level",
    "Melder",
    "Melding",
    "Mention",
    "OwnWords",
    "Pause",
    "Report",
    "SafeMode",
    "ScorePart",
    "StoreReport",
    "SummaryLine",
    "Triage",
    "Veiligheid",
    "WantHuman",
    "read_directive",
    "schema",
]

CONTRACT = "1"


class Report(Block):
    """A report; with every block at its default it is an empty draft."""

    melding: Melding = Melding()
    melder: Melder = Melder()
    betrokkene: Betrokkene = Betrokkene()
    feiten: Feiten = Feiten()
    dader: Dader = Dader()
    veiligheid: Veiligheid = Veiligheid()
    bewijs: Bewijs = Bewijs()
    hulp: Hulp = Hulp()
    toestemming: dict[ConsentItem, Consent] = pydantic.Field(default_factory=dict)
    triage: Triage = Triage()
    kwaliteit: Kwaliteit = Kwaliteit()

    @property
    def keeps_own_words(self) -> bool:
        """True when the reporter agreed that the words are kept literally."""
        return self.agreed("bewaren_eigen_woorden")

    def agreed(self, item: ConsentItem) -> bool:
        """True when ``item`` was answered with yes and not withdrawn since."""
        consent = self.toestemming.get(item)
        return consent is not None and consent.waarde == "ja" and consent.ingetrokken_op is None

    @model_validator(mode="after")
    def _words_only_with_consent(self) -> Report:
        literal = bool(self.feiten.eigen_woorden) or any(m.tekst is not None for m in self.feiten.indicatoren)
        if literal and not self.keeps_own_words:
            raise ValueError("words are there literally without consent 'bewaren_eigen_woorden'")
        return self


class StoreReport(Block):
    """The reporter agreed and confirmed the summary: store this."""

    kind: Literal["report"]
    contract: Literal["1"]
    report: Report

    @model_validator(mode="after")
    def _agreed_to_storing(self) -> StoreReport:
        if not self.report.agreed("opslaan_melding"):
            raise ValueError("a report needs consent 'opslaan_melding'")
        return self


class WantHuman(Block):
    """The visitor asks for a person. ``reason`` is a short controlled phrase, never the visitor's words."""

    kind: Literal["want_human"]
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    draft: Report | None = None


class Erase(Block):
    """The visitor confirmed that everything must go."""

    kind: Literal["erase"]


class Pause(Block):
    """The visitor wants to come back later: keep the conversation longer (domain.md 3.5)."""

    kind: Literal["pause"]


class SafeMode(Block):
    """Someone reads along: the visitor's page hides what it shows."""

    kind: Literal["safe_mode"]


Directive = Annotated[
    Union[StoreReport, WantHuman, Erase, Pause, SafeMode], pydantic.Field(discriminator="kind")  # noqa: UP007
]
_DIRECTIVE: TypeAdapter[StoreReport | WantHuman | Erase | Pause | SafeMode] = TypeAdapter(Directive)


def read_directive(custom: Any) -> StoreReport | WantHuman | Erase | Pause | SafeMode:
    """Check the ``custom`` part of a reply; raises :class:`pydantic.ValidationError` if it does not fit."""
    return _DIRECTIVE.validate_python(custom)


def schema() -> dict[str, Any]:
    """The JSON Schema of all directives."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:meldpunt:directive:{CONTRACT}",
        "title": "What the bot tells handover",
        **_DIRECTIVE.json_schema(),
    }


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2, ensure_ascii=False))
