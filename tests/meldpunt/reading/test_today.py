"""An appointment today counts beside another risk indicator (domain.md 1.4, 49)."""

from __future__ import annotations

from meldpunt.reading.doubts import NO_RISK_BESIDE, today_beside_a_risk
from meldpunt.reading.types import Mention


def today(certainty: float) -> Mention:
    return Mention("afspraak_vandaag", 0, 5, "zo om", certainty=certainty)


def test_an_alarm_clock_for_tonight_is_no_appointment() -> None:
    (found,) = today_beside_a_risk((today(0.35),))
    assert not found.asserted
    assert found.dropped_because == NO_RISK_BESIDE


def test_beside_a_risk_or_read_surely_it_counts() -> None:
    beside = Mention("chantage_beeldmateriaal", 6, 9, "foto", certainty=0.6)
    assert all(mention.asserted for mention in today_beside_a_risk((today(0.35), beside)))
    assert today_beside_a_risk((today(0.6),))[0].asserted


def test_what_is_no_risk_by_itself_does_not_make_it_count() -> None:
    tired = Mention("gedragsverandering", 6, 9, "anders", certainty=0.6)
    assert not today_beside_a_risk((today(0.35), tired))[0].asserted
