"""The staff workspace in a real Chromium, on the 60 invented reports: every role, every page, two colleagues, a keyboard."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo_house import DESK, PATIENCE_MS, ROOT, TABLET, DemoHouse, demo_house

pytestmark = pytest.mark.timeout(600)  # axe over every page takes its time on a loaded machine
SHOTS = ROOT / os.environ.get("MELDPUNT_SCREENSHOTS", "test-results/screenshots")
NEW, WITHOUT_CONSENT, HEAVY, FREE = "DEMO-0003", "DEMO-0004", "DEMO-0005", "DEMO-0006"
PAGES = {
    "noor": (
        "/wachtrij", "/wachtrij?niveau=hoog&wie=niemand", "/wachtrij?afgesloten=1", "/gesprekken", "/taken", "/zoeken",
        "/meldingen/DEMO-0001", "/meldingen/DEMO-0007?verwant=1", "/meldingen/DEMO-0012", "/cijfers", "/cijfers?jaar=2025",
        "/cijfers/jaaroverzicht?jaar=2025", "/mijn", "/bevestigen", "/meldingen/bestaat-niet",
    ),
    "bas": ("/wachtrij", "/audit?controleer=1"),
    "beheer": ("/collegas", "/instellingen"),
    "mila": ("/cijfers", "/audit", "/wachtrij"),
    "": ("/login", "/uitnodiging"),
}  # fmt: skip
MENUS = {
    "noor": ["Wachtrij", "Gesprekken", "Taken", "Zoeken", "Cijfers"],
    "bas": ["Wachtrij", "Gesprekken", "Taken", "Zoeken", "Cijfers", "Logboek"],
    "mila": ["Cijfers", "Logboek"],
}

WHY = "Noor is vandaag ziek, ik bel de melder terug"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHouse]:
    with demo_house(tmp_path_factory.mktemp("demo")) as made:
        yield made
        assert made.problems == []


def shoot(page: Page, name: str) -> None:
    """A screenshot for the manual."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"medewerker-{name}.png")


def claim(page: Page) -> None:
    page.locator("#claim").get_by_role("button", name=re.compile("^Claim")).click()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_an_axe_violation_or_scrolls_sideways(
    house: DemoHouse, browser: Browser, name: str
) -> None:
    context = house.context(browser, name) if name else browser.new_context(viewport=DESK)
    page, axe = context.new_page(), Axe()
    for path in PAGES[name]:
        page.goto(house.url + path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found = axe.run(page).response["violations"]
        assert [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found] == [], path
        for size in (DESK, TABLET):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (path, size)
    context.close()


@pytest.mark.parametrize("name", MENUS)
def test_each_role_sees_its_own_menu(house: DemoHouse, browser: Browser, name: str) -> None:
    page = house.page(browser, name, "/")
    assert (
        page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link").all_inner_texts() == MENUS[name]
    )
    page.context.close()


def test_of_two_colleagues_who_claim_at_once_the_second_hears_who_was_first(
    house: DemoHouse, browser: Browser
) -> None:
    noor, bas = (house.page(browser, name, f"/meldingen/{NEW}") for name in ("noor", "bas"))
    stale = bas.locator("#claim form")
    bas.evaluate("WebSocket.prototype.send = () => {}")
    token, version = (stale.locator(f"[name={name}]").input_value() for name in ("csrf", "version"))
    claim(noor)
    expect(noor.locator("#claim")).to_contain_text("Jij hebt deze melding", timeout=PATIENCE_MS)
    answer = bas.context.request.post(
        f"{house.url}/meldingen/{NEW}/claim", form={"csrf": token, "version": version}
    )
    assert answer.status == 409
    assert "Noor" in answer.text()
    expect(bas.locator("#claim")).to_contain_text("Noor heeft deze melding", timeout=PATIENCE_MS)
    for page in (noor, bas):
        page.context.close()


def test_of_a_take_over_both_see_who_did_it_and_why(house: DemoHouse, browser: Browser) -> None:
    noor = house.page(browser, "noor", f"/meldingen/{FREE}")
    claim(noor)
    expect(noor.locator("#claim")).to_contain_text("Jij hebt deze melding", timeout=PATIENCE_MS)
    watching = house.page(browser, "noor", "/wachtrij")
    bas = house.page(browser, "bas", f"/meldingen/{FREE}")
    bas.get_by_text("Overnemen").click()
    bas.get_by_label("Reden van overname").fill(WHY)
    bas.get_by_role("button", name="Neem over").click()
    expect(bas.locator("#claim")).to_contain_text("Jij hebt deze melding", timeout=PATIENCE_MS)
    for page in (bas, noor):
        expect(page.locator("#claim")).to_contain_text(f"Bas heeft deze melding overgenomen: {WHY}", timeout=PATIENCE_MS)
    expect(watching.locator("#lijst")).to_contain_text(f"Bas heeft {FREE} van je overgenomen", timeout=PATIENCE_MS)
    shoot(watching, "overgenomen")
    bas.get_by_role("button", name="Laat los").click()
    expect(watching.locator("#lijst")).not_to_contain_text("van je overgenomen", timeout=PATIENCE_MS)
    for page in (noor, watching, bas):
        page.context.close()


def test_the_queue_changes_without_reloading(house: DemoHouse, browser: Browser) -> None:
    watching = house.page(browser, "bas", "/wachtrij")
    shoot(watching, "wachtrij")
    row = watching.locator(f"tr[data-reference={FREE}]")
    expect(row.get_by_role("button")).to_be_visible()
    watching.evaluate("window.same = true")
    expect(watching).to_have_title(re.compile(r"^\(\d+\) Wachtrij"))
    working = house.page(browser, "noor", f"/meldingen/{FREE}")
    claim(working)
    expect(row).to_contain_text("Noor", timeout=PATIENCE_MS)
    assert watching.evaluate("window.same") is True
    for page in (watching, working):
        page.context.close()


def test_a_working_day_with_the_keyboard_alone(house: DemoHouse, browser: Browser) -> None:
    page = house.page(browser, "bas", "/wachtrij?wie=niemand")
    reach(page, lambda: page.evaluate("document.activeElement.matches('a.reference[href*=DEMO-0008]')"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/meldingen/DEMO-0008", timeout=PATIENCE_MS)
    shoot(page, "melding")
    reach(page, lambda: page.evaluate("document.activeElement.textContent.startsWith('Claim')"))
    page.keyboard.press("Enter")
    expect(page.locator("#claim")).to_contain_text("Jij hebt deze melding", timeout=PATIENCE_MS)
    reach(page, lambda: page.evaluate("document.activeElement.matches('a.evidence')"))
    expect(page.locator("mark:focus-within .tip")).to_be_visible()
    reach(page, lambda: page.evaluate("document.activeElement.id === 'kant'"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value(re.compile("medewerker van het meldpunt"))
    assert "ik ben een medewerker" not in page.locator("#gesprek").inner_text()
    page.keyboard.type(" Ik ben Bas.")
    shoot(page, "antwoord")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#gesprek")).to_contain_text("Ik ben Bas.", timeout=PATIENCE_MS)
    page.context.close()


def reach(page: Page, there: object, most: int = 150) -> None:
    """Press Tab until the focus is there, and see that it shows where it is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if there():  # type: ignore[operator]
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError("the keyboard does not get there")


def test_without_consent_nothing_is_handed_out(house: DemoHouse, browser: Browser) -> None:
    page = house.page(browser, "noor", f"/meldingen/{WITHOUT_CONSENT}")
    claim(page)
    page.get_by_text("Delen voorbereiden").click()
    page.get_by_label("Ontvanger").select_option("comensha")
    page.locator("#delen").get_by_label("Reden").fill("registratie bij CoMensha")
    shoot(page, "delen")
    page.get_by_role("button", name="Vraag delen aan").click()
    expect(page.get_by_role("alert")).to_contain_text("geen toestemming voor gegeven", timeout=PATIENCE_MS)
    page.goto(f"{house.url}/meldingen/{WITHOUT_CONSENT}")
    expect(page.locator("#delen")).to_contain_text("Er is niets gedeeld")
    page.context.close()


def test_lowering_from_hoog_waits_for_a_second_person(house: DemoHouse, browser: Browser) -> None:
    noor = house.page(browser, "noor", f"/meldingen/{WITHOUT_CONSENT}")
    if noor.locator("#claim form[action$=claim]").count():
        claim(noor)
    noor.get_by_text("Niveau wijzigen").click()
    noor.get_by_label("Nieuw niveau").select_option("laag")
    noor.locator("#level-reason").fill("het blijkt een schoolopdracht")
    noor.get_by_role("button", name="Wijzig niveau").click()
    expect(noor.locator("#kerngegevens")).to_contain_text("Hoog", timeout=PATIENCE_MS)
    expect(noor.get_by_role("button", name="Akkoord", exact=True)).to_be_disabled()
    bas = house.page(browser, "bas", f"/meldingen/{WITHOUT_CONSENT}")
    bas.get_by_role("button", name="Akkoord", exact=True).click()
    expect(bas.locator("#kerngegevens")).to_contain_text("Laag", timeout=PATIENCE_MS)
    for page in (noor, bas):
        page.context.close()


def test_a_heavy_passage_is_blurred_until_asked_for(house: DemoHouse, browser: Browser) -> None:
    manager = house.page(browser, "beheer", "/instellingen")
    manager.get_by_label("Zware passages").select_option("ja")
    manager.get_by_role("button", name="Bewaar keuze").click()
    expect(manager.get_by_role("status").first).to_contain_text("Bewaard", timeout=PATIENCE_MS)
    shoot(manager, "instellingen")
    page = house.page(browser, "noor", "/meldingen/DEMO-0013")
    expect(page.locator(".blurred").first).to_be_visible()
    shoot(page, "onscherp")
    shown = page.get_by_role("button", name=re.compile("^Toon bericht")).first
    hidden = page.locator(".blurred").count()
    shown.click()
    expect(page.locator("[data-shown] .blurred")).to_have_count(0)
    assert page.locator(".blurred").count() < hidden - 1  # the words quoted beside it come along
    manager.get_by_label("Zware passages").select_option("nee")
    manager.get_by_role("button", name="Bewaar keuze").click()
    for one in (manager, page):
        one.context.close()


def test_a_passkey_stands_where_the_code_stood(house: DemoHouse, browser: Browser) -> None:
    context = house.context(browser, "mila")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(house.url + "/mijn")
    page.get_by_label("Naam voor de nieuwe passkey").fill("Sleutel van Mila")
    page.get_by_role("button", name="Voeg passkey toe").click()
    expect(page.locator("main")).to_contain_text("Sleutel van Mila", timeout=PATIENCE_MS)
    shoot(page, "account")
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/login", timeout=PATIENCE_MS)
    page.locator("[name=username]").fill("mila")
    page.locator("[name=password]").fill(house.credentials("mila")[0])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Gebruik je passkey").click()
    page.wait_for_url("**/cijfers*", timeout=PATIENCE_MS)
    house.states["mila"] = context.storage_state()
    shoot(page, "cijfers")
    context.close()


def test_a_wrong_passkey_does_not_let_in(house: DemoHouse, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(house.url + "/login")
    page.locator("[name=username]").fill("mila")
    page.locator("[name=password]").fill(house.credentials("mila")[0])
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for(timeout=PATIENCE_MS)
    token = page.locator("[name=csrf]").first.input_value()
    answer = context.request.post(
        f"{house.url}/login/passkey",
        headers={"X-Meldpunt-Form": token},
        data={"credential": {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}},
    )
    assert answer.status == 401
    page.goto(house.url + "/cijfers")
    assert "/login" in page.url
    context.close()


def test_the_manual_has_its_pictures() -> None:
    manual = (Path(ROOT) / "docs/handleiding-medewerkers.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\]\((screenshots/[^)]+)\)", manual)
    assert len(pictures) >= 6
    assert [one for one in pictures if not (ROOT / "docs" / one).is_file()] == []
