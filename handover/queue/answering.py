"""Staff in the conversation: answering, typing, ending it, giving it back to the bot.

Who has the case is checked in the transaction that stores the answer: a claim lost a moment ago sends
nothing.
"""

from __future__ import annotations

from handover.conversation.states import STAFF_MAY_WRITE, Happening, change
from handover.conversation.thread import Body, post
from handover.desk import Actor, Desk, new_id
from handover.hub import QUEUE, typing_topic
from handover.queue.cases import held, must_hold, note_event, opened
from handover.queue.problems import Refused
from handover.store import Outbox
from handover.store.database import announce
from handover.vault import Keyring

LONGEST = 4000


async def answer(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, text: str, client_id: str | None = None
) -> int:
    """Send a message to the visitor in a case one has; gives its ``seq``.

    The same ``client_id`` again sends nothing more and gives the same ``seq``.
    """
    if not text.strip() or len(text) > LONGEST:
        raise Refused(f"an answer has 1 to {LONGEST} characters")
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, now)
        keys = await opened(session, keyring, conversation.id)
        body = Body(text.strip(), by=actor.id)
        posted = await post(
            session, conversation, keys, "staff", body, now, allowed=STAFF_MAY_WRITE, client_id=client_id
        )
        if not posted.again:
            row.staff_wrote_at = row.updated_at = now
            row.first_answered_at = row.first_answered_at or now
            await desk.record(session, actor, "case.answer", reference, seq=str(posted.seq))
            announce(session, QUEUE)
        return posted.seq


def typing(desk: Desk, conversation_id: str) -> None:
    """Tell the visitor that staff type; told, never stored."""
    desk.hub.wake([typing_topic(conversation_id)])


async def end_conversation(
    desk: Desk, actor: Actor, reference: str, keyring: Keyring | None = None, reason: str = ""
) -> None:
    """End a live conversation one has, with the reason; the visitor can still write on, and is answered later."""
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, now)
        change(session, conversation, Happening.ENDED)
        row.lease_until = now + desk.settings.case_lease
        keys = await opened(session, keyring, conversation.id) if keyring else None
        await note_event(session, row, "ended", actor.id, now, keys=keys, reason=reason.strip())
        await desk.record(session, actor, "case.ended", reference)


async def give_back(desk: Desk, actor: Actor, reference: str, version: int) -> None:
    """Give a live conversation one has back to the bot, which goes on where it was."""
    now = desk.clock()
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, now)
        if row.version != version:
            raise Refused("somebody changed this case just now")
        change(session, conversation, Happening.GIVEN_BACK)
        row.claimed_by = row.claimed_at = row.lease_until = None
        row.version += 1
        conversation.waiting_since = None
        session.add(
            Outbox(
                conversation_id=conversation.id, seq=0, kind="given_back", message_id=new_id(), attempts=0,
                told=False, created_at=now,
            )
        )  # fmt: skip
        await note_event(session, row, "given_back", actor.id, now)
        await desk.record(session, actor, "case.given_back", reference)
