"""A visitor over the real public WebSocket, for conversation scripts."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp

QUIET_S = 1.2  # no frame for so long after the last reply: it is the visitor's turn
ASKED_S = 0.25  # the same after a question, which ends what Sam says
PATIENCE_S = 20.0


@dataclass
class Heard:
    """What Sam said in one turn."""

    texts: list[str] = field(default_factory=list)
    ask: str | None = None
    choices: list[str] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)

    def has(self, kind: str) -> bool:
        return any(frame["type"] == kind for frame in self.frames)


class Visitor:
    """One conversation; ``await say(...)`` and ``await choose(...)`` give what was heard."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.ask: str | None = None
        self.choices: list[str] = []
        self.turns = 0  # how often Sam spoke, the welcome and the end included

    async def __aenter__(self) -> Visitor:
        self._http = aiohttp.ClientSession(headers={"Origin": self.base})
        async with self._http.post(self.base + "/api/v1/conversations") as response:
            assert response.status == 201, await response.text()
            self.token = (await response.json())["token"]
        self._socket = await self._http.ws_connect(self.base + "/api/v1/conversation")
        await self._socket.send_json({"type": "hello", "token": self.token, "after": 0})
        self.welcome = await self._listen()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._http.close()

    async def say(self, text: str) -> Heard:
        await self._socket.send_json({"type": "message", "id": str(uuid.uuid4()), "text": text})
        return await self._listen()

    async def choose(self, value: str) -> Heard:
        await self._socket.send_json(
            {"type": "choice", "id": str(uuid.uuid4()), "ask": self.ask, "value": value}
        )
        return await self._listen()

    async def listen_again(self) -> Heard:
        """What comes without having said anything, until Sam asks something."""
        for _ in range(3):
            if (heard := await self._listen()).ask:
                return heard
        raise AssertionError("Sam did not come back")

    @staticmethod
    def _patience(heard: Heard) -> float:
        if not heard.texts:
            return PATIENCE_S
        return ASKED_S if heard.ask else QUIET_S

    async def _listen(self) -> Heard:
        heard = Heard()
        self.turns += 1
        while True:
            try:
                frame = await asyncio.wait_for(self._socket.receive(), self._patience(heard))
            except TimeoutError:
                break
            if frame.type != aiohttp.WSMsgType.TEXT:
                break
            data = json.loads(frame.data)
            heard.frames.append(data)
            if data["type"] == "erased":
                break
            if data["type"] == "message" and data["author"] != "visitor":
                heard.texts.append(data["text"])
                if data.get("ask"):
                    heard.ask, self.ask = data["ask"], data["ask"]
                    heard.choices = [choice["value"] for choice in data.get("choices") or []]
                    self.choices = heard.choices
        return heard
