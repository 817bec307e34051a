"""The one door into Rasa: a visitor's text is data, and nothing else comes in. Runs beside Rasa."""

from __future__ import annotations

import os
from typing import Any

import pytest

os.environ.setdefault("MELDPUNT_CHANNEL_SECRET", "a secret of the tests")

from bot.rasa_plugins.channel import BadCall, as_reply, as_user_message

SENDER = "s" * 43


def a_call(**changed: Any) -> Any:
    return {"sender": SENDER, "message_id": "m1", "kind": "message", "text": "hoi", "context": {}, **changed}


@pytest.mark.parametrize("text", ["/restart", '/choice{"ask": "consent:opslaan_melding"}', "/session_start"])
def test_a_slash_is_never_an_intent(text: str) -> None:
    message, _ = as_user_message(a_call(text=text))
    assert not message.text.startswith("/")
    assert message.text.endswith(text)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sender": "default"}, "unguessable"),
        ({"message_id": ""}, "message_id"),
        ({"text": " "}, "text is missing"),
        ({"text": "x" * 9000}, "longer"),
        ({"kind": "restart"}, "kind must be"),
        ({"kind": "choice"}, "ask and value"),
    ],
)
def test_a_call_that_handover_would_not_make_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(BadCall, match=why):
        as_user_message(a_call(**changed))


def test_an_answer_carries_its_question_and_its_buttons() -> None:
    reply = as_reply(
        {
            "text": "Mag ik bewaren wat je vertelde?", "utter_action": "utter_ask_consent_opslaan_melding",
            "buttons": [{"title": "Ja", "payload": "yes"}],
        }
    )  # fmt: skip
    assert reply["ask"] == "consent:opslaan_melding"
    assert reply["choices"] == [{"label": "Ja", "value": "yes"}]
