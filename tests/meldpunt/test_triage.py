"""Triage: named rules, monotone, unknown age as minor, no rule dead (domain.md 2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meldpunt.indicators import catalogue
from meldpunt.reading.types import Mention
from meldpunt.triage import LEVELS, Facts, assess, open_questions, rule_set

IDS = sorted(catalogue().indicators)
TIMES = ["nu", "<24u", "1-7d", "8d-3m", ">3m", "toekomst", "onbekend"]
FLAGS = [
    "suicide_plan",
    "weapon",
    "departure_soon",
    "multiple_victims",
    "escalation",
    "earlier_report",
    "two_observers",
    "professional_unease",
]
mentions = st.builds(
    Mention, st.sampled_from(IDS), st.just(0), st.just(1), st.just("x"), time=st.sampled_from(TIMES),
    experiencer=st.sampled_from(["melder", "betrokkene"]),
)  # fmt: skip
facts = st.builds(
    Facts,
    mentions=st.lists(mentions, max_size=6).map(tuple),
    age=st.none() | st.integers(6, 40),
    when=st.sampled_from([None, "now", "today_tomorrow", "this_week", "longer_ago", "unknown"]),
    role=st.sampled_from(["self", "parent", "professional", "bystander"]),
    flags=st.frozensets(st.sampled_from(FLAGS), max_size=3),
)


def of(*ids: str, time: str = "onbekend", **known: object) -> Facts:
    return Facts(tuple(Mention(i, 0, 1, "x", time=time) for i in ids), **known)  # type: ignore[arg-type]


@settings(deadline=None)  # a loaded machine is slow, not wrong
@given(facts, mentions)
def test_one_more_confirmed_indicator_never_lowers_the_level(known: Facts, more: Mention) -> None:
    before = assess(known)
    after = assess(replace(known, mentions=(*known.mentions, more)))
    assert after.rank >= before.rank


@settings(deadline=None)  # a loaded machine is slow, not wrong
@given(facts)
def test_an_unknown_age_is_treated_as_a_minors(known: Facts) -> None:
    unknown = Facts(known.mentions, None, None, known.when, known.role, known.answers, known.flags)
    adult = Facts(known.mentions, 30, None, known.when, known.role, known.answers, known.flags)
    assert assess(unknown).rank >= assess(adult).rank
    assert assess(unknown).level == assess(replace(adult, age=17)).level


ALL_RULES = [rule.id for rule in rule_set().rules]


@pytest.mark.parametrize("rule_id", ALL_RULES)
def test_no_rule_is_dead(rule_id: str) -> None:
    fired = set()
    for age in (10, 15, 30, None):
        for time in ("nu", "onbekend", ">3m"):
            everything = Facts(
                tuple(Mention(i, 0, 1, "x", time=time) for i in IDS), age=age, flags=frozenset(FLAGS)
            )  # type: ignore[arg-type]
            fired |= {rule.id for rule in assess(everything).rules}
    assert rule_id in fired


def test_a_denied_indicator_fires_nothing() -> None:
    denied = Facts((Mention("bedreiging", 0, 1, "x", polarity="ontkend"),))
    assert assess(denied).rules == ()


def test_nothing_known_is_insufficient_information_and_asks_on() -> None:
    assert assess(Facts()).level == "onvoldoende_informatie"
    assert {"when", "age_band", "place"} <= set(open_questions(Facts()))


def test_at_acuut_only_age_and_place_are_still_asked() -> None:
    known = of("nu_in_gevaar", time="nu")
    assert set(open_questions(known)) <= {"age_band", "place"}


def test_the_levels_are_in_the_order_of_the_queue() -> None:
    assert LEVELS[-1] == "acuut"
    assert LEVELS.index("onvoldoende_informatie") > LEVELS.index("laag")
