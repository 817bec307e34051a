"""Forms for data that leaves the meldpunt: ask, decide as second person, make the document."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import get_args

from aiohttp import web

from handover.queue import Refused, export_case, request_share
from handover.queue.sharing import Ground, approve_share, refuse_share
from handover.staff.document import pdf_of
from handover.staff.web import RENDERER, desk_of, keyring_of, login_of


async def asked(request: web.Request) -> web.StreamResponse:
    form, reference = await request.post(), request.match_info["reference"]
    ground: Ground | None = next((one for one in get_args(Ground) if one == form.get("ground")), None)
    if ground is None:
        raise Refused("there is no such ground")
    await request_share(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, str(form.get("recipient", "")),
        ground, str(form.get("reason", "")),
    )  # fmt: skip
    raise web.HTTPSeeOther(f"/meldingen/{reference}#delen")


async def decided(request: web.Request) -> web.StreamResponse:
    form, info = await request.post(), request.match_info
    decide = approve_share if form.get("decision") == "yes" else refuse_share
    await decide(desk_of(request), login_of(request).actor, info["share"])
    raise web.HTTPSeeOther(f"/meldingen/{info['reference']}#delen")


async def exported(request: web.Request) -> web.StreamResponse:
    """The document as a file, PDF or JSON: what the consent covers, and nothing else."""
    share, form = request.match_info["share"], await request.post()
    document = await export_case(desk_of(request), login_of(request).actor, keyring_of(request), share)
    name = f"{document.reference}-{document.recipient}"
    if form.get("format") == "pdf":
        render = request.app[RENDERER]
        body = await asyncio.to_thread(pdf_of, document, render.words, render.word, render.local)
        return _file(body, "application/pdf", f"{name}.pdf")
    text = json.dumps(asdict(document), ensure_ascii=False, indent=2, default=str)
    return _file(text.encode(), "application/json", f"{name}.json")


def _file(body: bytes, kind: str, name: str) -> web.Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=kind, headers=disposition)


ROUTES = [
    web.post("/meldingen/{reference}/delen", asked),
    web.post("/meldingen/{reference}/delen/{share}/besluit", decided),
    web.post("/meldingen/{reference}/delen/{share}/document", exported),
]
