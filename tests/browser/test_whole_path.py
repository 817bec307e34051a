"""The whole path in a real browser: she tells, agrees, gets a code; a case worker answers; she reads it with her code."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.demo_house import log_in
from tests.running import RunningProduct

STORY = "een gast van snap dreigt mijn fotos door te sturen als ik vrijdag niet naar een hotel in hengelo kom. ben 15"
ANSWER = "Goed dat je dit vertelt. We denken met je mee."
ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / os.environ.get(
    "MELDPUNT_SCREENSHOTS", "test-results/screenshots"
)  # docs/screenshots to renew those
PATIENCE_MS = 30_000
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 860}


def test_from_the_first_word_to_the_answer(product: RunningProduct, browser: Browser) -> None:
    foreign: list[str] = []
    problems: list[str] = []
    code = tell(visitor_page(browser, product, foreign, problems))
    answer_as_staff(browser.new_page(viewport=DESK), product)
    read_answer(visitor_page(browser, product, foreign, problems), code)
    assert foreign == []
    assert problems == []


def visitor_page(browser: Browser, product: RunningProduct, foreign: list[str], problems: list[str]) -> Page:
    page = browser.new_context(viewport=PHONE).new_page()
    origin = product.public_url
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((origin, origin.replace("http", "ws", 1), "data:"))
            else foreign.append(r.url)
        ),
    )
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.goto(origin)
    return page


def tell(page: Page) -> str:
    expect(page.get_by_role("link", name="Gevaar? Bel 112")).to_be_visible()
    shoot(page, "bezoeker-start")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Ja", exact=True).click(timeout=PATIENCE_MS)
    say(page, STORY, after="Vertel maar")
    expect(page.locator(".bubble.bot").filter(has_text="112").nth(1)).to_be_visible(timeout=PATIENCE_MS)
    shoot(page, "bezoeker-gesprek")
    for _ in range(16):
        if page.locator(".receipt output").count():
            break
        choose_something(page)
    code = page.locator(".receipt output").inner_text(timeout=PATIENCE_MS)
    shoot(page, "bezoeker-code")
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code)
    return code


def say(page: Page, text: str, after: str) -> None:
    expect(page.locator(".log")).to_contain_text(after, timeout=PATIENCE_MS)
    page.get_by_label("Typ je bericht").fill(text)
    page.keyboard.press("Enter")


def choose_something(page: Page) -> None:
    """Answer the open question with its first fitting button."""
    page.locator(".choices button").first.wait_for(timeout=PATIENCE_MS)
    before = page.locator(".bubble").count()
    for name in ("Klopt", "Over mijzelf", "Alleen met mijn code hier", "Ja", "Hulp", "Weet ik niet"):
        button = page.locator(".choices button", has_text=re.compile(f"^{name}$"))
        if button.count():
            button.first.click()
            break
    page.wait_for_function(
        "n => document.querySelectorAll('.bubble').length > n + 1", arg=before, timeout=PATIENCE_MS
    )
    page.wait_for_timeout(300)


def answer_as_staff(page: Page, product: RunningProduct) -> None:
    log_in(
        page, product.staff_url, *(product.login[name] for name in ("username", "password", "totp_secret"))
    )
    page.wait_for_url("**/wachtrij", timeout=PATIENCE_MS)
    shoot(page, "wachtrij")
    assert STORY not in page.content()
    expect(page.locator("main")).to_contain_text("Acuut")
    page.locator("a[href^='/meldingen/']").first.click()
    page.get_by_role("button", name="Claim").first.click()
    expect(page.locator("#gesprek")).to_contain_text("een gast van snap", timeout=PATIENCE_MS)
    expect(page.locator("mark").first).to_be_visible()
    shoot(page, "melding")
    page.locator("form.answer textarea").fill(ANSWER)
    page.get_by_role("button", name="Verstuur").click()
    expect(page.locator("#gesprek")).to_contain_text(ANSWER, timeout=PATIENCE_MS)


def read_answer(page: Page, code: str) -> None:
    page.get_by_text("Ik heb een code").click()
    page.get_by_label("Je code van 16 cijfers").fill(code)
    page.get_by_role("button", name="Verder").click()
    expect(page.locator(".log")).to_contain_text(ANSWER, timeout=PATIENCE_MS)


def test_leaving_quickly_leaves_nothing(product: RunningProduct, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    page.route(lambda url: not url.startswith(product.public_url), lambda route: route.fulfill(body="elders"))
    page.goto(product.public_url)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".log")).to_contain_text("Sam", timeout=PATIENCE_MS)
    begun = time.monotonic()
    page.get_by_role("link", name="Snel weg").click()
    page.wait_for_url(lambda url: not url.startswith(product.public_url), timeout=PATIENCE_MS)
    assert time.monotonic() - begun < 3
    page.goto(product.public_url)
    assert page.evaluate("sessionStorage.length + localStorage.length + document.cookie.length") == 0
    expect(page.get_by_role("button", name="Begin")).to_be_visible()


def shoot(page: Page, name: str) -> None:
    """A screenshot for the documentation."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(200)
    page.screenshot(path=SHOTS / f"{name}.png")
