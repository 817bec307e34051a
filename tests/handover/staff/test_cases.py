"""The queue and a case, through the pages that staff use."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select, update

from handover.conversation.states import State
from handover.conversation.thread import read
from handover.queue import claim
from handover.queue.listing import waiting_position
from handover.staff.web import LIVE_HEADER, RINGS
from handover.store import AuditLine, Conversation, KeyGrant, ReportRow, Staff
from meldpunt.report import Consent, Feiten, FiredRule, Kwaliteit, Mention, Report, Triage
from tests.handover.staff.conftest import Fetch, StaffSide

SAID = "hij wil dat ik vanavond naar een hotel kom <script>"
BEGIN, END = SAID.index("vanavond"), SAID.index(" <script>")


def report_with_evidence() -> Report:
    return Report(
        feiten=Feiten(
            indicatoren=(
                Mention(indicator="hotelafspraak", message=1, start=BEGIN, eind=END, tekst=SAID[BEGIN:END]),
            )
        ),
        toestemming={"opslaan_melding": Consent(waarde="ja"), "bewaren_eigen_woorden": Consent(waarde="ja")},
        triage=Triage(
            voorstel="acuut", regels=(FiredRule(id="A7", titel="Hotelafspraak", level="acuut", because=(0,)),)
        ),
    )


async def test_the_queue_orders_by_level_and_puts_who_waits_on_top(staff: StaffSide, fetch: Fetch) -> None:
    for reference, level in (("MT-1", "laag"), ("MT-2", "acuut"), ("MT-3", "verhoogd"), ("MT-4", "hoog")):
        await staff.add_case(reference, level)
    await staff.add_case("MT-5", "onvoldoende_informatie", State.WAITING)
    await staff.log_in()
    order = re.findall(r'data-reference="([^"]+)"', await fetch("/wachtrij"))
    assert order == ["MT-5", "MT-2", "MT-4", "MT-3", "MT-1"]


async def test_an_acute_visitor_goes_before_who_waits_longer(staff: StaffSide, fetch: Fetch) -> None:
    for reference, level in (("MT-1", "laag"), ("MT-2", "hoog"), ("MT-3", "acuut"), ("MT-4", "acuut")):
        await staff.add_case(reference, level, State.WAITING)
        staff.later(minutes=1)
    await staff.log_in()
    assert re.findall(r'data-reference="([^"]+)"', await fetch("/wachtrij")) == ["MT-3", "MT-4", "MT-1", "MT-2"]
    async with staff.desk.store.reading() as session:
        places = {
            reference: await waiting_position(
                session, await session.get_one(Conversation, keys.conversation_id)
            )
            for reference, keys in staff.keys.items()
        }
    assert places == {"MT-3": 1, "MT-4": 2, "MT-1": 3, "MT-2": 4}


@pytest.mark.parametrize(
    "path", ["/wachtrij", "/gesprekken", "/taken", "/zoeken", "/mijn", "/meldingen/MT-3", "/meldingen/MT-9"]
)
async def test_what_is_acute_is_on_top_of_every_page(staff: StaffSide, fetch: Fetch, path: str) -> None:
    await staff.add_case("MT-1", "acuut", State.WAITING)
    await staff.add_case("MT-2", "acuut")
    await staff.add_case("MT-3", "laag")
    await staff.log_in()
    text = await fetch(path)
    assert 'data-acute="2" data-waiting="0"' in text
    assert "1 acuut wacht nu op een mens." in text
    for reference in ("MT-1", "MT-2"):
        await staff.form("/wachtrij", f"/meldingen/{reference}/claim", version="0")
    assert "nog van niemand" not in await fetch(path)


async def test_who_may_not_read_cases_sees_no_numbers_of_them(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "acuut")
    await staff.log_in()
    async with staff.desk.store.writing() as session:
        await session.execute(update(Staff).values(roles=["auditor"]))
    assert 'id="alarm"' not in await fetch("/mijn")


async def test_an_open_case_is_told_that_something_is_in_the_queue(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "laag")
    await staff.log_in()
    async with staff.client.ws_connect("/live?melding=MT-1") as socket:
        staff.desk.hub.wake(["queue"])
        assert await socket.receive_json(timeout=5) == {"type": "elsewhere"}


async def test_the_queue_shows_no_message(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "acuut", said=SAID, report=report_with_evidence())
    await staff.log_in()
    text = await fetch("/wachtrij")
    assert "vanavond" not in text
    assert "Acuut" in text


async def test_a_case_marks_the_evidence(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "acuut", said=SAID, report=report_with_evidence())
    await staff.log_in()
    text = await fetch("/meldingen/MT-1")
    assert re.search(r'<mark class=""><a class="evidence" [^>]*>vanavond naar een hotel kom</a>', text)
    assert re.search(
        r'role="tooltip"[^>]*><b>Afspraak in hotel[^<]*</b>: bevestigd, feit, tijd onbekend, 100% zeker', text
    )
    assert "&lt;script&gt;" in text
    assert "A7" in text


async def test_who_claims_second_is_told_who_was_first(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    await claim(staff.desk, await staff.add_colleague(), "MT-1", 0)
    answer = await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    assert answer.status == 409
    assert "Noor" in await answer.text()


async def test_an_answer_reaches_the_visitor_once(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    for _ in range(2):
        done = await staff.form(
            "/meldingen/MT-1", "/meldingen/MT-1/antwoord", text="Dank je wel.", client_id="een"
        )
        assert done.status == 303
    async with staff.desk.store.reading() as session:
        thread = await read(session, staff.keys["MT-1"])
    assert [(m.author, m.body.text) for m in thread] == [("visitor", "hallo"), ("staff", "Dank je wel.")]


async def test_an_answer_without_a_claim_is_refused(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    assert (await staff.form("/meldingen/MT-1", "/meldingen/MT-1/antwoord", text="Hoi")).status == 409


async def test_a_waiting_conversation_is_claimed_answered_and_closed(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "verhoogd", State.WAITING, said="is daar iemand")
    await staff.log_in()
    assert "MT-1" in await fetch("/gesprekken")
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    assert "Sluit gesprek" in await fetch("/meldingen/MT-1")
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/antwoord", text="Ja, ik ben Bo.")
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/sluiten", reason="het gesprek is klaar")
    text = await fetch("/meldingen/MT-1")
    assert "Ja, ik ben Bo." in text
    assert "Sluit gesprek" not in text


@pytest.mark.parametrize(
    "path", ["/uitloggen", "/meldingen/MT-1/claim", "/meldingen/MT-1/antwoord", "/beschikbaar"]
)
@pytest.mark.parametrize("token", [None, "0" * 64])
async def test_a_form_without_its_token_is_refused(staff: StaffSide, path: str, token: str | None) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    data = {"version": "0", "text": "hoi"} | ({"csrf": token} if token else {})
    assert (await staff.client.post(path, data=data, allow_redirects=False)).status == 403


@pytest.mark.parametrize("path", ["/login", "/wachtrij", "/gesprekken", "/meldingen/MT-1", "/meldingen/MT-9"])
async def test_pages_hold_no_inline_script_or_style(staff: StaffSide, fetch: Fetch, path: str) -> None:
    await staff.add_case("MT-1", "acuut", said=SAID, report=report_with_evidence())
    if path != "/login":
        await staff.log_in()
    text = await fetch(path)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|javascript:", text)
    answer = await staff.client.get(path)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_an_open_page_is_told_to_look_again(staff: StaffSide) -> None:
    await staff.log_in()
    async with staff.client.ws_connect("/live") as socket:
        await staff.add_case("MT-1", "hoog")
        staff.desk.hub.wake(["queue"])
        assert await socket.receive_json(timeout=5) == {"type": "changed"}


async def test_being_available_is_shown_and_ended(staff: StaffSide, fetch: Fetch) -> None:
    await staff.log_in()
    await staff.form("/wachtrij", "/beschikbaar", available="yes")
    assert "Stop met aannemen" in await fetch("/wachtrij")
    await staff.form("/wachtrij", "/beschikbaar", available="no")
    assert "Neem gesprekken aan" in await fetch("/wachtrij")


async def reads(staff: StaffSide) -> list[tuple[str, str]]:
    """Who read which case, from the audit trail: device and reference."""
    async with staff.desk.store.reading() as session:
        lines = await session.scalars(
            select(AuditLine).where(AuditLine.action == "case.read").order_by(AuditLine.number)
        )
        return [(line.device, line.object) for line in lines]


async def test_each_session_that_reads_a_case_is_audited_once(staff: StaffSide, fetch: Fetch) -> None:
    for reference in ("MT-1", "MT-2"):
        await staff.add_case(reference, "hoog")
    await staff.log_in()
    for path in ("/meldingen/MT-1", "/meldingen/MT-1", "/meldingen/MT-2"):
        await fetch(path)
    await staff.client.get("/meldingen/MT-1", headers={LIVE_HEADER: "1"})
    assert [about for _, about in await reads(staff)] == ["MT-1", "MT-2"]
    staff.later(minutes=1)
    await staff.log_in()
    await fetch("/meldingen/MT-1")
    found = await reads(staff)
    assert [about for _, about in found] == ["MT-1", "MT-2", "MT-1"]
    assert found[0][0] != found[2][0]


async def test_who_says_that_a_page_was_open_already_is_audited_all_the_same(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    answer = await staff.client.get("/meldingen/MT-1", headers={LIVE_HEADER: "1"})
    assert "hallo" in await answer.text()
    assert [about for _, about in await reads(staff)] == ["MT-1"]


async def test_that_a_consent_changed_stays_on_the_page_while_it_is_open(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    await fetch("/meldingen/MT-1")
    staff.later(minutes=1)
    async with staff.desk.store.writing() as session:
        await session.execute(update(ReportRow).values(consent_changed_at=staff.now[0]))
    for _ in range(2):
        answer = await staff.client.get("/meldingen/MT-1", headers={LIVE_HEADER: "1"})
        assert "toestemming gewijzigd" in await answer.text()


async def test_what_was_opened_is_let_go_at_logging_out(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    await fetch("/wachtrij")
    assert staff.client.app is not None
    rings = staff.client.app[RINGS]
    assert len(rings) == 1
    await staff.form("/wachtrij", "/uitloggen")
    assert len(rings) == 0


async def test_an_ended_access_opens_nothing_however_much_is_in_memory(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    assert "hallo" in await fetch("/meldingen/MT-1")
    async with staff.desk.store.writing() as session:
        await session.execute(delete(KeyGrant).where(KeyGrant.holder != "recovery"))
    answer = await staff.client.get("/meldingen/MT-1", allow_redirects=False)
    assert answer.headers["Location"] == "/login"


async def test_typing_is_told_only_by_who_has_the_case(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    topic = f"t:{staff.keys['MT-1'].conversation_id}"
    for claimed in (False, True):
        if claimed:
            await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
        async with staff.client.ws_connect("/live?melding=MT-1") as socket:
            with staff.desk.hub.listen(topic) as bell:
                await socket.send_str("typing")
                assert bool(await bell.wait(0.3)) is claimed


async def test_what_cannot_happen_now_is_said_so(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    answer = await staff.form("/meldingen/MT-1", "/meldingen/MT-1/sluiten", reason="het gesprek is klaar")
    assert answer.status == 409
    text = await answer.text()
    assert "Dat lukte niet" in text
    assert 'href="/meldingen/MT-1">Terug naar de melding' in text


async def test_a_possible_prank_is_shown_beside_the_proposal_and_lowers_nothing(staff: StaffSide, fetch: Fetch) -> None:
    marked = report_with_evidence().model_copy(update={"kwaliteit": Kwaliteit(mogelijk_niet_serieus=True)})
    await staff.add_case("MT-1", "acuut", report=marked)
    await staff.add_case("MT-2", "acuut", report=report_with_evidence())
    await staff.log_in()
    assert "Mogelijk niet serieus bedoeld" in await fetch("/meldingen/MT-1")
    assert "Mogelijk niet serieus bedoeld" not in await fetch("/meldingen/MT-2")
    assert re.findall(r'data-reference="([^"]+)"', await fetch("/wachtrij")) == ["MT-1", "MT-2"]
