"""Pages that show: the queue, live conversations, a case."""

from __future__ import annotations

from aiohttp import web

from handover.conversation.states import STAFF_MAY_WRITE, State
from handover.desk import new_id
from handover.queue import RECIPIENTS, STATUSES, list_queue, open_report
from handover.staff.render import rows_of, segments, words_of
from handover.staff.web import desk_of, keyring_of, login_of, page
from handover.store import Staff
from meldpunt.report_values import ROL

LIVE = frozenset({State.WAITING, State.STAFF})
ROLE_OF = {value: value for value in ROL.values()} | dict(ROL)


async def home(_: web.Request) -> web.StreamResponse:
    raise web.HTTPSeeOther("/wachtrij")


async def queue(request: web.Request) -> web.StreamResponse:
    """Every open case, most urgent first; ``?afgehandeld=1`` gives the closed ones."""
    closed = request.query.get("afgehandeld") == "1"
    items = await list_queue(desk_of(request), login_of(request).actor, keyring_of(request), closed=closed)
    return page(
        request, "queue.html", closed=closed, roles=ROLE_OF, available=await _available(request),
        waiting=[item for item in items if item.waits_for_person],
        cases=[item for item in items if not item.waits_for_person],
    )  # fmt: skip


async def conversations(request: web.Request) -> web.StreamResponse:
    """Conversations that wait for a person, and those that a person has now."""
    items = await list_queue(desk_of(request), login_of(request).actor, keyring_of(request))
    return page(
        request, "conversations.html", roles=ROLE_OF, available=await _available(request),
        waiting=[item for item in items if item.waits_for_person],
        talking=[item for item in items if item.state == State.STAFF],
    )  # fmt: skip


async def case(request: web.Request) -> web.StreamResponse:
    """One case with everything on it; reading it is audited."""
    actor = login_of(request).actor
    opened = await open_report(desk_of(request), actor, keyring_of(request), request.match_info["reference"])
    mentions = opened.report.feiten.indicatoren
    texts = {message.seq: message.body.text for message in opened.messages if message.author == "visitor"}
    mine = opened.item.claimed_by == actor.id
    return page(
        request, "case.html", case=opened, item=opened.item, report=opened.report, mine=mine,
        live=opened.item.state in LIVE, roles=ROLE_OF, client_id=new_id(), rows=rows_of(opened.report),
        can_answer=mine and opened.item.state in STAFF_MAY_WRITE,
        mentions=mentions, words=[words_of(mention, texts) for mention in mentions],
        thread=[
            (m, segments(m.body.text, m.seq, mentions if m.author == "visitor" else ()))
            for m in opened.messages
        ],
        recipients=list(RECIPIENTS), next_statuses=STATUSES.get(opened.item.status, {}),
    )  # fmt: skip


async def _available(request: web.Request) -> bool:
    desk = desk_of(request)
    async with desk.store.reading() as session:
        staff = await session.get(Staff, login_of(request).actor.id)
    until = staff.available_until if staff else None
    return until is not None and until > desk.clock()


ROUTES = [
    web.get("/", home),
    web.get("/wachtrij", queue),
    web.get("/gesprekken", conversations),
    web.get("/meldingen/{reference}", case),
]
