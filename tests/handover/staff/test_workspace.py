"""What case workers do all day besides claiming and answering: filter, task, look alike, search, set, hand out."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from handover.conversation.states import State
from handover.conversation.thread import Body, locked, post
from handover.queue import claim, propose_link
from handover.queue.consent import store_consents
from handover.store import AuditLine, Receipt, ReportRow, SettingChange
from meldpunt.report import Betrokkene, Consent, Feiten, Field, Kwaliteit, Mention, Report
from tests.handover.staff.conftest import Fetch, StaffSide

WORDS = "hij stuurt mijn foto’s door ✓ naïef €"
AGREED = {
    item: Consent(waarde="ja") for item in ("opslaan_melding", "bewaren_eigen_woorden", "delen_politie")
}


def report(*indicators: str, band: str = "12-15") -> Report:
    return Report(
        betrokkene=Betrokkene(leeftijdsband=Field(value=band, status="bekend")),
        feiten=Feiten(
            indicatoren=tuple(
                Mention(indicator=one, message=1, start=0, eind=3, tekst=WORDS) for one in indicators
            )
        ),
        toestemming=AGREED,
    )


def order(text: str) -> list[str]:
    return re.findall(r'data-reference="([^"]+)"', text)


async def test_the_queue_is_filtered_and_counted(staff: StaffSide, fetch: Fetch) -> None:
    for reference, level in (("MT-1", "laag"), ("MT-2", "acuut"), ("MT-3", "hoog"), ("MT-4", "hoog")):
        await staff.add_case(reference, level)
    await staff.log_in()
    assert order(await fetch("/wachtrij?niveau=hoog")) == ["MT-3", "MT-4"]
    text = await fetch("/wachtrij")
    assert re.search(r'Hoog <span class="count">2</span>', text)
    await staff.form("/wachtrij", "/meldingen/MT-3/claim", version="0")
    assert order(await fetch("/wachtrij?wie=mij")) == ["MT-3"]
    assert order(await fetch("/wachtrij?wie=niemand&niveau=hoog")) == ["MT-4"]


async def test_what_is_acute_and_of_nobody_is_said_on_top(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-2", "acuut")
    await staff.log_in()
    assert 'data-acute="1"' in await fetch("/wachtrij?niveau=laag")
    await staff.form("/wachtrij", "/meldingen/MT-2/claim", version="0")
    assert 'data-acute="0"' in await fetch("/wachtrij")


async def test_a_filter_never_hides_who_waits_now(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog", State.WAITING)
    await staff.log_in()
    assert order(await fetch("/wachtrij?niveau=laag&gemeente=Almelo")) == ["MT-1"]


async def test_waiting_counts_until_there_is_an_answer(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "laag")
    staff.later(hours=25)
    await staff.log_in()
    assert "wachttijd, 1 per uur <b>25</b>" in await fetch("/wachtrij")
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/antwoord", text="Dank je wel.")
    text = await fetch("/wachtrij")
    assert "wachttijd, 1 per uur <b>0</b>" in text
    assert "niemand wacht" in text


async def test_nobody_has_more_conversations_than_may(staff: StaffSide) -> None:
    for number in (1, 2, 3):
        await staff.add_case(f"MT-{number}", "hoog", State.WAITING)
    await staff.log_in()
    for number in (1, 2):
        assert (await staff.form("/wachtrij", f"/meldingen/MT-{number}/claim", version="0")).status == 303
    third = await staff.form("/wachtrij", "/meldingen/MT-3/claim", version="0")
    assert third.status == 409
    assert "grootste aantal gesprekken" in await third.text()
    await staff.form("/instellingen", "/instellingen", name="max_chats", value="3")
    assert (await staff.form("/wachtrij", "/meldingen/MT-3/claim", version="0")).status == 303


async def test_a_task_is_made_shown_and_done(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    made = await staff.form(
        "/meldingen/MT-1", "/meldingen/MT-1/taak", text="bel de wijkcoach", due="2020-01-02"
    )
    assert made.status == 303
    text = await fetch("/meldingen/MT-1")
    assert "bel de wijkcoach" in text
    tasks = await fetch("/taken")
    assert "02-01-2020" in tasks
    assert "te laat" in tasks
    assert "wijkcoach" not in tasks
    done = re.search(r'action="(/meldingen/MT-1/taak/[^"]+/klaar)"', text)
    assert done
    await staff.form("/meldingen/MT-1", done[1])
    assert "MT-1" not in await fetch("/taken")


async def test_a_date_that_is_none_is_refused(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    assert (
        await staff.form("/meldingen/MT-1", "/meldingen/MT-1/taak", text="iets", due="morgen")
    ).status == 409


async def test_two_reports_are_tied_only_by_two_people(staff: StaffSide, fetch: Fetch) -> None:
    same = report("chantage_beeldmateriaal", "hotelafspraak")
    for reference in ("MT-1", "MT-2"):
        await staff.add_case(reference, "hoog", report=same)
    await staff.add_case("MT-3", "hoog", report=report("arbeid_loon_en_uren", band="24+"))
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    text = await fetch("/meldingen/MT-1?verwant=1")
    assert "/meldingen/MT-2" in text
    assert "/meldingen/MT-3" not in text
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/verwant", other="MT-2")
    assert "voorgesteld" in await fetch("/meldingen/MT-2")
    mine = await staff.form("/meldingen/MT-2", "/meldingen/MT-2/verwant/MT-1/besluit", decision="bevestigd")
    assert mine.status == 409
    await staff.form("/meldingen/MT-2", "/meldingen/MT-2/verwant/MT-1/besluit", decision="afgewezen")
    noor = await staff.add_colleague()
    await claim(staff.desk, noor, "MT-2", 0)
    await propose_link(staff.desk, noor, "MT-2", "MT-1")
    done = await staff.form("/meldingen/MT-1", "/meldingen/MT-1/verwant/MT-2/besluit", decision="bevestigd")
    assert done.status == 303
    assert "bevestigd" in await fetch("/meldingen/MT-2")


async def test_searching_finds_in_sealed_texts_and_leaves_no_trace_of_the_words(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog", said="hij wacht bij het zwembad")
    await staff.add_case("MT-2", "hoog", said="iets anders")
    await staff.log_in()
    await staff.form("/meldingen/MT-2", "/meldingen/MT-2/notitie", text="Ook hier een ZWEMBAD genoemd")
    text = await (await staff.form("/zoeken", "/zoeken", words="zwembad")).text()
    assert set(re.findall(r'href="/meldingen/(MT-\d)"', text)) == {"MT-1", "MT-2"}
    assert (await staff.form("/zoeken", "/zoeken", words="ab")).status == 422
    async with staff.desk.store.reading() as session:
        for line in await session.scalars(select(AuditLine)):
            assert "zwembad" not in repr((line.object, line.details)).lower()


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("opening_hours", "ma-zo 08:00-20:00", "maandag tot en met zondag"),
        ("canned", "Groet | Hoi, ik ben er.", "Groet | Hoi, ik ben er."),
        ("help_organisations", "Fier | 058 2157084 | opvang", "Fier | 058 2157084 | opvang"),
        ("start_title", "Praat met ons", "Praat met ons"),
        ("start_notice", "Vandaag zijn we er tot 15 uur.", "Vandaag zijn we er tot 15 uur."),
    ],
)
async def test_a_setting_is_in_use_at_once_and_audited(
    staff: StaffSide, fetch: Fetch, name: str, value: str, seen: str
) -> None:
    await staff.log_in()
    assert (await staff.form("/instellingen", "/instellingen", name=name, value=value)).status == 303
    assert seen in await fetch("/instellingen") + await fetch("/wachtrij")
    async with staff.desk.store.reading() as session:
        last = await session.scalar(select(AuditLine).where(AuditLine.action == "setting.changed"))
        kept = await session.scalar(select(SettingChange.name))
    assert last is not None
    assert (last.object, kept) == (name, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("opening_hours", "altijd"),
        ("max_chats", "0"),
        ("holidays", "kerst"),
        ("canned", "zonder tekst"),
        ("start_title", ""),
        ("elders", "x"),
    ],
)
async def test_a_setting_that_does_not_fit_changes_nothing(staff: StaffSide, name: str, value: str) -> None:
    await staff.log_in()
    assert (await staff.form("/instellingen", "/instellingen", name=name, value=value)).status == 422
    async with staff.desk.store.reading() as session:
        assert (await session.scalars(select(SettingChange))).all() == []


async def test_heavy_passages_are_blurred_where_staff_chose_that(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog", said=WORDS, report=report("chantage_beeldmateriaal"))
    await staff.log_in()
    assert "data-blurred" not in await fetch("/meldingen/MT-1")
    await staff.form("/instellingen", "/instellingen", name="blur", value="ja")
    assert "data-blurred" in await fetch("/meldingen/MT-1")


async def test_rejecting_computes_again_and_never_lowers_by_itself(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog", said=WORDS, report=report("chantage_beeldmateriaal"))
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    page = "/meldingen/MT-1"
    await staff.form(
        page, f"{page}/signaal", index="0", verdict="verworpen", reason="dit is een grap geweest"
    )
    text = await fetch(page)
    assert re.search(
        r"Opnieuw berekend met jullie oordeel: <span class=\"level level-(laag|onvoldoende)", text
    )
    assert re.search(r'id="kerngegevens"><span class="level level-hoog">', text)


async def test_a_document_holds_what_consent_covers_as_pdf_and_as_json(
    staff: StaffSide, fetch: Fetch
) -> None:
    await staff.add_case("MT-1", "verhoogd", said=WORDS, report=report("chantage_beeldmateriaal"))
    async with staff.desk.store.writing() as session:
        await store_consents(session, "MT-1", AGREED, staff.now[0])
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    page = "/meldingen/MT-1"
    asked = await staff.form(
        page, f"{page}/delen", recipient="politie", ground="toestemming", reason="de melder wil dit"
    )
    assert asked.status == 303
    share = re.search(r'action="(/meldingen/MT-1/delen/[^"]+/document)"', await fetch(page))
    assert share
    pdf = await (await staff.form(page, share[1], format="pdf")).read()
    text = pdf_text(pdf)
    assert pdf.startswith(b"%PDF")
    assert "Politie" in text
    assert "Chantage" in text
    assert WORDS in text
    json_text = await (await staff.form(page, share[1], format="json")).text()
    assert '"recipient": "politie"' in json_text
    other = await staff.form(
        page, f"{page}/delen", recipient="gemeente", ground="toestemming", reason="ook de gemeente"
    )
    assert other.status == 409


def pdf_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_the_trail_is_shown_and_checked(staff: StaffSide, fetch: Fetch) -> None:
    await staff.log_in()
    assert "Heel." in await fetch("/audit?controleer=1")
    async with staff.desk.store.writing() as session:
        line = await session.get(AuditLine, 1)
        assert line is not None
        line.action = "iets.anders"
    assert "niet heel" in await fetch("/audit?controleer=1")


async def test_a_colleague_is_let_in_again_by_the_recovery_key_only(staff: StaffSide) -> None:
    await staff.add_colleague()
    await staff.log_in()
    wrong = await staff.form("/collegas", "/collegas/collega/herstel", key="ABCDEF-" * 8)
    assert wrong.status == 422


async def test_a_running_year_is_not_handed_out(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog")
    await staff.log_in()
    for path in ("/cijfers/cijfers.csv", "/cijfers/jaaroverzicht"):
        assert (await staff.client.get(f"{path}?jaar={staff.now[0].year}")).status == 409


FILL = {"field": "betrokkene.leeftijd_bij_begin", "value": "13", "ground": "mededeling"}


async def claimed(staff: StaffSide, made: Report, level: str = "laag") -> str:
    """A case that one has; gives its page."""
    await staff.add_case("MT-1", level, said=WORDS, report=made)
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    return "/meldingen/MT-1"


async def test_what_staff_fill_in_stands_beside_what_the_bot_has_and_never_over_it(
    staff: StaffSide, fetch: Fetch
) -> None:
    made = report("chantage_beeldmateriaal", band="18-23")
    page = await claimed(staff, made)
    assert 'name="value"' not in await fetch(page)
    form = await fetch(f"{page}?vul=betrokkene.leeftijdsband")
    assert '<option value="12-15">' in form
    fields = {"field": "betrokkene.leeftijdsband", "value": "12-15", "ground": "waarneming"}
    assert (await staff.form(page, f"{page}/gegeven", **fields)).status == 303
    text = await fetch(page)
    assert re.search(r"<dt>Leeftijdsband</dt><dd>18-23.*12-15 <small[^>]*>ingevuld door Beheer: gezien", text)
    assert "Gegeven ingevuld" in text
    async with staff.desk.store.reading() as session:
        row = await session.get_one(ReportRow, "MT-1")
        kept = Report.model_validate(staff.keys["MT-1"].open(0, 0, "report", row.sealed_report))
        assert kept == made
        line = await session.scalar(select(AuditLine).where(AuditLine.action == "case.field"))
    assert line is not None
    assert line.details == {"field": "betrokkene.leeftijdsband", "ground": "waarneming"}


async def test_what_staff_fill_in_counts_for_the_rules_which_only_raise(staff: StaffSide, fetch: Fetch) -> None:
    page = await claimed(staff, report("seksafspraak_voor_geld", band="24+"), "verhoogd")
    before = await fetch(page)
    await staff.form(page, f"{page}/gegeven", field="betrokkene.leeftijdsband", value="12-15", ground="conclusie")
    raised = await fetch(page)
    assert (level_of(before), level_of(raised)) == ("verhoogd", "hoog")
    await staff.form(page, f"{page}/gegeven", field="betrokkene.leeftijdsband", value="24+", ground="conclusie")
    assert level_of(await fetch(page)) == "hoog"


async def test_a_report_with_an_indicator_that_the_list_no_longer_has_still_opens(
    staff: StaffSide, fetch: Fetch
) -> None:
    await staff.add_case("MT-1", "hoog", said=WORDS, report=report("een_oud_signaal"))
    await staff.log_in()
    assert "een oud signaal" in await fetch("/meldingen/MT-1")


def level_of(text: str) -> str:
    found = re.search(r'id="kerngegevens"><span class="level level-(\w+)">', text)
    assert found
    return found[1]


async def test_a_municipality_that_staff_find_out_is_what_the_queue_sorts_by(staff: StaffSide, fetch: Fetch) -> None:
    page = await claimed(staff, report())
    await staff.form(page, f"{page}/gegeven", field="betrokkene.gemeente", value="Losser", ground="mededeling")
    assert order(await fetch("/wachtrij?gemeente=Losser")) == ["MT-1"]


async def test_what_staff_fill_in_makes_the_report_more_complete(staff: StaffSide, fetch: Fetch) -> None:
    quality = Kwaliteit(volledigheid=0.5, ontbreekt=("place", "age_at_start"))
    page = await claimed(staff, report().model_copy(update={"kwaliteit": quality}))
    assert "ontbreekt: plaats, leeftijd bij het begin" in await fetch(page)
    await staff.form(page, f"{page}/gegeven", **FILL)
    text = await fetch(page)
    assert "Volledig: <b>75%</b>" in text
    assert "ontbreekt: plaats<" in text


@pytest.mark.parametrize(
    "change",
    [
        {"field": "betrokkene.bestaat_niet"}, {"field": "triage.voorstel"}, {"field": "feiten.indicatoren"},
        {"field": "melder.rol", "value": "verdachte"}, {"field": "betrokkene.leeftijd", "value": "vijftien"},
        {"value": " "}, {"ground": "gevoel"}, {"field": "betrokkene.gemeente", "value": "Amsterdam"},
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_not_filled_in(staff: StaffSide, fetch: Fetch, change: dict[str, str]) -> None:
    page = await claimed(staff, report())
    assert (await staff.form(page, f"{page}/gegeven", **{**FILL, **change})).status == 409
    assert "ingevuld door" not in await fetch(page)


async def test_what_is_told_with_the_same_code_is_one_case(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "hoog", said="de eerste keer")
    await staff.log_in()
    assert "nog niet terug met de code" in await fetch("/meldingen/MT-1")
    keys = staff.keys["MT-1"]
    async with staff.desk.store.writing() as session:
        conversation = await locked(session, keys.conversation_id)
        await post(session, conversation, keys, "visitor", Body("de tweede keer"), staff.now[0], allowed=set(State))
        session.add(
            Receipt(
                lookup=b"x", conversation_id=keys.conversation_id, wrapped_keys=b"", created_at=staff.now[0],
                used_at=staff.now[0],
            )
        )  # fmt: skip
    text = await fetch("/meldingen/MT-1")
    assert text.index("de eerste keer") < text.index("de tweede keer")
    assert "voor het laatst terug met de code op" in text
    assert order(await fetch("/wachtrij")) == ["MT-1"]


async def test_only_who_has_the_case_fills_in(staff: StaffSide, fetch: Fetch) -> None:
    await staff.add_case("MT-1", "laag", report=report())
    await staff.log_in()
    assert "Vul in" not in await fetch("/meldingen/MT-1?vul=melder.rol")
    assert (await staff.form("/meldingen/MT-1", "/meldingen/MT-1/gegeven", **FILL)).status == 409


async def test_a_document_says_what_a_colleague_filled_in(staff: StaffSide, fetch: Fetch) -> None:
    page = await claimed(staff, report("chantage_beeldmateriaal", band="24+"), "verhoogd")
    async with staff.desk.store.writing() as session:
        await store_consents(session, "MT-1", AGREED, staff.now[0])
    await staff.form(page, f"{page}/gegeven", field="betrokkene.gender", value="een meisje", ground="mededeling")
    await staff.form(
        page, f"{page}/delen", recipient="politie", ground="toestemming", reason="de melder wil dit"
    )
    share = re.search(r'action="(/meldingen/MT-1/delen/[^"]+/document)"', await fetch(page))
    assert share
    text = pdf_text(await (await staff.form(page, share[1], format="pdf")).read())
    assert "een meisje (ingevuld door een medewerker)" in " ".join(text.split())
