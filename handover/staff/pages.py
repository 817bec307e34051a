"""Pages that show: the queue, live conversations, a case."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import select

from handover.conversation.states import STAFF_MAY_WRITE, State
from handover.desk import Actor, new_id
from handover.notices import alive
from handover.preferences import preferences_of
from handover.queue import (
    RECIPIENTS,
    STATUSES,
    Refused,
    alike,
    list_queue,
    look_again,
    open_report,
    open_tasks,
    passed_lately,
    present,
    search,
)
from handover.queue.filled import FieldUnknown, as_filled, choices_of, completeness
from handover.queue.proposal import reassess
from handover.staff.filters import Filters, shown
from handover.staff.permissions import may, start_of
from handover.staff.render import indicators_by_category, rows_of, segments, weight_of, words_of
from handover.staff.web import LIVE_HEADER, desk_of, keyring_of, login_of, page
from handover.store import Staff
from meldpunt.report_values import ROL
from meldpunt.triage import rule_set

HEAVY = 4
LIVE = frozenset({State.WAITING, State.STAFF})
ROLE_OF = {value: value for value in ROL.values()} | dict(ROL)


async def home(request: web.Request) -> web.StreamResponse:
    raise web.HTTPSeeOther(start_of(login_of(request).actor))


async def queue(request: web.Request) -> web.StreamResponse:
    """The cases that the filters leave, most urgent first; who waits for a person now is always on top."""
    filters, actor = Filters.of(request.query), login_of(request).actor
    items = await list_queue(desk_of(request), actor, keyring_of(request), closed=filters.afgesloten)
    return page(
        request, "queue.html", filters=filters, list=shown(items, filters, actor.id), roles=ROLE_OF,
        now=desk_of(request).clock(), passed=await passed_lately(desk_of(request), actor),
        **await _desk_state(request),
    )  # fmt: skip


async def alarm_shown(request: web.Request) -> web.StreamResponse:
    """The line on top of every page, for a page that is open and looks again."""
    return page(request, "alarm.html")


async def conversations(request: web.Request) -> web.StreamResponse:
    """Conversations that wait for a person, and those that a person has now."""
    items = await list_queue(desk_of(request), login_of(request).actor, keyring_of(request))
    return page(
        request, "conversations.html", roles=ROLE_OF, now=desk_of(request).clock(),
        waiting=[item for item in items if item.waits_for_person],
        talking=[item for item in items if item.state == State.STAFF], **await _desk_state(request),
    )  # fmt: skip


async def tasks(request: web.Request) -> web.StreamResponse:
    """What is to be done, the first due first; what it is about is on the case."""
    desk = desk_of(request)
    async with desk.store.reading() as session:
        names = {staff.id: staff.display_name for staff in await session.scalars(select(Staff))}
    return page(request, "tasks.html", tasks=await open_tasks(desk), names=names)


async def search_page(request: web.Request) -> web.StreamResponse:
    return page(request, "search.html", found=None, problem=None)


async def searched(request: web.Request) -> web.StreamResponse:
    """Search; the words travel in the form and are on no address, in no log and in no table."""
    words = str((await request.post()).get("words", ""))
    try:
        found = await search(desk_of(request), login_of(request).actor, keyring_of(request), words)
    except Refused:
        return page(request, "search.html", status=422, found=None, problem="search_short")
    return page(request, "search.html", found=found, problem=None)


async def case(request: web.Request) -> web.StreamResponse:
    """One case with everything on it; opening it is audited, an open page that looks again is not."""
    desk, actor, keyring = desk_of(request), login_of(request).actor, keyring_of(request)
    look = look_again if LIVE_HEADER in request.headers else open_report
    opened = await look(desk, actor, keyring, request.match_info["reference"])
    mentions = opened.report.feiten.indicatoren
    texts = {message.seq: message.body.text for message in opened.messages if message.author == "visitor"}
    mine, prefs = opened.item.claimed_by == actor.id, preferences_of(desk)
    rejected = {i for i, word in opened.review.judged.items() if word.verdict == "verworpen"}
    heavy = {m.message for m in mentions if weight_of(m.indicator) >= HEAVY}
    return page(
        request, "case.html", case=opened, item=opened.item, report=opened.report, mine=mine,
        live=opened.item.state in LIVE, roles=ROLE_OF, client_id=new_id(), rows=rows_of(opened.report, opened.review.filled),
        can_answer=mine and opened.item.state in STAFF_MAY_WRITE,
        mentions=mentions, words=[words_of(mention, texts) for mention in mentions],
        thread=[
            (m, segments(m.body.text, m.seq, mentions if m.author == "visitor" else ()))
            for m in opened.messages
        ],
        recipients=list(RECIPIENTS), next_statuses=STATUSES.get(opened.item.status, {}),
        again=reassess(
            as_filled(opened.report, opened.review.filled), rejected,
            [added.indicator for added in opened.review.added],
        ),
        complete=completeness(opened.report, opened.review.filled), core=rule_set().core_fields,
        filling=_filling(request) if mine else None,
        blurred=heavy if prefs.blur else set(), prefs=prefs, indicators=indicators_by_category(),
        colleagues=await _colleagues(request),
        alike=await alike(desk, actor, keyring, opened.item.reference) if "verwant" in request.query else None,
    )  # fmt: skip


def _filling(request: web.Request) -> dict[str, Any] | None:
    """The field that somebody chose to fill in, with its fixed values; None where none was chosen."""
    field = request.query.get("vul", "")
    try:
        return {"field": field, "choices": choices_of(field)} if field else None
    except FieldUnknown:
        return None


async def _colleagues(request: web.Request) -> list[tuple[str, str]]:
    """Whom a case can be handed to."""
    async with desk_of(request).store.reading() as session:
        people = await session.scalars(select(Staff).where(Staff.active).order_by(Staff.display_name))
        return [
            (one.id, one.display_name)
            for one in people
            if may(Actor(one.id, "", frozenset(one.roles)), "cases")
        ]


async def _desk_state(request: web.Request) -> dict[str, Any]:
    """Who takes conversations now, whether it is open, and whether I take any."""
    desk, me = desk_of(request), login_of(request).actor.id
    people = await present(desk)
    return {
        "people": people, "available": any(one.id == me for one in people), "most": preferences_of(desk).max_chats,
        "open_now": desk.hours.open_at(desk.clock()), "hours": desk.hours.say(),
        "next_open": desk.hours.say_next_open(desk.clock()), "jobs_alive": await alive(desk, "jobs"),
    }  # fmt: skip


ROUTES = [
    web.get("/", home),
    web.get("/wachtrij", queue),
    web.get("/alarm", alarm_shown),
    web.get("/gesprekken", conversations),
    web.get("/taken", tasks),
    web.get("/zoeken", search_page),
    web.post("/zoeken", searched),
    web.get("/meldingen/{reference}", case),
]
