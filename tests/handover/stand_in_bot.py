"""A small real HTTP server that speaks the bot's channel, to make it slow, dead, or talk nonsense at will.

It asks three questions and then sends a report. Words in a message steer it: "mens" asks for a person, "wis" erases,
"pauze" pauses, "kapot" sends a report that does not fit the contract.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from aiohttp import web

from meldpunt.report import Betrokkene, Consent, Feiten, Field, Melder, Mention, OwnWords, Report, Triage
from meldpunt.report_blocks import FiredRule

SECRET = "stand-in-secret"
YES_NO = [{"label": "Ja", "value": "yes"}, {"label": "Nee", "value": "no"}]
QUESTIONS = (
    ("story", "Vertel maar.", None),
    ("consent:opslaan_melding", "Mag ik dit bewaren?", YES_NO),
    ("consent:bewaren_eigen_woorden", "Ook letterlijk?", YES_NO),
)


class StandInBot:
    """Holds what was asked of it, and what is wrong with it now: None, slow, dead, nonsense, refused or huge."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.faults_left = 0
        self.calls: list[dict[str, Any]] = []
        self.forgotten: list[str] = []
        self.runs: defaultdict[str, int] = defaultdict(int)
        self.replies: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.answers: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.gate = asyncio.Event()
        self.gate.set()

    def break_down(self, fault: str, times: int = 1000) -> None:
        self.fault, self.faults_left = fault, times

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/meldpunt/webhook", self.webhook)
        app.router.add_delete("/webhooks/meldpunt/conversations/{sender}", self.forget)
        app.router.add_get("/webhooks/meldpunt/health", self.health)
        return app

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"ready": True, "store": "sealed", "model": "stand-in"})

    async def forget(self, request: web.Request) -> web.Response:
        self.forgotten.append(request.match_info["sender"])
        return web.Response(status=204)

    async def webhook(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Meldpunt-Secret") != SECRET:
            return web.json_response({"error": "forbidden"}, status=403)
        call = await request.json()
        self.calls.append(call)
        if self.fault is not None and self.faults_left > 0:
            self.faults_left -= 1
            if self.fault == "slow":
                await asyncio.sleep(30)
            if self.fault == "dead" and request.transport is not None:
                request.transport.abort()
            if self.fault == "refused":
                return web.json_response({"error": "no"}, status=400)
            if self.fault == "late":  # processed, but the answer never arrives
                self.answer(call)
                request.transport.abort() if request.transport else None
            if self.fault == "silent":
                return web.json_response({"replies": [], "reading": None})
            if self.fault == "huge":
                return web.json_response({"replies": [{"text": "x" * 3000}] * 400})
            return web.json_response({"replies": "nonsense"})
        await self.gate.wait()
        return web.json_response({"replies": self.answer(call), "reading": None})

    def answer(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        """The replies to a call; the same message id again gives the same without running anything twice."""
        key = (call["sender"], call["message_id"])
        if key not in self.replies:
            self.runs[call["sender"]] += 1
            self.replies[key] = self._talk(call)
        return self.replies[key]

    def _talk(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        given = self.answers[call["sender"]]
        text = call.get("text", "")
        for word, reply in DIRECTIVES.items():
            if word in text:
                return [{"text": f"Goed, {word}.", "custom": reply}]
        if call["kind"] in ("message", "choice"):
            given.append(call)
        if len(given) < len(QUESTIONS):
            ask, said, choices = QUESTIONS[len(given)]
            return [{"text": said, "ask": ask, "choices": choices, "custom": None}]
        return [
            {"text": "Ik bewaar het.", "ask": None, "choices": None, "custom": report_of(given)},
            {"text": "Dank je wel.", "ask": None, "choices": None, "custom": None},
        ]


def report_of(given: list[dict[str, Any]]) -> dict[str, Any]:
    """A report as the bot sends it, with the first message as the story."""
    words = given[2].get("value") == "yes"
    story, seq = given[0].get("text", ""), given[0]["message_seq"]
    report = Report(
        melder=Melder(rol=Field(value="zelf", status="bekend", message=seq)),
        betrokkene=Betrokkene(
            leeftijd=Field(value=15, status="bekend", source="afgeleid", message=seq),
            leeftijdsband=Field(value="12-15", status="bekend", source="afgeleid", message=seq),
            gemeente=Field(value="Hengelo", status="bekend", message=seq),
        ),
        feiten=Feiten(
            indicatoren=(
                Mention(
                    indicator="chantage_beeldmateriaal", message=seq, start=0, eind=5,
                    tekst=story[:5] if words else None,
                ),
            ),
            eigen_woorden=(OwnWords(message=seq, tekst=story),) if words else (),
        ),
        toestemming={
            "opslaan_melding": Consent(waarde="ja", tekstversie="1"),
            "bewaren_eigen_woorden": Consent(waarde="ja" if words else "nee", tekstversie="1"),
            "delen_zorgcoordinator": Consent(waarde="ja", tekstversie="1"),
            "delen_politie": Consent(waarde="nee", tekstversie="1"),
        },
        triage=Triage(
            voorstel="hoog", regels=(FiredRule(id="H3", titel="chantage", level="hoog", because=(0,)),), score=9
        ),
    )  # fmt: skip
    return {"kind": "report", "contract": "1", "report": report.model_dump(mode="json")}


DIRECTIVES: dict[str, dict[str, Any]] = {
    "mens": {"kind": "want_human", "reason": "asked", "draft": None},
    "wis": {"kind": "erase"},
    "pauze": {"kind": "pause"},
    "kapot": {"kind": "report", "contract": "1", "report": {"onbekend": "geheimwoord"}},
    "meeleest": {"kind": "safe_mode"},
}


if __name__ == "__main__":
    import sys

    web.run_app(StandInBot().app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
