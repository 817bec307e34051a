"""Consent is enforced where data leaves, asked again at the moment of export, and withdrawn at once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import select

from handover import queue
from handover.conversation import texts
from handover.hub import staff_topic
from handover.queue import NotAgreed, SecondPersonNeeded
from handover.queue.sharing import SENT
from handover.store import AuditLine, Message, ReportRow
from meldpunt.report import Consent, ConsentItem, Feiten, Field, Melder, OwnWords, Report
from meldpunt.sharing import recipients
from tests.handover.conftest import House

REASON = "besproken met de melder op dinsdag"


async def held_case(house: House, words: str = "yes"):
    line = await house.report(words=words)
    actor, keyring = await house.office.person()
    (item,) = await queue.list_queue(house.desk, actor, keyring)
    await queue.claim(house.desk, actor, item.reference, item.version)
    return line, actor, keyring, item.reference


async def test_the_recipients_are_those_that_the_reporter_agrees_to(house: House):
    _, actor, keyring, reference = await held_case(house)
    case = await queue.open_report(house.desk, actor, keyring, reference)
    assert case.recipients == {"zorgcoordinator"}


async def test_sharing_without_a_yes_is_refused(house: House):
    _, actor, keyring, reference = await held_case(house)
    for recipient in ("politie", "comensha", "gemeente", "veilig_thuis"):
        with pytest.raises(NotAgreed):
            await queue.request_share(house.desk, actor, keyring, reference, recipient, "toestemming", REASON)


async def test_from_hoog_up_a_second_person_decides(house: House):
    _, actor, keyring, reference = await held_case(house)
    share = await queue.request_share(
        house.desk, actor, keyring, reference, "zorgcoordinator", "toestemming", REASON
    )
    with pytest.raises(queue.Refused):
        await queue.export_case(house.desk, actor, keyring, share)
    with pytest.raises(SecondPersonNeeded):
        await queue.approve_share(house.desk, actor, share)
    second, _ = await house.office.person("anna")
    await queue.approve_share(house.desk, second, share)
    document = await queue.export_case(house.desk, actor, keyring, share)
    assert set(document.fields) == {
        "melding",
        "melder",
        "betrokkene",
        "feiten",
        "veiligheid",
        "hulp",
        "triage",
    }
    assert document.fields["triage"] == {"voorstel": "hoog"}
    assert "contactgegeven" not in document.fields["melder"]  # contact_terug was not agreed to
    case = await queue.open_report(house.desk, actor, keyring, reference)
    assert case.shares[0].state == SENT


async def test_withdrawing_stops_what_was_agreed_and_staff_see_it_at_once(house: House):
    line, actor, keyring, reference = await held_case(house)
    share = await queue.request_share(
        house.desk, actor, keyring, reference, "zorgcoordinator", "toestemming", REASON
    )
    second, _ = await house.office.person("anna")
    await queue.approve_share(house.desk, second, share)
    with house.desk.hub.listen("queue") as bell:
        house.office.clock.advance(timedelta(seconds=1))
        await line.choose("consent:delen_zorgcoordinator", "no")
        assert "queue" in await bell.wait(5)
    with pytest.raises(queue.Refused):
        await queue.export_case(house.desk, actor, keyring, share)
    case = await queue.open_report(house.desk, actor, keyring, reference)
    assert case.recipients == frozenset()
    assert case.consents["delen_zorgcoordinator"].withdrawn_at is not None
    assert case.shares[0].state == "ingetrokken"
    assert case.item.consent_changed
    changes = [(change.item, change.value) for change in case.consent_history][-1]
    assert changes == ("delen_zorgcoordinator", "nee")
    await line.until("consents", items=[
        {
            "item": "bewaren_eigen_woorden", "label": "Mijn eigen zinnen bewaren", "value": "ja",
            "no_means": "erases_own_words",
        },
        {"item": "delen_politie", "label": "Bespreken met de politie", "value": "nee", "no_means": "changeable"},
        {"item": "delen_zorgcoordinator", "label": "Delen met de zorgcoördinator", "value": "nee", "no_means": "changeable"},
        {"item": "opslaan_melding", "label": "De melding bewaren", "value": "ja", "no_means": "erases_everything"},
    ])  # fmt: skip


async def test_consent_can_be_given_later_by_the_same_code(house: House):
    line, actor, keyring, reference = await held_case(house)
    await line.choose("consent:delen_politie", "yes")
    case = await queue.open_report(house.desk, actor, keyring, reference)
    assert case.recipients == {"zorgcoordinator", "politie"}


async def test_an_item_that_does_not_exist_is_refused(house: House):
    line, *_ = await held_case(house)
    await line.send({"type": "choice", "id": "1", "ask": "consent:alles", "value": "yes"})
    assert (await line.until("error"))["status"] == 400


async def test_vital_interest_needs_a_reason_and_is_audited(house: House):
    _, actor, keyring, reference = await held_case(house)
    with pytest.raises(queue.ReasonNeeded):
        await queue.request_share(house.desk, actor, keyring, reference, "politie", "vitaal_belang", "haast")
    share = await queue.request_share(
        house.desk, actor, keyring, reference, "politie", "vitaal_belang", REASON
    )
    second, _ = await house.office.person("anna")
    await queue.approve_share(house.desk, second, share)
    document = await queue.export_case(house.desk, actor, keyring, share)
    assert document.ground == "vitaal_belang"
    async with house.desk.store.reading() as session:
        lines = [(line.action, line.details) for line in await session.scalars(select(AuditLine))]
    assert ("share.asked", {"ground": "vitaal_belang", "recipient": "politie"}) in lines
    assert ("share.exported", {"recipient": "politie"}) in lines


async def test_withdrawn_words_are_no_longer_shown_or_exported(house: House):
    line, actor, keyring, reference = await held_case(house)
    before = await queue.open_report(house.desk, actor, keyring, reference)
    assert before.report.feiten.eigen_woorden
    await line.choose("consent:bewaren_eigen_woorden", "no")
    after = await queue.open_report(house.desk, actor, keyring, reference)
    assert not after.report.feiten.eigen_woorden
    assert after.report.feiten.indicatoren[0].tekst is None


@pytest.mark.parametrize("name", sorted(recipients()))
def test_a_document_holds_what_its_item_covers_and_nothing_else(name: str):
    """Every field of the contract is marked; only those of the recipient's list may come out."""
    report = Report(
        melder=Melder(contactgegeven=Field(value="GEHEIM-CONTACT", status="bekend")),
        feiten=Feiten(eigen_woorden=(OwnWords(message=1, tekst="GEHEIM-WOORD"),)),
        toestemming={"bewaren_eigen_woorden": Consent(waarde="ja")},
    )
    recipient = recipients()[name]
    chosen = recipient.selection(report)
    for block, fields in chosen.items():
        allowed = recipient.fields[block]
        assert allowed is None or set(fields) <= allowed
    said = json.dumps(chosen)
    assert "GEHEIM-CONTACT" not in said
    assert ("GEHEIM-WOORD" in said) == (recipient.fields.get("feiten", frozenset()) is None)
    assert "toestemming" not in chosen


async def test_withdrawn_words_are_gone_from_the_thread_and_from_the_database(any_house: House):
    line, actor, keyring, reference = await held_case(any_house)
    seq = await line.say("en dit schreef ik er later bij")
    async with any_house.desk.store.reading() as session:
        before = {m.seq: m.sealed for m in await session.scalars(select(Message))}
    await line.choose("consent:bewaren_eigen_woorden", "no")
    case = await queue.open_report(any_house.desk, actor, keyring, reference)
    said = [message.body.text for message in case.messages]
    assert not any("hij stuurt mijn foto door" in text or "later bij" in text for text in said)
    assert [message.seq for message in case.messages] == list(range(1, len(said) + 1))
    async with any_house.desk.store.reading() as session:
        after = {m.seq: m.sealed for m in await session.scalars(select(Message))}
        row = await session.get(ReportRow, reference)
    assert row.sealed_words is None
    assert before[2] != after[2]
    assert before[seq] != after[seq]
    again = await any_house.line(line.token)
    await again.until("consents")
    assert "hij stuurt mijn foto door" not in again.texts.values()
    later = await line.say("dit mag wel")
    case = await queue.open_report(any_house.desk, actor, keyring, reference)
    assert {m.seq: m.body.text for m in case.messages}[later] == "dit mag wel"


async def test_whoever_has_the_case_is_told_of_a_withdrawal_at_once(house: House):
    line, actor, _, _ = await held_case(house)
    with house.desk.hub.listen(staff_topic(actor.id)) as bell:
        await line.choose("consent:delen_zorgcoordinator", "unsure")
        assert await bell.wait(5)


async def test_every_change_of_a_consent_stands_in_the_trail(house: House):
    line, _, _, reference = await held_case(house)
    await line.choose("consent:delen_zorgcoordinator", "no")
    async with house.desk.store.reading() as session:
        (found,) = (await session.scalars(select(AuditLine).where(AuditLine.action == "consent.nee"))).all()
    assert (found.actor, found.object, found.details) == (
        "bezoeker", reference, {"item": "delen_zorgcoordinator"},
    )  # fmt: skip


async def test_who_takes_back_that_the_report_may_be_kept_has_it_erased(house: House):
    line, actor, keyring, reference = await held_case(house)
    await line.send({"type": "choice", "id": "1", "ask": "consent:opslaan_melding", "value": "no"})
    await line.until("erased")
    with pytest.raises(queue.CaseGone):
        await queue.open_report(house.desk, actor, keyring, reference)


async def test_a_stored_report_is_kept_or_it_is_not(house: House):
    line, actor, keyring, reference = await held_case(house)
    await line.send({"type": "choice", "id": "1", "ask": "consent:opslaan_melding", "value": "unsure"})
    assert (await line.until("error", id="1"))["code"] == "unknown_choice"
    case = await queue.open_report(house.desk, actor, keyring, reference)
    assert case.consents["opslaan_melding"].yes


async def test_a_level_raised_after_agreement_asks_for_the_second_person(house: House):
    _, actor, keyring, reference = await held_case(house)
    async with house.desk.store.writing() as session:
        (await session.get(ReportRow, reference)).level = "verhoogd"
    share = await queue.request_share(
        house.desk, actor, keyring, reference, "zorgcoordinator", "toestemming", REASON
    )
    await queue.set_level(house.desk, actor, keyring, reference, "acuut", REASON)
    with pytest.raises(SecondPersonNeeded):
        await queue.export_case(house.desk, actor, keyring, share)


@pytest.mark.parametrize("item", get_args(ConsentItem))
def test_every_item_has_words_for_the_visitor(item: str):
    assert texts.consent_label(item)


async def test_what_was_changed_stands_in_the_thread_in_words(house: House):
    line, *_ = await held_case(house)
    seq = await line.choose("consent:delen_politie", "yes")
    later = await house.line(line.token)
    assert (await later.until("message", seq=seq))["text"] == "Bespreken met de politie: Ja"
