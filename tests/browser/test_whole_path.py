"""The whole path in a real browser, on a telephone and on a desk: she tells Sam, gets a code, staff answer, she reads it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import demo_house
from tests.browser.demo_house import log_in
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.running import RunningProduct

STORY = "een gast van snap dreigt mijn fotos door te sturen als ik vrijdag niet naar een hotel in {place} kom. ben 15"
ANSWER = "Goed dat je dit vertelt. We denken met je mee."
TELEPHONE = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
SIZES = {"telefoon": (TELEPHONE, "enschede"), "bureau": ({"viewport": DESK}, "almelo")}


@pytest.mark.parametrize("size", SIZES)
def test_from_the_first_word_to_the_answer(product: RunningProduct, browser: Browser, size: str) -> None:
    options, place = SIZES[size]
    teller = Visitor.at(browser, product, **options)
    code = tell(teller, STORY.format(place=place), size)
    teller.leaves_by_button()
    answer_as_staff(browser.new_page(viewport=demo_house.DESK), product, place)
    reader = Visitor.at(browser, product, **options)
    read_answer(reader, code)
    reader.breaks_no_rule(f"antwoord-{size}")
    for visitor in (teller, reader):
        assert visitor.problems == []
    assert reader.foreign == []
    reader.page.context.close()
    teller.page.context.close()


def tell(visitor: Visitor, story: str, size: str) -> str:
    page = visitor.page
    expect(page.get_by_role("link", name="Gevaar? Bel 112")).to_be_visible()
    visitor.breaks_no_rule(f"start-{size}")
    visitor.begin()
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.locator(".log")).to_contain_text("Vertel maar")
    visitor.say(story)
    expect(page.locator(".bubble.bot").filter(has_text="112").nth(1)).to_be_visible()
    visitor.answers_until(".choices button")
    visitor.breaks_no_rule(f"gesprek-{size}")
    visitor.answers_until(".receipt")
    visitor.breaks_no_rule(f"code-{size}")
    code = str(page.locator(".receipt output").inner_text())
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code)
    return code


def answer_as_staff(page: Page, product: RunningProduct, place: str) -> None:
    names = ("username", "password", "totp_secret")
    log_in(page, product.staff_url, *(product.login[name] for name in names))
    page.wait_for_url("**/wachtrij")
    assert f"hotel in {place}" not in page.content()
    expect(page.locator("main")).to_contain_text("Acuut")
    row = page.locator(
        "tr, li, article", has=page.locator("a[href^='/meldingen/']"), has_text=place.capitalize()
    )
    row.last.locator("a[href^='/meldingen/']").first.click()
    page.get_by_role("button", name="Claim").first.click()
    expect(page.locator("#gesprek")).to_contain_text(f"in {place} kom")  # the marks hold words of their own
    expect(page.locator("mark").first).to_be_visible()
    page.locator("form.answer textarea").fill(ANSWER)
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator("#gesprek")).to_contain_text(ANSWER)
    page.context.close()


def read_answer(visitor: Visitor, code: str) -> None:
    visitor.page.get_by_text("Ik heb een code").click()
    visitor.page.get_by_label("Je code van 16 cijfers").fill(code)
    visitor.page.get_by_role("button", name="Verder").click()
    expect(visitor.page.locator(".bubble.staff")).to_contain_text(ANSWER)
    expect(visitor.page.locator(".bubble.staff b")).to_have_text("Medewerker")
