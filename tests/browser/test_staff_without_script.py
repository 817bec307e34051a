"""The staff pages without JavaScript and with the keyboard alone: everything that is not live works."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo_house import DESK, PATIENCE_MS, DemoHouse, demo_house

pytestmark = pytest.mark.timeout(600)
CASE = "/meldingen/DEMO-0008"
MOST_TABS = 200


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHouse]:
    with demo_house(tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest.fixture
def page(house: DemoHouse, browser: Browser) -> Iterator[Page]:
    """Somebody at the login page, without JavaScript."""
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.goto(house.url + "/login")
    yield made
    context.close()


def press_to(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` names has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"the keyboard does not get to {selector}")


def write(page: Page, selector: str, text: str) -> None:
    press_to(page, selector)
    page.keyboard.type(text)


def press(page: Page, selector: str) -> None:
    press_to(page, selector)
    page.keyboard.press("Enter")


def test_a_working_day_without_script_and_without_mouse(house: DemoHouse, page: Page) -> None:
    password, secret = house.credentials("bas")
    write(page, "[name=username]", "bas")
    write(page, "[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/code")
    expect(page.get_by_role("button", name="Gebruik je passkey")).to_be_hidden()
    write(page, "[name=code]", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_url("**/wachtrij")
    press(page, ".choose summary")
    press_to(page, "#f-niveau")
    page.keyboard.type("Hoog")
    press(page, ".filters button")
    page.wait_for_url("**/wachtrij?niveau=hoog*")
    press(page, "a[href='/meldingen/DEMO-0008']")
    page.wait_for_url(f"**{CASE}")
    press(page, "#claim button")
    expect(page.locator("#claim")).to_contain_text("Jij hebt deze melding")
    press_to(page, "a.evidence")
    expect(page.locator("mark:focus-within .tip")).to_be_visible()
    write(page, "#text", "Dank je wel dat je dit vertelt.")
    press(page, "form[action$='/antwoord'] button.primary")
    expect(page.locator("#gesprek")).to_contain_text("Dank je wel dat je dit vertelt.")
    write(page, "#note", "Lijkt jonger dan gezegd.")
    press(page, "form[action$='/notitie'] button")
    expect(page.locator("#notities")).to_contain_text("Lijkt jonger dan gezegd.")
    press(page, "a.fill[href*='betrokkene.leeftijdsband']")
    expect(page.locator("#invullen")).to_be_visible()
    press_to(page, "#vul-waarde")
    page.keyboard.type("12-15")
    press(page, "#invullen button")
    expect(page.locator("main")).to_contain_text("ingevuld door Bas")
    press(page, "nav a[href='/zoeken']")
    write(page, "[name=words]", "jonger dan gezegd")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("DEMO-0008")
    press(page, ".top form button")
    expect(page).to_have_url(re.compile("/login$"))
