"""A visitor for tests: a WebSocket that remembers every frame it got."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import aiohttp

PATIENCE = 15.0


class Line:
    """One visitor. ``frames`` is everything that came, ``messages`` by seq."""

    def __init__(self, http: aiohttp.ClientSession, base: str, token: str) -> None:
        self.http, self.base, self.token = http, base, token
        self.frames: list[dict[str, Any]] = []
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.read = 0

    async def connect(self, after: int = 0) -> None:
        self.socket = await self.http.ws_connect(
            f"{self.base}/api/v1/conversation", headers={"Origin": self.base}
        )
        await self.send({"type": "hello", "token": self.token, "after": after})
        await self.until("welcome")

    async def send(self, frame: dict[str, Any]) -> None:
        assert self.socket is not None
        await self.socket.send_json(frame)

    async def say(self, text: str, frame_id: str | None = None) -> int:
        """Send a message; gives its seq when it was acknowledged."""
        frame_id = frame_id or str(uuid.uuid4())
        await self.send({"type": "message", "id": frame_id, "text": text})
        return (await self.until("ack", id=frame_id))["seq"]

    async def choose(self, ask: str, value: str) -> int:
        frame_id = str(uuid.uuid4())
        await self.send({"type": "choice", "id": frame_id, "ask": ask, "value": value})
        return (await self.until("ack", id=frame_id))["seq"]

    async def next(self) -> dict[str, Any]:
        """The next frame; {"type": "closed", ...} when the connection ended."""
        assert self.socket is not None
        message = await asyncio.wait_for(self.socket.receive(), PATIENCE)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return {"type": "closed", "code": self.socket.close_code}
        frame = message.json()
        self.frames.append(frame)
        return frame

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first frame of this kind (with these fields) that was not looked at yet."""
        while True:
            while self.read < len(self.frames):
                frame = self.frames[self.read]
                self.read += 1
                if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                    return frame
            frame = await self.next()
            if frame["type"] == "closed":
                if kind == "closed":
                    return frame
                raise AssertionError(
                    f"closed ({frame['code']}) while waiting for {kind} {fields}: {self.frames[-3:]}"
                )

    async def until_ask(self, ask: str) -> dict[str, Any]:
        return await self.until("message", ask=ask)

    async def close(self) -> None:
        assert self.socket is not None
        await self.socket.close()

    @property
    def texts(self) -> dict[int, str]:
        return {f["seq"]: f["text"] for f in self.frames if f["type"] == "message"}

    def last(self, kind: str) -> dict[str, Any]:
        return next(frame for frame in reversed(self.frames) if frame["type"] == kind)
