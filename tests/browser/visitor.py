"""A visitor in a real browser: what she does, and everything that her browser complained about or asked elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.running import RunningProduct

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 30_000
NARROW = {"width": 320, "height": 640}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
expect.set_options(timeout=PATIENCE_MS)  # a busy machine may be slow
MOST_ANSWERS = 20
PREFERRED = ("Klopt", "Over mijzelf", "Alleen met mijn code hier", "Ja", "Hulp", "Weet ik niet")
# Sam answered, and asks something again or gave the code.
ANSWERED = """said => document.querySelectorAll('.bubble').length > said + 1
  && document.querySelector('.choices button, .receipt')"""
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Visitor:
    """One tab of one visitor; everything that is not ours is answered by a stand-in for the neutral site."""

    product: RunningProduct
    page: Page
    foreign: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, product: RunningProduct, **options: Any) -> Visitor:
        """In a browser of her own, with the start page open."""
        context = browser.new_context(**{"viewport": NARROW, "locale": "nl-NL", **options})
        return cls.in_tab(context, product)

    @classmethod
    def in_tab(cls, context: BrowserContext, product: RunningProduct) -> Visitor:
        visitor = cls(product, context.new_page())
        page = visitor.page
        page.set_default_timeout(PATIENCE_MS)
        page.route(lambda url: not url.startswith(product.public_url), visitor.elsewhere)
        page.on("console", lambda m: visitor.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: visitor.problems.append(str(error)))
        page.goto(product.public_url)
        return visitor

    def elsewhere(self, route: Route) -> None:
        """Note that something else than the product was asked for, and answer as the neutral site."""
        self.foreign.append(route.request.url)
        route.fulfill(body="<title>Weer</title>Zonnig", content_type="text/html")

    def begin(self) -> Visitor:
        """Press the one button and read the first question."""
        self.page.get_by_role("button", name="Begin").click()
        expect(self.choices.first).to_be_visible()
        return self

    @property
    def box(self) -> Any:
        return self.page.get_by_label("Typ je bericht")

    @property
    def status(self) -> Any:
        """The line that says who is on the other side."""
        return self.page.locator(".status")

    @property
    def choices(self) -> Any:
        return self.page.locator(".choices button")

    def say(self, text: str) -> None:
        """Type and send, with the keyboard."""
        self.box.fill(text)
        self.box.press("Enter")

    def own(self, text: str) -> Any:
        return self.page.locator(".bubble.visitor", has_text=text)

    def is_sent(self, text: str) -> None:
        """Shown once, and acknowledged."""
        expect(self.own(text)).to_have_count(1)
        expect(self.own(text)).to_contain_text("Verstuurd")

    def answers_until(self, selector: str, press: Callable[[str], None] | None = None) -> None:
        """Answer Sam with the first fitting button until this is shown."""
        for _ in range(MOST_ANSWERS):
            self.page.locator(f".choices button, {selector}").first.wait_for()
            if self.page.locator(selector).count():
                return
            said = self.page.locator(".bubble").count()
            for name in PREFERRED:
                button = self.page.locator(".choices button", has_text=re.compile(f"^{name}$"))
                if button.count():
                    press(name) if press else button.first.click()
                    break
            self.page.wait_for_function(ANSWERED, arg=said)
        raise AssertionError(f"{selector} never came")

    def leaves_by_button(self) -> None:
        self.page.get_by_role("link", name="Snel weg").click()
        self.has_left()

    def has_left(self) -> None:
        """The neutral site is shown, and nothing of the conversation is left in the browser."""
        self.page.wait_for_url(lambda url: not url.startswith(self.product.public_url))
        expect(self.page.locator("body")).to_have_text("Zonnig")

    def breaks_no_rule(self, state: str, *, picture: bool = True) -> None:
        """axe-core finds nothing, and nothing is wider than the screen. With a picture where those are renewed."""
        found = Axe().run(self.page, options={"runOnly": WCAG["runOnly"]})
        broken = [
            (row["id"], [n["html"][:160] for n in row["nodes"]]) for row in found.response["violations"]
        ]
        assert broken == [], f"{state}: {broken}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{state} is {wide} px too wide"
        if picture:
            shoot_when_asked(self.page, f"bezoeker-{state}")


def wait_until(page: Page, happened: Callable[[], bool]) -> None:
    """Until what the page tells the test has been heard."""
    for _ in range(300):
        if happened():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def shoot_when_asked(page: Page, name: str) -> None:
    """A screenshot for the documentation, in the folder that MELDPUNT_SCREENSHOTS names."""
    folder = os.environ.get("MELDPUNT_SCREENSHOTS")
    if folder:
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ROOT / folder / f"{name}.png")
