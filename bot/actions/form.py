"""The form that leads the conversation: validates every turn centrally and decides the next question."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from bot.actions import report_builder
from bot.actions.afterwards import after_the_end, reopen, thinks_again
from bot.actions.answering import say_where_help_is
from bot.actions.dossier import Dossier
from bot.actions.flow import given, next_ask
from bot.actions.reply import Reply, Turn
from bot.actions.summary import as_text, lines, open_lines
from bot.actions.texts import Texts
from bot.actions.turn import asked_next, take
from meldpunt.reading import Reading

TEXTS = Texts.load()
FORM = "gesprek_form"
REQUESTED = "requested_slot"
INTERNAL = frozenset({"session_opened", "session_resumed", "given_back"})
CONSENT = "consent_"
ABOUT_SOMEBODY = frozenset({"age_band", "says_no", "free_to_go", "age_at_start"})


class ValidateGesprekForm(FormValidationAction):
    """Called by Rasa on every turn of the form; returns what was learnt and the next slot to ask."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        dossier = Dossier.from_slot(tracker.get_slot("dossier"))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if thinks_again(dossier, _turn(tracker)):
            _speak(dispatcher, dossier, reopen(dossier))
            return _events(dispatcher, dossier, asked_next(dossier))
        if dossier.finished and dossier.texts:
            _speak(dispatcher, dossier, after_the_end(dossier, _turn(tracker), _draft(dossier, now)))
            return [SlotSet("dossier", dossier.as_slot()), SlotSet(REQUESTED, None)]
        dossier.started = dossier.started or now
        open_ask = tracker.get_slot(REQUESTED)
        reply = _handle(dossier, tracker, open_ask, now)
        _stamp(dossier, now)
        ask = asked_next(dossier)
        if ask is None and not dossier.finished:
            _finish(dossier, reply, now, _turn(tracker).context)
        _speak(dispatcher, dossier, reply)
        return _events(dispatcher, dossier, ask)


class ActionDefaultFallback(Action):
    """A message after the end. Never reverts (a revert replays the whole conversation)."""

    def name(self) -> str:
        return "action_default_fallback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        dossier = Dossier.from_slot(tracker.get_slot("dossier"))
        turn, now = _turn(tracker), datetime.now(UTC).isoformat(timespec="seconds")
        if thinks_again(dossier, turn):
            return [FollowupAction(FORM)]  # the form puts its question again
        _speak(dispatcher, dossier, after_the_end(dossier, turn, _draft(dossier, now)))
        # without the last event the rules choose this action ten times over
        return [SlotSet("dossier", dossier.as_slot()), FollowupAction("action_listen")]


def _handle(dossier: Dossier, tracker: Tracker, open_ask: str | None, now: str) -> Reply:
    intent = tracker.latest_message.get("intent", {}).get("name")
    turn = _turn(tracker)
    if intent in INTERNAL:
        return _opened(intent, turn.context)
    return take(dossier, turn, open_ask, TEXTS, _draft(dossier, now))


def _draft(dossier: Dossier, now: str) -> Callable[[], dict[str, Any]]:
    """What is known so far as a report, made only where a person takes over."""
    return lambda: report_builder.build(dossier, TEXTS, now, finished=False)


def _turn(tracker: Tracker) -> Turn:
    message: Mapping[str, Any] = tracker.latest_message
    metadata = message.get("metadata") or {}
    reading = message.get("reading")
    choice = (metadata["ask"], metadata["value"]) if metadata.get("kind") == "choice" else None
    number = int(metadata.get("message_seq") or 0)
    return Turn(
        text=reading["text"] if reading else "",
        number=number,
        reading=Reading.from_dict(reading) if reading else None,
        choice=choice,
        context=metadata.get("context") or {},
    )


def _opened(intent: str, context: Mapping[str, Any]) -> Reply:
    reply = Reply()
    if intent == "session_opened":
        reply.add("utter_welcome")
        reply.add("utter_welcome_staff" if context.get("staff_online") else "utter_welcome_closed")
        reply.add("utter_welcome_exit")
    else:
        reply.add(f"utter_{intent}")
    return reply


def _stamp(dossier: Dossier, now: str) -> None:
    """Give fresh consent answers their time and the version of the wording they were given under."""
    for item, consent in dossier.consent.items():
        if consent["tijdstip"] is None:
            wording = TEXTS.get(f"utter_ask_{CONSENT}{item}", dossier.address)
            consent["tijdstip"] = now
            consent["tekstversie"] = hashlib.sha256(wording.encode()).hexdigest()[:12]


def _finish(dossier: Dossier, reply: Reply, now: str, context: Mapping[str, Any]) -> None:
    """The summary is confirmed: hand over the report, then say what happens (conversation.md, order 7 and 8)."""
    if not given(dossier, "opslaan_melding"):
        return
    report = report_builder.build(dossier, TEXTS, now, finished=True)
    dossier.finished = True
    reply.add("utter_report_stored")
    reply.customs.append({"kind": "report", "contract": "1", "report": report})
    opening = str(context.get("next_open") or "")
    reply.add("utter_report_next_later" if opening else "utter_report_next_now", opening=opening)
    say_where_help_is(dossier, reply)
    reply.add("utter_clear_traces")


def _speak(dispatcher: CollectingDispatcher, dossier: Dossier, reply: Reply) -> None:
    for name, values in reply.say:
        text = TEXTS.get(name, dossier.address, **values) if values else TEXTS.get(name, dossier.address)
        dispatcher.utter_message(text=" ".join(text.split()))
    for custom in reply.customs:
        dispatcher.utter_message(json_message=custom)


def _events(dispatcher: CollectingDispatcher, dossier: Dossier, ask: str | None) -> list[EventType]:
    kept = [SlotSet("address", dossier.address), SlotSet("variant", variant(dossier, ask))]
    if ask is None or dossier.finished:
        dossier.finished = True
        return [SlotSet("dossier", dossier.as_slot()), *kept, SlotSet(REQUESTED, None), ActiveLoop(None)]
    _put(dispatcher, dossier, ask)
    return [SlotSet("dossier", dossier.as_slot()), *kept, SlotSet(ask, None), SlotSet(REQUESTED, ask)]


def variant(dossier: Dossier, ask: str | None) -> str:
    """Which wording of Rasa's question fits."""
    if ask == "story" and dossier.texts:
        return "more"
    if ask == "contact_detail" and dossier.value("contact_channel") == "phone":
        return "phone"
    return "other" if ask in ABOUT_SOMEBODY and dossier.role not in ("self", None) else "usual"


def _put(dispatcher: CollectingDispatcher, dossier: Dossier, ask: str) -> None:
    """Put the questions whose words or buttons depend on what was said; Rasa puts all others itself (``utter_ask_...``)."""
    if ask == "summary":
        dispatcher.utter_message(text=as_text([*lines(dossier, TEXTS), *open_lines(dossier, TEXTS)], TEXTS))
    elif ask in ("summary_change", "summary_remove"):
        found = [*lines(dossier, TEXTS), *open_lines(dossier, TEXTS)]
        buttons = [{"title": line.text, "payload": line.key} for line in found]
        text = TEXTS.get(f"utter_which_line_{ask.removeprefix('summary_')}", dossier.address)
        dispatcher.utter_message(text=text, buttons=buttons, ask=ask)
    elif ask == "place":
        buttons = [{"title": name, "payload": name} for name in dossier.candidates]
        buttons.append({"title": TEXTS.get("utter_option_unknown"), "payload": "unknown"})
        text = TEXTS.get("utter_which_place" if dossier.candidates else "utter_where")
        dispatcher.utter_message(text=text, buttons=buttons, ask=ask)


__all__ = ["ActionDefaultFallback", "ValidateGesprekForm", "next_ask"]
