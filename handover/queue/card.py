"""The sealed queue card: what the queue's list shows of a case without opening the whole report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from meldpunt.report import Report


@dataclass(frozen=True, slots=True)
class Card:
    """Indicators (asserted, each once), the fired rules, the order score and its parts, completeness, a
    notice.

    ``notice`` is "onleesbaar" where the bot sent something that does not fit, "wil_mens" for a person asked
    for.
    """

    indicators: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    score: int = 0
    score_parts: tuple[tuple[str, int], ...] = ()
    completeness: float = 0.0
    age_band: str | None = None
    notice: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Card:
        return cls(
            tuple(data["indicators"]), tuple(data["rules"]), data["score"],
            tuple((name, points) for name, points in data["score_parts"]), data["completeness"],
            data["age_band"], data["notice"],
        )  # fmt: skip


def card_of(report: Report, notice: str | None = None) -> Card:
    """The card of a report."""
    asserted = (
        m.indicator
        for m in report.feiten.indicatoren
        if m.polariteit == "bevestigd" and m.modaliteit in ("feit", "vermoeden") and not m.vervallen_omdat
    )
    return Card(
        indicators=tuple(dict.fromkeys(asserted)),
        rules=tuple(rule.id for rule in report.triage.regels),
        score=report.triage.score,
        score_parts=tuple((part.deel, part.punten) for part in report.triage.scoredelen),
        completeness=report.kwaliteit.volledigheid,
        age_band=report.betrokkene.leeftijdsband.value,
        notice=notice,
    )
