"""Searching within what one may read: everything is opened while the search runs, and no index is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from handover.conversation.thread import read
from handover.desk import Actor, Desk
from handover.queue.problems import Refused
from handover.queue.words import report_data
from handover.store import HandedOverKey, Note, ReportRow, Task
from handover.vault import Keyring, NotOpened

SHORTEST = 3
MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A case in which the words occur, and where: referentie, gesprek, melding, notitie, taak."""

    reference: str
    level: str
    status: str
    places: tuple[str, ...]
    messages: tuple[int, ...]


async def search(desk: Desk, actor: Actor, keyring: Keyring, words: str) -> list[Found]:
    """Cases in which ``words`` occur, newest first, at most 50. The audit line does not say what was looked for."""
    wanted = " ".join(words.casefold().split())
    if len(wanted) < SHORTEST:
        raise Refused(f"search for at least {SHORTEST} characters")
    found: list[Found] = []
    async with desk.store.reading() as session:
        rows = await session.execute(
            select(ReportRow, HandedOverKey)
            .join(HandedOverKey, HandedOverKey.conversation_id == ReportRow.conversation_id)
            .order_by(ReportRow.created_at.desc())
        )
        for row, key in rows.all():
            try:
                keys = keyring.open(row.conversation_id, key.generation, key.sealed)
                report = report_data(keys, row)
            except NotOpened:
                continue
            messages = tuple(
                m.seq for m in await read(session, keys) if wanted in " ".join(m.body.text.casefold().split())
            )
            notes = await session.scalars(select(Note).where(Note.reference == row.reference))
            tasks = await session.scalars(select(Task).where(Task.reference == row.reference))
            texts = {
                "referentie": row.reference.casefold(),
                "gesprek": wanted if messages else "",
                "melding": " ".join(_strings(report)).casefold(),
                "notitie": " ".join(keys.open(n.part, 0, f"note {n.id}", n.sealed) for n in notes).casefold(),
                "taak": " ".join(keys.open(t.part, 0, f"task {t.id}", t.sealed) for t in tasks).casefold(),
            }
            places = tuple(place for place, text in texts.items() if wanted in text)
            if places:
                found.append(Found(row.reference, row.level, row.status, places, messages))
            if len(found) == MOST:
                break
    async with desk.store.writing() as session:
        await desk.record(session, actor, "case.search", "search", found=str(len(found)))
    return found


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    return []
