"""Cases written down with the level an expert reads in domain.md 2.3 (``vignettes.yml``)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from meldpunt.reading.types import Mention
from meldpunt.triage import LEVELS, Facts, assess, rule_set

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("vignettes.yml").read_text(encoding="utf-8")
)
PLAYING = frozenset({"nu", "<24u", "1-7d", "toekomst", "onbekend"})
DANGER = frozenset(
    {"nu_in_gevaar", "opgesloten_vastgehouden", "vermist_weggelopen", "suicidaal", "dader_leest_mee"}
)
EXPLICIT = re.compile(r"\b(?:naakt|bloot|seks|sex|lichaam|verkracht)\w*", re.IGNORECASE)


def facts_of(case: dict[str, Any]) -> Facts:
    return Facts(
        mentions=tuple(mention_of(name, said) for name, said in case["mentions"].items()),
        age=case.get("age"), when=case.get("when"), role=case["role"],
        answers=answers_of(case.get("answered", ())), flags=frozenset(case.get("flags", ())),
    )  # fmt: skip


def mention_of(name: str, said: str | dict[str, str]) -> Mention:
    row = {"time": said} if isinstance(said, str) else said
    words = row.get("words", "")
    return Mention(
        name, 0, len(words), words, time=row["time"], experiencer=row.get("who", "betrokkene"),  # type: ignore[arg-type]
        polarity=row.get("polarity", "bevestigd"), modality=row.get("modality", "feit"),  # type: ignore[arg-type]
    )  # fmt: skip


def answers_of(answered: str | list[str]) -> dict[str, str]:
    questions = rule_set().level_questions
    if answered == "unknown":
        return dict.fromkeys(questions, "unknown")
    return dict.fromkeys(questions if answered == "all" else answered, "no")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"][:60])
def test_a_case_gets_the_level_that_an_expert_reads_in_the_rules(case: dict[str, Any]) -> None:
    found = assess(facts_of(case))
    fired = {rule.id for rule in found.rules}
    assert found.level == case["level"]
    assert set(case["rules"]) <= fired
    assert not set(case.get("not", ())) & fired


def test_at_least_a_hundred_cases_cover_every_rule_every_modifier_and_every_level() -> None:
    named = {rule for case in CASES for rule in case["rules"]}
    assert len(CASES) >= 100
    assert {rule.id for rule in (*rule_set().rules, *rule_set().modifiers)} == named
    assert {case["level"] for case in CASES} == set(LEVELS)


def test_danger_that_plays_now_is_never_below_hoog() -> None:
    playing = [
        case
        for case in CASES
        if any(m.indicator in DANGER and m.time in PLAYING for m in facts_of(case).mentions)
    ]
    assert len(playing) >= 20
    assert all(assess(facts_of(case)).rank >= LEVELS.index("hoog") for case in playing)


def test_cases_are_told_discreetly_and_each_only_once() -> None:
    told = [case["case"] for case in CASES]
    assert len(set(told)) == len(told)
    assert not [words for words in told if EXPLICIT.search(words) or len(words) > 110]
