"""The page on which staff change settings; every change is audited and in use at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from handover.preferences import PreferenceRefused, preferences_of, refresh, set_preference
from handover.staff.web import desk_of, login_of, page

YES = "ja"


async def shown(request: web.Request) -> web.StreamResponse:
    await refresh(desk_of(request))
    return _page(request, saved=request.query.get("bewaard", ""))


async def changed(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    name, text = str(form.get("name", "")), str(form.get("value", ""))
    try:
        value = READ[name](text) if name in READ else text.strip()
        await set_preference(desk_of(request), login_of(request).actor, name, value)
    except PreferenceRefused as error:
        return _page(request, problem=error.name, status=422)
    raise web.HTTPSeeOther(f"/instellingen?bewaard={name}")


def _page(request: web.Request, *, saved: str = "", problem: str = "", status: int = 200) -> web.Response:
    prefs = preferences_of(desk_of(request))
    known = saved if saved in type(prefs).model_fields else ""
    return page(request, "preferences.html", status=status, prefs=prefs, saved=known, problem=problem)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _columns(*names: str) -> Callable[[str], list[dict[str, str]]]:
    def read(text: str) -> list[dict[str, str]]:
        rows = [[part.strip() for part in line.split("|", len(names) - 1)] for line in _lines(text)]
        return [dict(zip(names, row, strict=False)) for row in rows]

    return read


READ: dict[str, Callable[[str], Any]] = {
    "holidays": _lines,
    "max_chats": str.strip,
    "blur": lambda text: text == YES,
    "first_names": lambda text: text == YES,
    "canned": _columns("title", "text"),
    "help_organisations": _columns("name", "phone", "about"),
}
ROUTES = [web.get("/instellingen", shown), web.post("/instellingen", changed)]
