"""The frames of the visitor's protocol (architecture.md), version 1. What comes in is checked; what goes out
is plain.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from handover.conversation.texts import Problem, problem
from handover.conversation.thread import ThreadMessage

LARGEST_FRAME = 16 * 1024
FRAMES_PER_REQUEST = 20
LONGEST_POLL = 25  # seconds

Token = Annotated[str, StringConstraints(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$")]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
AskName = Annotated[str, StringConstraints(min_length=1, max_length=80)]


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 12.0 is 12."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


After = Annotated[int, Field(ge=0, le=2**31), BeforeValidator(_whole)]
Seconds = Annotated[int, Field(ge=0, le=LONGEST_POLL), BeforeValidator(_whole)]


class Frame(BaseModel):
    """Base of the frames that visitors send."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Hello(Frame):
    """The first frame: everything with ``seq`` above ``after`` is sent again."""

    type: Literal["hello"]
    token: Token
    after: After = 0


class Say(Frame):
    """A message in the visitor's words. The same ``id`` again stores nothing more."""

    type: Literal["message"]
    id: ClientId
    text: str


class Choose(Frame):
    """A button: ``value`` of ``ask``."""

    type: Literal["choice"]
    id: ClientId
    ask: AskName
    value: AskName


class EraseAll(Frame):
    """Everything must go, at once."""

    type: Literal["erase"]


class ReceiptNoted(Frame):
    """The visitor has the receipt code: it need not be kept any longer."""

    type: Literal["receipt_noted"]


class Typing(Frame):
    """The visitor types; told to staff, never stored."""

    type: Literal["typing"]


Incoming = Annotated[Hello | Say | Choose | EraseAll | ReceiptNoted | Typing, Field(discriminator="type")]
_INCOMING: TypeAdapter[Hello | Say | Choose | EraseAll | ReceiptNoted | Typing] = TypeAdapter(Incoming)


class PostedFrames(Frame):
    """The body of ``POST /api/v1/conversation/frames``."""

    token: Token
    frames: Annotated[list[Any], Field(max_length=FRAMES_PER_REQUEST)]


class Poll(Frame):
    """The body of ``POST /api/v1/conversation/poll``. ``wait``: how many seconds at most for something to come."""

    token: Token
    after: After = 0
    wait: Seconds = LONGEST_POLL


class Code(Frame):
    """The body of ``POST /api/v1/receipts``."""

    code: Annotated[str, StringConstraints(max_length=64)]


def parse_text(text: str) -> Hello | Say | Choose | EraseAll | ReceiptNoted | Typing:
    """A frame from its text; raises :class:`~handover.conversation.texts.Problem`."""
    if len(text) > LARGEST_FRAME:
        raise problem("too_large", 413)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise problem("bad_frame", 400) from None
    return parse(data)


def parse(data: Any) -> Hello | Say | Choose | EraseAll | ReceiptNoted | Typing:
    """A frame from its data; raises :class:`~handover.conversation.texts.Problem`."""
    try:
        return _INCOMING.validate_python(data)
    except ValidationError as error:
        kinds = {row["type"] for row in error.errors(include_input=False, include_context=False)}
        code = "unknown_type" if kinds & {"union_tag_invalid", "union_tag_not_found"} else "bad_frame"
        raise problem(code, 400) from None


def message_frame(message: ThreadMessage) -> dict[str, Any]:
    """A message as the visitor gets it; her own with the ``id`` that her page gave it."""
    frame: dict[str, Any] = {
        "type": "message",
        "seq": message.seq,
        "author": message.author,
        "text": message.body.text,
        "at": message.at.isoformat(timespec="seconds"),
    }
    if message.author == "visitor" and message.client_id is not None:
        frame["id"] = message.client_id
    if message.body.ask is not None and message.author != "visitor":
        frame["ask"] = message.body.ask
    if message.body.choices:
        frame["choices"] = list(message.body.choices)
    if message.body.hint is not None:
        frame["hint"] = message.body.hint
    return frame


def error_frame(found: Problem, frame_id: str | None = None) -> dict[str, Any]:
    """An error as the visitor gets it; ``id`` where it is about a frame that had one."""
    frame = {"type": "error", **found.as_dict()}
    return {**frame, "id": frame_id} if frame_id is not None else frame
