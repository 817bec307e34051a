"""Invented cases to look at and to test with (``make run DEMO=1``): 60 reports over two years, two colleagues, an auditor.

The rows are ``data/demo_reports.tsv``, what is told in them ``data/demo_stories.yml``; levels and scores are the rules' own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import yaml
from sqlalchemy import func, select

from handover import accounts
from handover.conversation.handing_over import CASE, CHAT
from handover.conversation.states import State
from handover.conversation.thread import Body, post
from handover.demo_data import DATA, Row, report_of, rows, told
from handover.desk import SYSTEM, Actor, Desk, new_id
from handover.queue.card import card_of
from handover.queue.consent import store_consents
from handover.queue.status import CLOSED
from handover.queue.words import seal_report
from handover.store import CaseEvent, Conversation, HandedOverKey, Note, Receipt, ReportRow, Task
from handover.vault import ConversationKeys, new_key

PASSWORD = "demo-wachtwoord"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = (("noor", ("medewerker",)), ("bas", ("coordinator",)), ("mila", ("auditor",)))


async def fill(desk: Desk, first: accounts.FirstAccount) -> None:
    """Put the invented cases and colleagues into an installation that was made just now."""
    async with desk.store.reading() as session:
        if await session.scalar(select(func.count()).select_from(ReportRow)):
            raise RuntimeError("Invented cases go into an empty installation only: there are cases already.")
    person, pair = await accounts.check_password(desk, first.username, first.password)
    keyring = await accounts.keyring_of(desk, person.id, pair.private)
    actor = Actor(person.id, person.display_name, frozenset(person.roles))
    people: dict[str, str] = {}
    for name, roles in PEOPLE:
        token = await accounts.invite(desk, actor, keyring, list(roles))
        account = accounts.NewAccount(name, name.capitalize(), PASSWORD, TOTP_SECRET)
        people[name] = (await accounts.accept_invite(desk, token, account)).id
    stories = yaml.safe_load((DATA / "demo_stories.yml").read_text(encoding="utf-8"))
    for row in rows():
        await add_case(desk, row, stories, people)
    async with desk.store.writing() as session:
        await desk.record(session, Actor(SYSTEM, SYSTEM, frozenset()), "demo.filled", "demo")


async def add_case(desk: Desk, row: Row, stories: dict[str, Any], people: dict[str, str]) -> None:
    """Put one invented case into the queue, with what was done on it; ``people`` maps names to staff ids."""
    story, now = stories["stories"][row.story], desk.clock()
    at = now - timedelta(days=row.days, hours=1 + row.number % 7, minutes=row.number)
    texts, mentions = told(story["berichten"])
    if row.kind == CHAT or not row.words:
        mentions = tuple(m.model_copy(update={"tekst": None}) for m in mentions)
    if not row.words:
        texts = []  # without consent to keep them staff never see the words
    report = report_of(row, story, mentions, at)
    waits = row.kind == CHAT
    keys = ConversationKeys.new(new_id())
    holder = people.get(row.holder)
    read, answered = _after(at, row.read_after, now), _after(at, row.answered_after, now)
    async with desk.store.writing() as session:
        newest = await accounts.newest_key(session)
        conversation = Conversation(
            id=keys.conversation_id,
            state=State.WAITING if waits else State.FOLLOW_UP,
            last_seq=0,
            part=0,
            sender=new_id(),
            created_at=at,
            last_sign_at=now if waits else at,
            paused=False,
            waiting_since=now - timedelta(minutes=3 * row.number) if waits else None,
            failures=0,
        )
        session.add(conversation)
        await session.flush()
        session.add(
            HandedOverKey(
                conversation_id=keys.conversation_id,
                generation=newest.generation,
                sealed=keys.sealed_for(newest.public_key),
            )
        )
        session.add(
            Receipt(
                lookup=new_key(),
                conversation_id=keys.conversation_id,
                wrapped_keys=b"",
                created_at=at,
                used_at=_after(at, 30.0, now) if row.came_back else None,
            )
        )
        reference = f"DEMO-{row.number:04d}"
        case = ReportRow(
            reference=reference,
            conversation_id=keys.conversation_id,
            kind=row.kind,
            status=row.status,
            level=report.triage.voorstel,
            proposed_level=report.triage.voorstel,
            municipality=row.municipality,
            reporter_role=story["rol"],
            created_at=at,
            updated_at=answered or read or at,
            first_opened_at=read,
            last_opened_at=answered or read,
            visitor_wrote_at=at,
            staff_wrote_at=answered,
            first_answered_at=answered,
            consent_changed_at=None,
            handled_at=_after(at, 200.0, now) if row.status in CLOSED else None,
            claimed_by=holder if row.status not in CLOSED else None,
            claimed_at=read if holder else None,
            lease_until=now + desk.settings.case_lease if holder else None,
            version=0,
            part=0,
            contract="1",
            sealed_card=keys.seal(0, 0, "card", card_of(report, "wil_mens" if waits else None).as_json()),
            sealed_review=None,
        )
        seal_report(keys, case, report)
        session.add(case)
        await session.flush()
        if row.kind == CASE:
            await store_consents(session, reference, report.toestemming, at)
        for seq, text in enumerate(texts):
            await post(
                session,
                conversation,
                keys,
                "visitor",
                Body(text),
                at + timedelta(minutes=seq),
                allowed=set(State),
            )
        if answered and holder:
            answer = stories["answers"][0 if story["rol"] == "zelf" else 1]
            await post(
                session, conversation, keys, "staff", Body(answer, by=holder), answered, allowed=set(State)
            )
        if holder:
            _work(session, keys, case, row, stories, holder, read or at, now)


def _work(
    session: Any,
    keys: ConversationKeys,
    case: ReportRow,
    row: Row,
    stories: dict[str, Any],
    holder: str,
    begun: datetime,
    now: datetime,
) -> None:
    """What a colleague did on a case: history, a note here and there, a task on what is open."""
    session.add(
        CaseEvent(
            reference=case.reference,
            kind="claimed",
            old=None,
            new=holder,
            by=holder,
            at=begun,
            part=0,
            sealed_reason=None,
        )
    )
    session.add(
        CaseEvent(
            reference=case.reference,
            kind="status",
            old="nieuw",
            new=row.status,
            by=holder,
            at=begun,
            part=0,
            sealed_reason=None,
        )
    )
    if row.number % 3 == 0:
        note = new_id()
        text = stories["notes"][row.number % len(stories["notes"])]
        session.add(
            Note(
                id=note,
                reference=case.reference,
                by=holder,
                at=begun,
                part=0,
                sealed=keys.seal(0, 0, f"note {note}", text),
            )
        )
    if row.status in ("in_behandeling", "wacht_op_melder") and row.number % 2 == 0:
        task = new_id()
        text = stories["tasks"][row.number % len(stories["tasks"])]
        session.add(
            Task(
                id=task,
                reference=case.reference,
                by=holder,
                assigned_to=holder,
                due_at=now + timedelta(days=row.number % 9 - 3),
                done_at=None,
                at=begun,
                part=0,
                sealed=keys.seal(0, 0, f"task {task}", text),
            )
        )


def _after(at: datetime, hours: float | None, now: datetime) -> datetime | None:
    return None if hours is None else min(at + timedelta(hours=hours), now)
