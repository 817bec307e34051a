"""The audit trail to read and to verify: who did what and when, without content."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import func, or_, select

from handover.audit import read_anchor
from handover.jobs import ANCHOR
from handover.staff.web import desk_of, login_of, page
from handover.store import AuditLine, Staff

PER_PAGE = 100


async def shown(request: web.Request) -> web.StreamResponse:
    """The newest lines first; ``?controleer=1`` checks the whole chain. Reading it is itself a line."""
    desk, query = desk_of(request), request.query
    about, who = query.get("wat", "").strip()[:48], query.get("wie", "")[:36]
    before = query.get("voor", "")
    async with desk.store.writing() as session:
        await desk.record(session, login_of(request).actor, "audit.read", "audit")
    async with desk.store.reading() as session:
        names = {one.id: one.display_name for one in await session.scalars(select(Staff))}
        lines = select(AuditLine).order_by(AuditLine.number.desc()).limit(PER_PAGE)
        if before.isdecimal():
            lines = lines.where(AuditLine.number < int(before))
        if about:
            known = [one for one, name in names.items() if name.casefold() == about.casefold()]
            lines = lines.where(or_(AuditLine.object == about, AuditLine.object.in_(known)))
        if who:
            lines = lines.where(AuditLine.actor == who)
        found = (await session.scalars(lines)).all()
        total = await session.scalar(select(func.count()).select_from(AuditLine))
        broken, anchor = None, read_anchor(desk.settings.var / ANCHOR)
        if query.get("controleer") == "1":
            broken = await desk.audit.verify(session, anchor)
    return page(
        request, "audit.html", lines=found, names=names, total=total, about=about, who=who, broken=broken,
        anchored=anchor is not None, before=found[-1].number if len(found) == PER_PAGE else None,
    )  # fmt: skip


ROUTES = [web.get("/audit", shown)]
