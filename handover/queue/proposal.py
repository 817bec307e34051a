"""Applying the triage rules again to a report after people changed its mentions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import get_args

from meldpunt.indicators.catalogue import catalogue
from meldpunt.reading.types import Mention
from meldpunt.report import Level, Report
from meldpunt.report import Mention as Reported
from meldpunt.report_values import LEEFTIJDSBAND, ROL, WANNEER
from meldpunt.triage.engine import Facts, assess

# domain.md 2.2: "onvoldoende_informatie" is treated as verhoogd, so lowering to laag passes it.
RANK: dict[str, int] = {"laag": 0, "onvoldoende_informatie": 1, "verhoogd": 2, "hoog": 3, "acuut": 4}
_BAND: dict[str, str] = {dutch: band for band, dutch in LEEFTIJDSBAND.items()}
_ROLE: dict[str, str] = {dutch: role for role, dutch in ROL.items()}
_WHEN: dict[str, str] = {dutch: when for when, dutch in WANNEER.items()}


@dataclass(frozen=True, slots=True)
class Reassessed:
    """What the rules give on what people left and added: the level, and each rule with the indicators behind it."""

    level: Level
    rules: tuple[tuple[str, str, str, tuple[str, ...]], ...]


def proposed_level(report: Report, rejected: Collection[int], added: Iterable[str]) -> Level:
    """The level that the rules give without the rejected mentions and with the added indicators."""
    return reassess(report, rejected, added).level


def reassess(report: Report, rejected: Collection[int], added: Iterable[str]) -> Reassessed:
    """Apply the rules again without the rejected mentions and with the added indicators."""
    known = catalogue().indicators  # an older report may name an indicator that the list no longer has
    kept = [
        _mention(m) for i, m in enumerate(report.feiten.indicatoren) if i not in rejected and m.indicator in known
    ]
    found = [
        Mention(indicator=indicator, start=0, end=0, text="", source="vermoeden", recognised_by="medewerker")
        for indicator in added
        if indicator in known
    ]
    mentions = (*kept, *found)
    assessment = assess(
        Facts(
            mentions=mentions,
            age=report.betrokkene.leeftijd.value,
            age_band=_BAND.get(report.betrokkene.leeftijdsband.value or ""),
            when=_WHEN.get(report.feiten.wanneer.value or ""),
            role=_ROLE.get(report.melder.rol.value or ""),
            flags=frozenset({"multiple_victims"} if report.feiten.anderen_betrokken.value == "ja" else ()),
        )
    )
    counted = [m for m in mentions if m.asserted]
    return Reassessed(
        next(level for level in get_args(Level) if level == assessment.level),
        tuple(
            (rule.id, rule.title, rule.level, tuple(dict.fromkeys(counted[i].indicator for i in rule.because)))
            for rule in assessment.rules
        ),
    )


def _mention(reported: Reported) -> Mention:
    return Mention(
        indicator=reported.indicator, start=reported.start, end=reported.eind, text=reported.tekst or "",
        polarity=reported.polariteit, modality=reported.modaliteit, time=reported.tijd, experiencer=reported.wie,
        source=reported.bron, recognised_by=reported.herkend_door, rule=reported.regel,
        certainty=reported.zekerheid, version=reported.versie, dropped_because=reported.vervallen_omdat,
    )  # fmt: skip
