"""The reporter's literal words: sealed apart from the report, so that they can go while the report stays.

They go when consent to keep them is withdrawn (at once), and at the end of their term (retention).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.conversation import texts
from handover.conversation.thread import FIELD, Body
from handover.store import Message, ReportRow, UnfitPayload
from handover.vault import ConversationKeys, NotOpened
from meldpunt.report import Report

ITEM = "bewaren_eigen_woorden"
REPORT, WORDS = "report", "words"
QUOTE = 12  # characters from which a text of the bot that holds the reporter's sentence goes with it


def seal_report(keys: ConversationKeys, row: ReportRow, report: Report) -> None:
    """Put a report in its row: the literal words in one sealed value, everything else in another."""
    data = report.model_dump(mode="json")
    literal = {
        "eigen_woorden": data["feiten"].pop("eigen_woorden"),
        "teksten": [mention.pop("tekst") for mention in data["feiten"]["indicatoren"]],
    }
    row.sealed_report = keys.seal(row.part, 0, REPORT, data)
    has_words = bool(literal["eigen_woorden"]) or any(literal["teksten"])
    row.sealed_words = keys.seal(row.part, 0, WORDS, literal) if has_words else None


def report_data(keys: ConversationKeys, row: ReportRow) -> dict[str, Any]:
    """The report as JSON, with the literal words where they are still there."""
    data: dict[str, Any] = keys.open(row.part, 0, REPORT, row.sealed_report)
    if row.sealed_words is not None:
        literal = keys.open(row.part, 0, WORDS, row.sealed_words)
        data["feiten"]["eigen_woorden"] = literal["eigen_woorden"]
        for mention, text in zip(data["feiten"]["indicatoren"], literal["teksten"], strict=True):
            mention["tekst"] = text
    return data


def report_of(keys: ConversationKeys, row: ReportRow) -> Report:
    """The report, with the literal words where they are still there."""
    return Report.model_validate(report_data(keys, row))


async def take_words_away(session: AsyncSession, keys: ConversationKeys, row: ReportRow) -> None:
    """Take the literal words out of the report and out of the thread, for staff and for the reporter alike.

    Every message keeps its number; what stood in it is written over. ``keys`` are the reporter's own.
    """
    row.sealed_words = None
    data = keys.open(row.part, 0, REPORT, row.sealed_report)
    for mention in data["feiten"]["indicatoren"]:
        mention["start"] = mention["eind"] = 0  # they would mark letters of what is written over
    row.sealed_report = keys.seal(row.part, 0, REPORT, data)
    rows = await session.scalars(
        select(Message).where(Message.conversation_id == keys.conversation_id).order_by(Message.seq)
    )
    said: list[str] = []
    for message in rows:
        try:
            body = Body.of(keys.open(message.part, message.seq, FIELD, message.sealed))
        except NotOpened:
            continue  # not handed over either: only the first token opens it
        if message.author == "visitor" and body.value is None:
            said.append(body.text)
        elif message.author == "staff" or not any(len(own) >= QUOTE and own in body.text for own in said):
            continue
        gone = {**_as_data(body), "text": texts.phrase("words_taken_away")}
        message.sealed = keys.seal(message.part, message.seq, FIELD, gone)
    await session.execute(delete(UnfitPayload).where(UnfitPayload.conversation_id == keys.conversation_id))


def _as_data(body: Body) -> dict[str, Any]:
    return {name: getattr(body, name) for name in Body.__dataclass_fields__}
