"""Consent as it is today: who may get what, and changing it. Nothing leaves without asking here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.audit import Doing
from handover.desk import VISITOR, Desk
from handover.hub import QUEUE, staff_topic
from handover.queue.cases import note_event
from handover.queue.problems import NotAgreed, Refused
from handover.queue.words import ITEM as WORDS_ITEM
from handover.queue.words import take_words_away
from handover.store import ConsentChange, ConsentRow, ReportRow, Transfer
from handover.store.database import announce
from handover.vault import ConversationKeys
from meldpunt.report import Consent, ConsentItem, ConsentValue, Report
from meldpunt.sharing import recipients

RECIPIENTS = recipients()
STORING_ITEM = "opslaan_melding"
REPORTER = "melder"
WITHDRAWN = "ingetrokken"
NO_MEANS = {STORING_ITEM: "erases_everything", WORDS_ITEM: "erases_own_words"}


def no_means(item: str) -> str:
    """What taking back this consent does: a page asks again before what cannot be undone (docs/protocol.md)."""
    return NO_MEANS.get(item, "changeable")


@dataclass(frozen=True, slots=True)
class ConsentToday:
    """The value of an item now, since when, and when it was withdrawn if it was."""

    item: str
    value: str
    at: datetime
    withdrawn_at: datetime | None

    @property
    def yes(self) -> bool:
        return self.value == "ja" and self.withdrawn_at is None


async def store_consents(
    session: AsyncSession, reference: str, given: Mapping[ConsentItem, Consent], at: datetime
) -> None:
    """Store the consents of a new report, with their first line of history."""
    for item, consent in given.items():
        when = consent.tijdstip or at
        session.add(
            ConsentRow(
                reference=reference, item=item, value=consent.waarde, at=_aware(when, at),
                text_version=consent.tekstversie, given_by=consent.gegeven_door, age_band=consent.leeftijdsband,
                withdrawn_at=consent.ingetrokken_op,
            )
        )  # fmt: skip
        session.add(
            ConsentChange(
                reference=reference, item=item, value=consent.waarde, by=REPORTER, at=at,
                text_version=consent.tekstversie,
            )
        )  # fmt: skip


async def consent_rows(session: AsyncSession, reference: str) -> Sequence[ConsentRow]:
    """Every item that has a value, as it is kept."""
    return (await session.scalars(select(ConsentRow).where(ConsentRow.reference == reference))).all()


def by_item(rows: Iterable[ConsentRow]) -> dict[str, ConsentToday]:
    """The values of today, by item."""
    return {row.item: ConsentToday(row.item, row.value, row.at, row.withdrawn_at) for row in rows}


async def consents_today(session: AsyncSession, reference: str) -> dict[str, ConsentToday]:
    """Every item that has a value, by id."""
    return by_item(await consent_rows(session, reference))


async def with_contact(session: AsyncSession) -> frozenset[str]:
    """The references of cases whose reporter agreed to be contacted."""
    found = await session.scalars(
        select(ConsentRow.reference).where(
            ConsentRow.item == "contact_terug", ConsentRow.value == "ja", ConsentRow.withdrawn_at.is_(None)
        )
    )
    return frozenset(found)


def allowed(today: Mapping[str, ConsentToday]) -> frozenset[str]:
    """The recipients that these consents let have data."""
    return frozenset(
        name for name, to in RECIPIENTS.items() if (consent := today.get(to.item)) is not None and consent.yes
    )


async def allowed_recipients(session: AsyncSession, reference: str) -> frozenset[str]:
    """The recipients that the reporter agrees to today."""
    return allowed(await consents_today(session, reference))


async def must_agree(session: AsyncSession, reference: str, recipient: str) -> None:
    """Raise :class:`NotAgreed` unless the reporter agrees today that ``recipient`` gets data."""
    if recipient not in await allowed_recipients(session, reference):
        raise NotAgreed(f"the reporter did not agree to sharing with {recipient}")


async def change_consent(
    desk: Desk,
    session: AsyncSession,
    keys: ConversationKeys,
    row: ReportRow,
    item: str,
    value: ConsentValue,
    by: str = REPORTER,
) -> None:
    """Change one consent in the caller's transaction: staff see it at once, shares not yet sent are stopped.

    Without a yes to keeping literal words, the words are taken away then and there.
    """
    if item not in get_args(ConsentItem):
        raise Refused("there is no such consent item")
    now = desk.clock()
    consent = await session.get(ConsentRow, (row.reference, item))
    old = consent.value if consent else "niet_gevraagd"
    if consent is None:
        consent = ConsentRow(reference=row.reference, item=item, value=value, at=now, withdrawn_at=None)
        session.add(consent)
    consent.value, consent.at = value, now
    consent.withdrawn_at = now if old == "ja" and value != "ja" else None
    session.add(ConsentChange(reference=row.reference, item=item, value=value, by=by, at=now))
    row.consent_changed_at = now
    if value != "ja":
        await _stop_shares(session, row.reference, item)
    if item == WORDS_ITEM and old == "ja" and value != "ja":
        await take_words_away(session, keys, row)
    await note_event(session, row, "consent", by, now, old=f"{item}:{old}", new=f"{item}:{value}")
    announce(session, QUEUE, *([staff_topic(row.claimed_by)] if row.claimed_by else []))
    await desk.audit.write(
        session, Doing(VISITOR, f"consent.{value}", row.reference, details=(("item", item),)), now
    )


def as_of_today(rows: Iterable[ConsentRow], data: dict[str, Any]) -> Report:
    """The report (as JSON) with the consents of today instead of those of its day.

    Without consent to keep literal words, the words go too.
    """
    rows = list(rows)
    data["toestemming"] = {
        row.item: {
            "waarde": row.value, "tijdstip": row.at, "tekstversie": row.text_version, "gegeven_door": row.given_by,
            "leeftijdsband": row.age_band, "ingetrokken_op": row.withdrawn_at,
        }
        for row in rows
    }  # fmt: skip
    if not any(row.item == WORDS_ITEM and row.value == "ja" for row in rows):
        data["feiten"]["eigen_woorden"] = ()
        for mention in data["feiten"]["indicatoren"]:
            mention["tekst"] = None
    return Report.model_validate(data)


async def _stop_shares(session: AsyncSession, reference: str, item: str) -> None:
    names = [name for name, to in RECIPIENTS.items() if to.item == item]
    waiting = await session.scalars(
        select(Transfer).where(
            Transfer.reference == reference,
            Transfer.recipient.in_(names),
            Transfer.ground == "toestemming",
            Transfer.sent_at.is_(None),
        )
    )
    for transfer in waiting:
        transfer.state = WITHDRAWN


def _aware(moment: datetime, otherwise: datetime) -> datetime:
    return moment if moment.tzinfo is not None else otherwise
