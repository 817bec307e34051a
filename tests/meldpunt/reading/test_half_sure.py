"""Who may be asking for a person gets one, also when the classifier is only half sure."""

from __future__ import annotations

import pytest

from meldpunt.reading.model import ModelOutput
from meldpunt.reading.normalise import normalise
from meldpunt.reading.reader import _intent


def output(intent: str, confidence: float) -> ModelOutput:
    return ModelOutput(
        text="", indicators={}, thresholds={}, intents=((intent, confidence), ("greet", 0.1)), intent_threshold=0.42,
        acute_probability=0.0, acute_threshold=0.5, windows=(), window_of={}, parts=(), names=(), linear=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("intent", "confidence", "sure"),
    [("want_human", 0.32, True), ("want_human", 0.2, False), ("stop_and_erase", 0.32, False), ("greet", 0.5, True)],
)
def test_a_person_is_offered_rather_than_that_sam_does_not_understand(
    intent: str, confidence: float, sure: bool
) -> None:
    guess = _intent(normalise("en nu even anders"), output(intent, confidence))
    assert guess is not None
    assert (guess.name, guess.sure) == (intent, sure)
