"""What lies on disk tells nothing: no words, no codes, no tokens, in any file of the database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from handover.queue import CaseGone, add_note, answer, claim, list_queue, set_level
from handover.queue.cases import opened
from handover.store import Base, Conversation, HandedOverKey, ReportRow
from tests.handover.conftest import House

STORY = "kanarievogel in de kolenmijn"
ANSWER = "antwoord met papegaaienveren"
NOTE = "aantekening over zeepaardjes"
REASON = "reden met flamingoveren erin"


async def whole_case(house: House):
    actor, keyring = await house.office.person()
    line = await house.report(story=STORY)
    (item,) = await list_queue(house.desk, actor, keyring)
    await claim(house.desk, actor, item.reference, item.version)
    await answer(house.desk, actor, keyring, item.reference, ANSWER)
    await add_note(house.desk, actor, keyring, item.reference, NOTE)
    await set_level(house.desk, actor, keyring, item.reference, "acuut", REASON)
    await line.until("message", author="staff")
    return line


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_the_database_holds_none_of_the_words_that_were_typed(house: House, tmp_path: Path):
    line = await whole_case(house)
    code = line.last("receipt")["code"]
    raw = on_disk(tmp_path)
    assert len(raw) > 100_000
    secrets = [
        STORY,
        ANSWER,
        NOTE,
        REASON,
        code,
        code.replace(" ", ""),
        line.token,
        "chantage",
        "Vertel maar",
    ]
    for secret in secrets:
        for form in (secret.encode(), secret.encode("utf-16-le"), json.dumps(secret)[1:-1].encode()):
            assert form not in raw, f"{secret!r} is on disk"
    for word in ("kanarievogel", "papegaaienveren", "zeepaardjes", "flamingoveren"):
        assert word.encode() not in raw


async def test_postgres_holds_none_of_them_either(any_house: House):
    await whole_case(any_house)
    async with any_house.desk.store.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                assert not any(word in repr(tuple(row)) for word in (STORY, ANSWER, NOTE, REASON)), table.name


async def test_after_erasing_the_rows_are_gone_from_the_file(house: House, tmp_path: Path):
    line = await whole_case(house)
    async with house.desk.store.reading() as session:
        reference = await session.scalar(select(ReportRow.reference))
        sealed = await session.scalar(select(ReportRow.sealed_report))
    await line.send({"type": "erase"})
    await line.until("erased")
    await house.desk.store.close()  # the last connection folds the write-ahead log into the file
    assert sealed not in on_disk(tmp_path)
    async with house.desk.store.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in ("audit", "bot_erasures"):
                continue
            assert reference not in repr((await session.execute(select(table))).all()), table.name


async def test_staff_cannot_open_a_conversation_that_was_not_handed_over(house: House):
    _, keyring = await house.office.person()
    line = await house.line()
    await line.until_ask("story")
    await line.say(STORY)
    async with house.desk.store.reading() as session:
        conversation = await session.scalar(select(Conversation.id))
        assert await session.scalar(select(HandedOverKey)) is None
        with pytest.raises(CaseGone):
            await opened(session, keyring, conversation)


async def test_only_a_known_municipality_stands_in_the_clear(house: House):
    from handover.conversation.handing_over import municipality

    assert municipality("Hengelo") == "Hengelo"
    assert municipality("buiten") == "buiten"
    assert municipality("bij oma achter de kerk") is None
    assert municipality(None) is None
