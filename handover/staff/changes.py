"""Forms that change something on a case. Each ends on the case's page; the services decide who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from typing import NoReturn, get_args
from zoneinfo import ZoneInfo

from aiohttp import web

from handover.queue import (
    Refused,
    add_mention,
    add_note,
    add_task,
    answer,
    claim,
    decide_link,
    end_conversation,
    fill_field,
    finish_task,
    give_back,
    hand_to,
    propose_link,
    release,
    review_mention,
    set_available,
    set_level,
    set_status,
    take_over,
)
from handover.queue.cases import must_explain
from handover.queue.filled import Ground
from handover.queue.links import Decision
from handover.queue.presence import SIGN_OF_LIFE
from handover.queue.review import Verdict, confirm_level, refuse_level
from handover.staff.web import desk_of, keyring_of, login_of
from meldpunt.report import Level

Change = Callable[[web.Request, str, dict[str, str]], Awaitable[object]]


def _back(reference: str, part: str = "") -> NoReturn:
    raise web.HTTPSeeOther(f"/meldingen/{reference}{part}")


async def _claim(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await claim(desk_of(request), login_of(request).actor, reference, _number(form, "version"))


async def _release(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await release(desk_of(request), login_of(request).actor, reference, _number(form, "version"))


async def _take_over(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await take_over(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, _number(form, "version"),
        form.get("reason", ""),
    )  # fmt: skip


async def _answer(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await answer(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, form.get("text", ""),
        form.get("client_id") or None,
    )  # fmt: skip


async def _hand_to(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await hand_to(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, _number(form, "version"),
        form.get("to", ""), form.get("reason", ""),
    )  # fmt: skip


async def _end(request: web.Request, reference: str, form: dict[str, str]) -> None:
    reason = must_explain(form.get("reason", ""))
    await end_conversation(desk_of(request), login_of(request).actor, reference, keyring_of(request), reason)


async def _task(request: web.Request, reference: str, form: dict[str, str]) -> None:
    desk = desk_of(request)
    try:
        day = date.fromisoformat(form["due"]) if form.get("due") else None
    except ValueError:
        raise Refused("this is no date") from None
    due = datetime.combine(day, time(17), ZoneInfo(desk.settings.timezone)) if day else None
    await add_task(
        desk, login_of(request).actor, keyring_of(request), reference, form.get("text", ""), due,
        form.get("to") or None,
    )  # fmt: skip


async def _task_done(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await finish_task(desk_of(request), login_of(request).actor, request.match_info["task"])


async def _link(request: web.Request, reference: str, form: dict[str, str]) -> None:
    other = form.get("other", "").strip().upper()
    await propose_link(desk_of(request), login_of(request).actor, reference, other)


async def _link_decided(request: web.Request, reference: str, form: dict[str, str]) -> None:
    decision: Decision | None = next((d for d in get_args(Decision) if d == form.get("decision")), None)
    if decision is None:
        raise Refused("there is no such decision")
    other = request.match_info["other"]
    await decide_link(desk_of(request), login_of(request).actor, reference, other, decision)


async def _give_back(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await give_back(desk_of(request), login_of(request).actor, reference, _number(form, "version"))


async def _status(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await set_status(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, form.get("status", ""),
        form.get("reason", ""),
    )  # fmt: skip


async def _level(request: web.Request, reference: str, form: dict[str, str]) -> None:
    level: Level | None = next((one for one in get_args(Level) if one == form.get("level")), None)
    if level is None:
        raise Refused("there is no such level")
    await set_level(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, level,
        form.get("reason", ""),
    )  # fmt: skip


async def _level_agreed(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await confirm_level(desk_of(request), login_of(request).actor, keyring_of(request), reference)


async def _level_refused(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await refuse_level(desk_of(request), login_of(request).actor, keyring_of(request), reference)


async def _mention(request: web.Request, reference: str, form: dict[str, str]) -> None:
    verdict: Verdict | None = next((one for one in get_args(Verdict) if one == form.get("verdict")), None)
    if verdict is None:
        raise Refused("there is no such verdict")
    await review_mention(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, _number(form, "index"),
        verdict, form.get("reason", ""),
    )  # fmt: skip


async def _mention_added(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await add_mention(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, form.get("indicator", ""),
        form.get("reason", ""),
    )  # fmt: skip


async def _field(request: web.Request, reference: str, form: dict[str, str]) -> None:
    ground: Ground | None = next((one for one in get_args(Ground) if one == form.get("ground")), None)
    if ground is None:
        raise Refused("there is no such ground")
    await fill_field(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, form.get("field", ""),
        form.get("value", ""), ground,
    )  # fmt: skip


async def _note(request: web.Request, reference: str, form: dict[str, str]) -> None:
    await add_note(
        desk_of(request), login_of(request).actor, keyring_of(request), reference, form.get("text", "")
    )


async def availability(request: web.Request) -> web.StreamResponse:
    """Say whether one takes conversations now; kept up by the open page (``live``)."""
    desk, form = desk_of(request), await request.post()
    until = desk.clock() + SIGN_OF_LIFE if form.get("available") == "yes" else None
    await set_available(desk, login_of(request).actor, until)
    raise web.HTTPSeeOther("/wachtrij")


def _number(form: dict[str, str], name: str) -> int:
    try:
        return int(form.get(name, ""))
    except ValueError:
        raise Refused(f"{name} must be a number") from None


def _handled(change: Change, part: str = "") -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        reference = request.match_info["reference"]
        form = {name: str(value) for name, value in (await request.post()).items()}
        await change(request, reference, form)
        _back(reference, part)

    return handle


_CHANGES: dict[str, tuple[Change, str]] = {
    "claim": (_claim, ""),
    "loslaten": (_release, ""),
    "overnemen": (_take_over, ""),
    "antwoord": (_answer, "#gesprek-einde"),
    "sluiten": (_end, ""),
    "teruggeven": (_give_back, ""),
    "status": (_status, ""),
    "niveau": (_level, ""),
    "niveau/akkoord": (_level_agreed, ""),
    "niveau/afwijzen": (_level_refused, ""),
    "signaal": (_mention, "#signalen"),
    "signaal/nieuw": (_mention_added, "#signalen"),
    "gegeven": (_field, "#velden"),
    "notitie": (_note, "#notities"),
    "overdragen": (_hand_to, ""),
    "taak": (_task, "#taken"),
    "taak/{task}/klaar": (_task_done, "#taken"),
    "verwant": (_link, "?verwant=1#verwant"),
    "verwant/{other}/besluit": (_link_decided, "#verwant"),
}
ROUTES = [
    web.post("/beschikbaar", availability),
    *(web.post(f"/meldingen/{{reference}}/{path}", _handled(*change)) for path, change in _CHANGES.items()),
]
