"""The status of a case: what staff made of it, and the one table of allowed changes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.audit import Doing
from handover.desk import VISITOR, Actor, Desk
from handover.hub import QUEUE
from handover.queue.cases import held, must_explain, must_hold, note_event, opened
from handover.queue.problems import Refused
from handover.store import ReportRow
from handover.store.database import announce
from handover.vault import Keyring

NEW, BUSY, WAITS = "nieuw", "in_behandeling", "wacht_op_melder"
REPORTER = "melder"
TRANSFERRED, DONE, REOPENED = "overgedragen", "afgesloten", "heropend"
STATUSES: dict[str, dict[str, str]] = {
    NEW: {BUSY: "somebody works on it", DONE: "it is nothing for the meldpunt"},
    BUSY: {WAITS: "a question is with the reporter", TRANSFERRED: "others go on with it", DONE: "it is done"},
    WAITS: {BUSY: "work goes on", TRANSFERRED: "others go on with it", DONE: "no answer came, or it is done"},
    TRANSFERRED: {REOPENED: "it came back", DONE: "they said how it ended"},
    DONE: {REOPENED: "there is something new"},
    REOPENED: {BUSY: "somebody works on it", WAITS: "as above", TRANSFERRED: "as above", DONE: "as above"},
}
# Something new from the reporter brings a case back: nobody looks for it among what is done.
WHEN_THE_REPORTER_WRITES = {WAITS: BUSY, TRANSFERRED: REOPENED, DONE: REOPENED}
CLOSED = frozenset({DONE})
WITH_REASON = frozenset({TRANSFERRED, DONE, REOPENED})


class StatusNotAllowed(Refused):
    """The table has no such change."""


async def reporter_wrote(desk: Desk, session: AsyncSession, conversation_id: str) -> None:
    """Note on the case of a conversation, if there is one, that the reporter wrote; a case at rest comes back."""
    now = desk.clock()
    row = await session.scalar(
        select(ReportRow).where(ReportRow.conversation_id == conversation_id).with_for_update()
    )
    if row is None:
        return
    row.visitor_wrote_at = row.updated_at = now
    if (new := WHEN_THE_REPORTER_WRITES.get(row.status)) is not None:
        old, row.status, row.handled_at = row.status, new, None
        await note_event(session, row, "status", REPORTER, now, old=old, new=new)
        doing = Doing(VISITOR, "case.status", row.reference, details=(("new", new), ("old", old)))
        await desk.audit.write(session, doing, now)
    announce(session, QUEUE)


async def set_status(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, new: str, reason: str = ""
) -> None:
    """Change the status of a case one has; transferring, closing and reopening need a reason."""
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, now)
        if new not in STATUSES.get(row.status, {}):
            raise StatusNotAllowed(f"a case that is {row.status} cannot become {new}")
        if new in WITH_REASON:
            reason = must_explain(reason)
        keys = await opened(session, keyring, conversation.id)
        old, row.status = row.status, new
        row.handled_at = now if new in CLOSED else None
        await note_event(session, row, "status", actor.id, now, old=old, new=new, keys=keys, reason=reason)
        await desk.record(session, actor, "case.status", reference, old=old, new=new)
        announce(session, QUEUE)
