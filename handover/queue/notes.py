"""Notes and tasks of staff on a case, sealed with the conversation's keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from handover.desk import Actor, Desk, new_id
from handover.hub import QUEUE, staff_topic
from handover.queue.cases import held, opened
from handover.queue.problems import Refused
from handover.store import Note, ReportRow, Task
from handover.store.database import announce
from handover.vault import Keyring

LONGEST = 10_000


async def add_note(desk: Desk, actor: Actor, keyring: Keyring, reference: str, text: str) -> str:
    """Add a note; gives its id."""
    _check(text)
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        keys = await opened(session, keyring, conversation.id)
        note_id = new_id()
        sealed = keys.seal(row.part, 0, f"note {note_id}", text.strip())
        now = desk.clock()
        session.add(Note(id=note_id, reference=reference, by=actor.id, at=now, part=row.part, sealed=sealed))
        row.updated_at = now
        await desk.record(session, actor, "case.note", reference)
        announce(session, QUEUE)
        return note_id


async def add_task(
    desk: Desk,
    actor: Actor,
    keyring: Keyring,
    reference: str,
    text: str,
    due_at: datetime | None = None,
    assigned_to: str | None = None,
) -> str:
    """Add a task, for oneself, a colleague or nobody in particular; gives its id."""
    _check(text)
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        keys = await opened(session, keyring, conversation.id)
        task_id = new_id()
        sealed = keys.seal(row.part, 0, f"task {task_id}", text.strip())
        session.add(
            Task(
                id=task_id, reference=reference, by=actor.id, assigned_to=assigned_to, due_at=due_at, done_at=None,
                at=desk.clock(), part=row.part, sealed=sealed,
            )
        )  # fmt: skip
        await desk.record(session, actor, "case.task", reference)
        announce(session, QUEUE, *([staff_topic(assigned_to)] if assigned_to else []))
        return task_id


async def finish_task(desk: Desk, actor: Actor, task_id: str) -> None:
    """Mark a task as done; doing so again changes nothing."""
    async with desk.store.writing() as session:
        task = await session.get(Task, task_id)
        if task is None:
            raise Refused("there is no such task")
        if task.done_at is None:
            task.done_at = desk.clock()
            await desk.record(session, actor, "case.task_done", task.reference)
            announce(session, QUEUE)


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is not done, without its text: that is on the case."""

    id: str
    reference: str
    level: str
    due_at: datetime | None
    assigned_to: str | None


async def open_tasks(desk: Desk) -> list[OpenTask]:
    """Every task that is not done, the first due first; those without a date at the end."""
    async with desk.store.reading() as session:
        rows = await session.execute(
            select(Task, ReportRow.level)
            .join(ReportRow, ReportRow.reference == Task.reference)
            .where(Task.done_at.is_(None))
        )
        found = [OpenTask(t.id, t.reference, level, t.due_at, t.assigned_to) for t, level in rows.all()]
    return sorted(found, key=lambda task: (task.due_at is None, task.due_at or desk.clock(), task.reference))


def _check(text: str) -> None:
    if not text.strip():
        raise Refused("write something first")
    if len(text) > LONGEST:
        raise Refused(f"at most {LONGEST} characters")
