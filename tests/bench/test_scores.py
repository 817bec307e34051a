"""The figures of the model card, counted by hand on a few rows."""

from __future__ import annotations

from typing import Any

import pytest

from bench.accuracy import unseen
from bench.scores import Row, Share, figures, intent_figures
from meldpunt.reading.training.data import Example


def a_row(wanted: list[str], got: list[str], near: list[str] | None = None, **more: Any) -> Row:
    gold = {
        "id": "x", "role": "zelf", "style": "slang", "indicators": wanted, "not": near or [], "acute": False, "age": None,
        "gemeente": None, **more,
    }  # fmt: skip
    found = {"indicators": got, "acute": False, "age": None, "gemeente": None, "mentions": []}
    return Row(gold, found)


def test_hits_misses_and_needless_finds_are_counted_over_all_messages() -> None:
    found = figures([a_row(["a", "b"], ["a"]), a_row([], ["c"], near=["c"]), a_row(["a"], ["a"])])
    assert (found.whole.hits, found.whole.missed, found.whole.needless) == (2, 1, 1)
    assert found.whole.f1 == pytest.approx(2 / 3)
    assert found.macro_f1 == pytest.approx(0.5)  # a is always right, b never; c is not there to be found
    assert (found.near_fired, found.near, found.silent_fired, found.silent) == (1, 1, 1, 1)


def test_an_age_counts_only_when_it_is_exactly_right() -> None:
    right, wrong = a_row([], [], age=15), a_row([], [], age=14)
    right.found["age"] = wrong.found["age"] = 15
    assert figures([right, wrong]).age == Share(1, 2)


def test_mistakes_name_the_message_and_never_its_words() -> None:
    kinds = figures([a_row(["a"], []), a_row([], ["b"], near=["b"])]).mistakes
    assert kinds["missed: not seen"] == ["x a"]
    assert kinds["needless: a near-miss that fired, in a message without any"] == ["x b"]


def test_a_wrong_intent_is_missed_by_one_and_needless_for_the_other() -> None:
    found = intent_figures([("greet", "greet"), ("greet", "thank"), ("thank", "thank")])
    assert found.accuracy == Share(2, 3)
    assert found.by_intent["greet"].recall == 0.5
    assert found.by_intent["thank"].precision == 0.5
    assert found.confusions == {"greet → thank": 1}


def test_the_wilson_interval_is_the_published_one() -> None:
    assert Share(190, 200).wilson_lower == pytest.approx(0.910, abs=0.001)  # domain.md 2.6


def test_what_occurs_just_so_in_training_measures_nothing() -> None:
    rows = [{"text": "Doei!"}, {"text": "doei dan maar"}, {"text": "говоря"}]
    trained = [Example("doei", intent="goodbye"), Example("ja", intent="affirm")]
    assert [row["text"] for row in unseen(rows, trained)] == ["doei dan maar", "говоря"]
