"""A live conversation in two real browsers: she asks for a person, a colleague claims, both write, Sam stays silent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo_house import DESK, PATIENCE_MS, log_in
from tests.running import RunningProduct

pytestmark = pytest.mark.timeout(600)  # it may be the one that starts the product
PHONE = {"width": 390, "height": 844}
WISH = "ik wil met een mens praten"


def test_a_visitor_and_a_colleague_talk(product: RunningProduct, browser: Browser) -> None:
    staff = browser.new_page(viewport=DESK)
    log_in(
        staff, product.staff_url, *(product.login[name] for name in ("username", "password", "totp_secret"))
    )
    staff.goto(product.staff_url + "/gesprekken")
    if staff.get_by_role("button", name="Neem gesprekken aan").count():
        staff.get_by_role("button", name="Neem gesprekken aan").click()
    expect(staff.get_by_role("button", name="Stop met aannemen")).to_be_visible(timeout=PATIENCE_MS)
    staff.goto(product.staff_url + "/gesprekken")
    visitor = ask_for_a_person(browser, product)
    claim = staff.locator("section[aria-labelledby=wachtend]").get_by_role("button", name="Claim").first
    claim.click(timeout=PATIENCE_MS)
    expect(staff.locator("#claim")).to_contain_text("Jij hebt deze melding", timeout=PATIENCE_MS)
    for number in range(3):
        question = f"Hoi, ik ben Bo. Vraag {number}?"
        staff.get_by_label("Antwoord aan de melder").fill(question)
        staff.get_by_role("button", name="Verstuur").click()
        expect(visitor.locator(".log")).to_contain_text(question, timeout=PATIENCE_MS)
        say(visitor, f"antwoord {number}")
        expect(staff.locator("#gesprek")).to_contain_text(f"antwoord {number}", timeout=PATIENCE_MS)
    expect(visitor.locator(".bubble.staff, .bubble").filter(has_text="Vraag 2?")).to_be_visible()
    thread = visitor.locator(".log").inner_text()
    assert "Sam" not in thread[thread.index("Vraag 0?") :]
    staff.get_by_text("Sluit gesprek").first.click()
    staff.locator("#sluit-reden").fill("de vraag is beantwoord")
    staff.get_by_role("button", name="Sluit gesprek").click()
    expect(staff.locator(".history")).to_contain_text("de vraag is beantwoord", timeout=PATIENCE_MS)
    staff.get_by_role("button", name="Uitloggen").click()


def ask_for_a_person(browser: Browser, product: RunningProduct) -> Page:
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(product.public_url)
    page.get_by_role("button", name="Begin").click()
    page.locator(".choices button").first.wait_for(timeout=PATIENCE_MS)
    say(page, WISH)
    return page


def say(page: Page, text: str) -> None:
    field = page.get_by_label("Typ je bericht")
    expect(field).to_be_enabled(timeout=PATIENCE_MS)
    field.fill(text)
    page.keyboard.press("Enter")
