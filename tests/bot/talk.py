"""A whole conversation with Sam in this process: the real reader and the real form, without Rasa's server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.dossier import Dossier
from bot.actions.form import REQUESTED, ValidateGesprekForm
from bot.actions.texts import DOMAIN
from meldpunt.help import with_numbers
from meldpunt.reading import Reader

OPEN = {"staff_online": False, "open_now": False, "next_open": "morgen om 9.00 uur", "opening_hours": "ma-vr"}


@cache
def the_reader() -> Reader:
    """Loaded once."""
    return Reader.load()


@cache
def responses() -> dict[str, Any]:
    """Sam's texts by name."""
    found: dict[str, Any] = yaml.safe_load(with_numbers(DOMAIN.read_text(encoding="utf-8")))["responses"]
    return found


@dataclass
class Talk:
    """``say`` and ``choose`` give what Sam said; ``ask`` and ``choices`` are what he asks now."""

    context: dict[str, Any] = field(default_factory=lambda: dict(OPEN))
    slots: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    customs: list[dict[str, Any]] = field(default_factory=list)
    ask: str | None = None
    choices: list[str] = field(default_factory=list)
    turns: int = 0  # how often Sam spoke
    number: int = 0

    def begin(self) -> list[str]:
        return self._turn({"intent": {"name": "session_opened"}})

    def say(self, text: str) -> list[str]:
        reading = the_reader().read(text)
        name = reading.intent.name if reading.intent else None
        return self._turn({"intent": {"name": name}, "reading": reading.as_dict()})

    def choose(self, value: str) -> list[str]:
        return self._turn({"intent": {"name": "choice"}}, kind="choice", ask=self.ask, value=value)

    def give_back(self) -> list[str]:
        return self._turn({"intent": {"name": "given_back"}})

    @property
    def dossier(self) -> Dossier:
        return Dossier.from_slot(self.slots.get("dossier"))

    @property
    def report(self) -> dict[str, Any] | None:
        return next((c["report"] for c in self.customs if c["kind"] == "report"), None)

    def _turn(self, message: dict[str, Any], **metadata: Any) -> list[str]:
        self.number += 1
        latest = {**message, "metadata": {"message_seq": self.number, "context": self.context, **metadata}}
        tracker = Tracker("x", self.slots, latest, [], False, None, {}, None)
        dispatcher = CollectingDispatcher()
        for event in asyncio.run(ValidateGesprekForm().run(dispatcher, tracker, {})):
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.turns += 1
        texts = [m["text"] or self._wording(m["response"]) for m in dispatcher.messages if m["text"] or m["response"]]
        self.customs += [m["custom"] for m in dispatcher.messages if m["custom"]]
        self._open_question(dispatcher, texts)
        self.said += texts
        return texts

    def _open_question(self, dispatcher: CollectingDispatcher, texts: list[str]) -> None:
        slot = self.slots.get(REQUESTED)
        self.ask = slot.replace("consent_", "consent:") if slot else None
        put = [m["buttons"] for m in dispatcher.messages if m["buttons"]]
        self.choices = [button["payload"] for button in put[-1]] if put else []
        if slot and not put and f"utter_ask_{slot}" in responses():
            texts.append(self._wording(f"utter_ask_{slot}"))
            self.choices = [b["payload"] for b in self._variant(f"utter_ask_{slot}").get("buttons", ())]

    def _wording(self, name: str) -> str:
        return str(self._variant(name)["text"])

    def _variant(self, name: str) -> dict[str, Any]:
        for variant in responses()[name]:
            conditions = variant.get("condition", ())
            if conditions and all(self.slots.get(c["name"], DEFAULT[c["name"]]) == c["value"] for c in conditions):
                return dict(variant)
        return dict(responses()[name][-1])


DEFAULT = {"address": "je", "variant": "usual"}
