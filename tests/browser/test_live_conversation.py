"""A live conversation in real browsers: she asks for a person, waits her turn, a colleague takes over, Sam stays silent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import demo_house
from tests.browser.demo_house import log_in
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.running import RunningProduct

WISH = "ik wil met een mens praten"
SHOWN_NAME = "De voornaam van de collega"


@pytest.fixture
def staff(product: RunningProduct, browser: Browser) -> Iterator[Page]:
    """A colleague who takes conversations now, in an installation that shows first names."""
    page = browser.new_page(viewport=demo_house.DESK)
    names = ("username", "password", "totp_secret")
    log_in(page, product.staff_url, *(product.login[name] for name in names))
    show_names(page, product, SHOWN_NAME)
    page.goto(product.staff_url + "/gesprekken")
    page.get_by_role("button", name="Neem gesprekken aan").click()
    expect(page.get_by_role("button", name="Stop met aannemen")).to_be_visible()
    page.goto(product.staff_url + "/gesprekken")
    yield page
    page.goto(product.staff_url + "/gesprekken")
    page.get_by_role("button", name="Stop met aannemen").click()
    page.get_by_role("button", name="Uitloggen").click()
    page.close()


def show_names(page: Page, product: RunningProduct, choice: str) -> None:
    page.goto(product.staff_url + "/instellingen")
    page.get_by_label("Wat de melder ziet van wie meepraat").select_option(label=choice)
    page.get_by_role("button", name="Bewaar naam").click()
    expect(page.get_by_role("status").first).to_contain_text("naam in het gesprek")


def ask_for_a_person(browser: Browser, product: RunningProduct, **options: object) -> Visitor:
    visitor = Visitor.at(browser, product, **options).begin()
    visitor.say(WISH)
    visitor.is_sent(WISH)
    return visitor


def place_in_line(visitor: Visitor) -> int:
    expect(visitor.status).to_contain_text("in de rij")
    found = re.search(r"Nummer (\d+) in de rij", visitor.status.inner_text())
    assert found
    return int(found[1])


def claim(staff: Page, place: int) -> None:
    """Take who stands at this place; others in line are somebody else's."""
    staff.goto(staff.url)
    rows = staff.locator("section[aria-labelledby=wachtend]").get_by_role("button", name="Claim")
    rows.nth(place - 1).click()
    expect(staff.locator("#claim")).to_contain_text("Jij hebt deze melding")


def write_until(box: Locator, text: str, sign: Locator) -> None:
    """Write, and go on writing until the other one sees it: it is told once in a few seconds."""
    box.fill(text)
    for _ in range(60):
        box.press("End")
        box.press(".")
        try:
            expect(sign).to_be_visible(timeout=1000)
        except AssertionError:
            continue
        return
    raise AssertionError("nobody saw that somebody writes")


def end(staff: Page) -> None:
    staff.get_by_text("Sluit gesprek").first.click()
    staff.locator("#sluit-reden").fill("de vraag is beantwoord")
    staff.get_by_role("button", name="Sluit gesprek").click()
    expect(staff.locator(".history")).to_contain_text("de vraag is beantwoord")


def test_she_waits_her_turn_and_a_colleague_takes_over_while_she_is_there(
    product: RunningProduct, browser: Browser, staff: Page
) -> None:
    first = ask_for_a_person(browser, product, viewport=PHONE, is_mobile=True, has_touch=True)
    place = place_in_line(first)
    second = ask_for_a_person(browser, product, viewport=DESK)
    expect(second.status).to_contain_text(f"Nummer {place + 1} in de rij")
    second.breaks_no_rule("wachten")
    claim(staff, place)
    expect(second.status).to_contain_text(f"Nummer {place} in de rij")
    expect(first.status).to_have_text("Je praat met Beheer, medewerker van het meldpunt.")
    for number in range(3):
        question = f"Hoi, ik ben Bo. Vraag {number}?"
        box = staff.get_by_label("Antwoord aan de melder")
        write_until(box, question, first.page.locator(".typing", has_text="Medewerker is aan het typen"))
        staff.get_by_role("button", name="Verstuur").click()
        expect(first.page.locator(".bubble.staff")).to_have_count(number + 1)
        expect(first.page.locator(".bubble.staff").last).to_contain_text(question)
        expect(first.page.locator(".typing")).to_be_empty()
        first.say(f"antwoord {number}")
        expect(staff.locator("#gesprek")).to_contain_text(f"antwoord {number}")
    first.breaks_no_rule("medewerker")
    thread = first.page.locator(".log").inner_text()
    assert "Sam" not in thread[thread.index("Vraag 0?") :]
    first.page.reload()
    expect(first.status).to_have_text("Je praat met Beheer, medewerker van het meldpunt.")
    expect(first.page.locator(".past .bubble.staff")).to_have_count(3)
    end(staff)
    expect(first.status).to_contain_text("Het gesprek is klaar")
    first.breaks_no_rule("gesloten")
    for visitor in (first, second):
        assert visitor.problems == []
        assert visitor.foreign == []
        visitor.page.context.close()


def test_she_sees_the_colleague_type_and_the_colleague_sees_her(
    product: RunningProduct, browser: Browser, staff: Page
) -> None:
    show_names(staff, product, "“een medewerker”")
    visitor = ask_for_a_person(browser, product)
    staff.goto(product.staff_url + "/gesprekken")
    claim(staff, place_in_line(visitor))
    expect(visitor.status).to_have_text("Je praat met een medewerker van het meldpunt.")
    write_until(visitor.box, "ik wil iets zeggen", staff.get_by_text("De melder typt"))
    visitor.box.press("Enter")
    expect(staff.locator("#gesprek")).to_contain_text("ik wil iets zeggen")
    end(staff)
    visitor.page.context.close()
