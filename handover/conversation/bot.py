"""Asking the bot: one call for one message, with everything that can go wrong told apart.

The same ``message_id`` again gives the same replies (the bot remembers them), so a call may always be
repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

LARGEST_ANSWER = 512 * 1024
SECRET = "X-Meldpunt-Secret"


class BotFailed(Exception):
    """The bot gave no answer that can be used. ``kind`` is slow, dead, refused, forgotten, silent or nonsense."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Choice(BaseModel):
    """A button."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    label: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    value: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Reply(BaseModel):
    """One thing the bot says; ``custom`` is checked against the contract later."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    text: Annotated[str, StringConstraints(max_length=4000)] | None = None
    ask: Annotated[str, StringConstraints(max_length=80)] | None = None
    choices: Annotated[list[Choice], Field(max_length=40)] | None = None
    custom: dict[str, Any] | None = None


class Answer(BaseModel):
    """Everything the bot says to one message."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    replies: Annotated[list[Reply], Field(max_length=40)]


@dataclass(frozen=True, slots=True)
class Call:
    """What the bot is asked (interfaces: "handover → Rasa")."""

    sender: str
    message_id: str
    message_seq: int
    kind: str
    context: dict[str, Any]
    text: str | None = None
    ask: str | None = None
    value: str | None = None

    def as_json(self) -> dict[str, Any]:
        fields = ("sender", "message_id", "message_seq", "kind", "context", "text", "ask", "value")
        return {name: value for name in fields if (value := getattr(self, name)) is not None}


class Bot:
    """The bot behind its channel on loopback."""

    def __init__(self, http: aiohttp.ClientSession, url: str, secret: str, patience: timedelta) -> None:
        self._http, self._url, self._headers = http, url, {SECRET: secret}
        self._timeout = aiohttp.ClientTimeout(total=patience.total_seconds())

    async def ask(self, call: Call) -> Answer:
        """The bot's answer; raises :class:`BotFailed`."""
        try:
            async with self._http.post(
                f"{self._url}/webhook", json=call.as_json(), headers=self._headers, timeout=self._timeout
            ) as response:
                if response.status == 410:
                    raise BotFailed("forgotten")
                if response.status != 200:
                    raise BotFailed("refused" if 400 <= response.status < 500 else "dead")
                answer = Answer.model_validate_json(await _limited(response))
                if not answer.replies:
                    raise BotFailed("silent")  # every call is answered with something, or a visitor waits for ever
                return answer
        except TimeoutError:
            raise BotFailed("slow") from None
        except (aiohttp.ClientError, OSError):
            raise BotFailed("dead") from None
        except (ValidationError, ValueError):
            raise BotFailed("nonsense") from None

    async def forget(self, sender: str) -> None:
        """Have the bot forget a conversation; raises :class:`BotFailed`."""
        try:
            async with self._http.delete(
                f"{self._url}/conversations/{sender}", headers=self._headers, timeout=self._timeout
            ) as response:
                if response.status not in (204, 404, 410):
                    raise BotFailed("refused")
        except TimeoutError:
            raise BotFailed("slow") from None
        except (aiohttp.ClientError, OSError):
            raise BotFailed("dead") from None

    async def is_ready(self) -> bool:
        """True when the bot says that it can answer."""
        try:
            async with self._http.get(
                f"{self._url}/health", headers=self._headers, timeout=self._timeout
            ) as response:
                return response.status == 200
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise BotFailed("nonsense")
    return bytes(body)
