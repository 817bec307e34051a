"""The only door into Rasa: handover's calls, with a secret, from loopback.

A visitor's text is data: a leading slash is never an intent here, and choices arrive as ask and value, not as payloads.
The same ``message_id`` again gives the same replies without running the dialogue twice.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional
from weakref import WeakValueDictionary

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.rasa_plugins import failures, mended
from bot.rasa_plugins.environment import channel_secret
from bot.rasa_plugins.tracker_store import sealed_store

mended.apply()
failures.apply()
logger = logging.getLogger(__name__)

MAX_TEXT_BYTES = 4096
NOT_A_SLASH_INTENT = "\u2060"  # word joiner: invisible, and the text no longer begins with "/"
INTERNAL = {
    "start": "/session_opened",
    "resume": "/session_resumed",
    "given_back": "/given_back",
    "choice": "/choice",
}
ASK_PREFIX = "utter_ask_"


class BadCall(ValueError):
    """A call that handover would not make; the text says what is wrong with it."""


class CollectReplies(OutputChannel):
    """Collects what Rasa says in answer to one message."""

    def __init__(self) -> None:
        self.replies: List[Dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "meldpunt"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        self.replies.append(as_reply(message))


class MeldpuntInput(InputChannel):
    """``POST /webhooks/meldpunt/webhook`` and its companions for erasing and health."""

    @classmethod
    def name(cls) -> str:
        return "meldpunt"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> "MeldpuntInput":
        return cls()

    def __init__(self) -> None:
        self._secret = channel_secret().encode()
        self._turns: "WeakValueDictionary[str, asyncio.Lock]" = WeakValueDictionary()

    def _one_at_a_time(self, sender: str) -> asyncio.Lock:
        """Held while a turn is looked up and run: whoever asks again meanwhile gets its answer, not a second turn.

        Rasa's own lock begins after the looking up, so a call repeated while the first one ran was run twice.
        """
        return self._turns.setdefault(sender, asyncio.Lock())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        webhook = Blueprint("meldpunt_webhook")

        @webhook.middleware("request")
        async def guard(request: Request) -> Optional[HTTPResponse]:
            given = request.headers.get("X-Meldpunt-Secret", "").encode()
            return (
                None
                if hmac.compare_digest(given, self._secret)
                else response.json({"error": "forbidden"}, 403)
            )

        @webhook.get("/health")
        async def health(request: Request) -> HTTPResponse:
            store = sealed_store(request.app.ctx.agent.tracker_store)
            ready = store is not None and request.app.ctx.agent.is_ready()
            return response.json(
                {"ready": ready, "store": "sealed" if store else "open"}, 200 if ready else 503
            )

        @webhook.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                message, output = as_user_message(request.json)
            except BadCall as error:
                return response.json({"error": str(error)}, 400)
            async with self._one_at_a_time(message.sender_id):
                return await self._answer(request.app, message, output, on_new_message)

        @webhook.delete("/conversations/<sender>")
        async def erase(request: Request, sender: str) -> HTTPResponse:
            store = sealed_store(request.app.ctx.agent.tracker_store)
            if store is None:
                return response.json({"error": "the tracker store is not the sealed one"}, 503)
            async with request.app.ctx.agent.lock_store.lock(sender):
                store.erase(sender)
            return response.empty(204)

        return webhook

    async def _answer(
        self,
        app: Sanic,
        message: UserMessage,
        output: CollectReplies,
        handle: Callable[[UserMessage], Awaitable[Any]],
    ) -> HTTPResponse:
        store = sealed_store(app.ctx.agent.tracker_store)
        if store is None:
            return response.json({"error": "the tracker store is not the sealed one"}, 503)
        if store.is_erased(message.sender_id):
            return response.json({"error": "the conversation was erased"}, 410)
        tracker, earlier = None, None
        if store.may_know(message.sender_id, str(message.message_id)):
            tracker = await store.retrieve(message.sender_id)
            earlier = replies_to(tracker, message.message_id) if tracker else None
        if earlier is None:
            before = store.as_it_is(message.sender_id)
            with failures.noticing() as failed:
                await handle(message)
            if failed or not output.replies:
                store.put_back(message.sender_id, before)  # or the same id would give half an answer for ever
                return response.json({"error": "an action failed; the turn was taken back"}, 503)
            tracker = store.just_saved(message.sender_id) or await store.retrieve(message.sender_id)
        replies = output.replies if earlier is None else earlier
        return response.json({"replies": replies, "reading": _safety(tracker)})


def as_user_message(call: Any) -> "tuple[UserMessage, CollectReplies]":
    """Check handover's call and turn it into Rasa's message; raises :class:`BadCall`."""
    if not isinstance(call, dict):
        raise BadCall("the body must be a JSON object")
    sender, identifier, kind = call.get("sender"), call.get("message_id"), call.get("kind")
    if not isinstance(sender, str) or len(sender) < 32:
        raise BadCall("sender must be an unguessable id of at least 32 characters")
    if not isinstance(identifier, str) or not identifier:
        raise BadCall("message_id is missing")
    output = CollectReplies()
    metadata = {key: call.get(key) for key in ("kind", "ask", "value", "message_seq", "context")}
    text = _text(call) if kind == "message" else INTERNAL.get(str(kind))
    if text is None:
        raise BadCall(f"kind must be one of message, {', '.join(INTERNAL)}")
    if kind == "choice" and not (isinstance(call.get("ask"), str) and isinstance(call.get("value"), str)):
        raise BadCall("a choice needs ask and value")
    return UserMessage(
        text, output, sender, input_channel="meldpunt", message_id=identifier, metadata=metadata
    ), output


def _text(call: Dict[str, Any]) -> str:
    text = call.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadCall("text is missing")
    whole = text.encode("utf-8", "replace")  # half a sign, which a browser can send, becomes a question mark
    if len(whole) > MAX_TEXT_BYTES * 2:
        raise BadCall(f"text is longer than {MAX_TEXT_BYTES * 2} bytes")
    return NOT_A_SLASH_INTENT + whole.decode()


def as_reply(message: Dict[str, Any]) -> Dict[str, Any]:
    """Rasa's outgoing message as handover's contract has it: text, ask, choices, custom."""
    utterance = str(message.get("utter_action") or "")
    ask = message.get("ask") or (utterance[len(ASK_PREFIX) :] if utterance.startswith(ASK_PREFIX) else None)
    if ask and ask.startswith("consent_"):
        ask = "consent:" + ask[len("consent_") :]
    buttons = message.get("buttons") or []
    return {
        "text": message.get("text") or None,
        "ask": ask,
        "choices": [{"label": b["title"], "value": b["payload"]} for b in buttons] or None,
        "custom": message.get("custom") or None,
    }


def replies_to(tracker: DialogueStateTracker, message_id: str) -> Optional[List[Dict[str, Any]]]:
    """What was said in answer to the message with this id, or None when it was not handled yet."""
    found: Optional[List[Dict[str, Any]]] = None
    current: List[Dict[str, Any]] = []
    for event in tracker.events:
        if isinstance(event, UserUttered):
            current = []
            if event.message_id == message_id:
                found = current
        elif isinstance(event, BotUttered):
            current.append(as_reply(event.message()))
    return found


def _safety(tracker: Optional[DialogueStateTracker]) -> Optional[Dict[str, Any]]:
    latest = tracker.latest_message if tracker else None
    reading = (latest.parse_data or {}).get("reading") if latest else None
    return {"safety": sorted({cue["kind"] for cue in reading["safety"]})} if reading else None
