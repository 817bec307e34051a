"""A visitor who does not give up: reconnects, sends again what was not acknowledged, and remembers every promise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

STORY = "een jongen van snap dreigt mijn fotos door te sturen als ik niet naar hengelo kom. ben 15"
FIRST_CHOICES = ("Klopt", "Over mijzelf", "Alleen met mijn code hier", "Ja", "Hulp", "Weet ik niet")
AGAIN_S = 0.3
SILENCE_S = 20.0
Stop = Callable[[], bool]


@dataclass
class StubbornVisitor:
    """One conversation. ``acked`` maps frame ids to the seq that was acknowledged, ``seen`` seqs to messages."""

    base: str
    name: str
    story: str = STORY
    token: str = ""
    code: str | None = None
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)
    reference: str | None = None
    broken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    breaks: int = 0

    async def tell(self, http: aiohttp.ClientSession, stop: Stop = lambda: False) -> None:
        """Tell until a report is confirmed, or until ``stop`` says that it was enough."""
        while not self.token and not stop():
            self.token = await self._begin(http)
        while (self.reference is None or self.code is None) and not stop():
            try:
                await self._connection(http, stop)
            except (aiohttp.ClientError, OSError, TimeoutError):
                self.breaks += 1
                await asyncio.sleep(AGAIN_S)

    async def whole(self, http: aiohttp.ClientSession) -> dict[int, dict[str, Any]]:
        """Everything that the server has of this conversation, from the first message on."""
        async with self._open(http) as socket:
            await socket.send_json({"type": "hello", "token": self.token, "after": 0})
            found: dict[int, dict[str, Any]] = {}
            while True:
                try:
                    frame = await socket.receive_json(timeout=3)
                except TimeoutError:
                    return found
                if frame["type"] == "message":
                    if frame["seq"] in found:
                        self.broken.append(f"seq {frame['seq']} came twice on one connection")
                    found[frame["seq"]] = frame

    def where(self) -> str:
        """Where this conversation is: for whoever must find out why it does not go on."""
        last = [f"{f['seq']} {f['author']} {f.get('ask')}" for _, f in sorted(self.seen.items())[-4:]]
        return f"{self.name}: last {last}, unacknowledged {list(self.waiting)}, acked {list(self.acked)[-3:]}, {self.refused}"

    def transcript(self) -> list[str]:
        """Who said what, as it was seen."""
        return [f"{seq} {f['at'][11:19]} {f['author']} {f.get('ask')}: {f['text']}" for seq, f in sorted(self.seen.items())]

    async def _begin(self, http: aiohttp.ClientSession) -> str:
        try:
            async with http.post(self.base + "/api/v1/conversations") as response:
                if response.status == 201:
                    return str((await response.json())["token"])
        except (aiohttp.ClientError, OSError):
            pass
        await asyncio.sleep(AGAIN_S)
        return ""

    def _open(self, http: aiohttp.ClientSession) -> Any:
        return http.ws_connect(self.base + "/api/v1/conversation", headers={"Origin": self.base})

    async def _connection(self, http: aiohttp.ClientSession, stop: Stop) -> None:
        async with self._open(http) as socket:
            after = max(self.seen, default=0)
            await socket.send_json({"type": "hello", "token": self.token, "after": after})
            for frame in self.waiting.values():
                await socket.send_json(frame)
            quiet_since = time.monotonic()
            while (self.reference is None or self.code is None) and not stop():
                try:
                    message = await socket.receive(timeout=1)
                except TimeoutError:
                    if time.monotonic() - quiet_since > SILENCE_S:
                        return  # a server that died without a word: connect again
                    continue
                quiet_since = time.monotonic()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    raise ConnectionResetError
                await self._heard(socket, message.json())

    async def _heard(self, socket: aiohttp.ClientWebSocketResponse, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ack":
                earlier = self.acked.setdefault(frame["id"], frame["seq"])
                if earlier != frame["seq"]:
                    self.broken.append(f"{frame['id']} was acknowledged as {earlier} and as {frame['seq']}")
                self.waiting.pop(frame["id"], None)
            case "message":
                await self._message(socket, frame)
            case "report":
                self.reference = frame["reference"]
            case "receipt":
                self.code = frame["code"]
            case "erased":
                raise AssertionError(f"{self.name} was erased without asking")
            case "error" if frame["status"] == 429:
                await asyncio.sleep(2)
                if (again := self.waiting.get(frame.get("id", ""))) is not None:
                    await socket.send_json(again)
            case "error":
                self.refused.append(f"{frame.get('id')} {frame.get('code')}")
                self.waiting.pop(frame.get("id", ""), None)

    async def _message(self, socket: aiohttp.ClientWebSocketResponse, frame: dict[str, Any]) -> None:
        seq = frame["seq"]
        known = self.seen.get(seq)
        if known is not None and known["text"] != frame["text"]:
            self.broken.append(f"seq {seq} changed")
        self.seen[seq] = frame
        ask = frame.get("ask")
        frame_id = f"{self.name}-{seq}"
        if not ask or frame["author"] == "visitor" or frame_id in self.acked:
            return
        answer = self._answer(frame_id, ask, frame.get("choices") or [])
        self.waiting[frame_id] = answer
        await socket.send_json(answer)

    def _answer(self, frame_id: str, ask: str, choices: list[dict[str, str]]) -> dict[str, Any]:
        if not choices:
            return {"type": "message", "id": frame_id, "text": self.story}
        by_label = {choice["label"]: choice["value"] for choice in choices}
        value = next((by_label[label] for label in FIRST_CHOICES if label in by_label), choices[-1]["value"])
        return {"type": "choice", "id": frame_id, "ask": ask, "value": value}
