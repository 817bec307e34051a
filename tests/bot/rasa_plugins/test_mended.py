"""What Rasa 3.6.21 does slowly is done once, and only on the Rasa for which that was checked. Runs beside Rasa."""

from __future__ import annotations

import os

import jsonschema
import pytest

os.environ.setdefault("MELDPUNT_CHANNEL_SECRET", "a secret of the tests")

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event

from bot.rasa_plugins import mended


def test_the_schema_of_action_replies_is_compiled_once_and_still_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mended.apply()
    monkeypatch.setattr(jsonschema, "validate", lambda *given: pytest.fail("compiled again"))
    action = RemoteAction("x", None)
    assert action._validate_action_result({"events": [], "responses": []})
    with pytest.raises(jsonschema.ValidationError):
        action._validate_action_result({"events": "none", "responses": []})


def test_event_types_are_looked_up_once() -> None:
    mended.apply()
    assert Event.resolve_by_type("user") is Event.resolve_by_type("user")
    assert Event.resolve_by_type.cache_info().hits


def test_another_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa, "__version__", "3.7.0")
    with pytest.raises(RuntimeError, match=r"3\.6\.21"):
        mended.apply()
