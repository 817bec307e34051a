"""Back and forward with a browser that really keeps pages in memory (its back/forward cache), before and after leaving.

Playwright switches that cache off; here it is on, and a plain page shows that it works.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.visitor import DESK, Visitor, wait_until
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.running import RunningProduct

ELSEWHERE = "https://elders.example"
STORY = "hij staat buiten te wachten"
KEEPS_PAGES = ["--enable-features=BackForwardCache", "--disable-features=LocalNetworkAccessChecks"]
# At every showing of a page: whether it came from memory, and how many words of a conversation it brought along.
TELL = """addEventListener('pageshow', event => console.info('SHOWN', location.origin, event.persisted,
  document.querySelectorAll('.bubble').length))"""


@pytest.fixture(scope="module")
def keeping_browser(browser: Browser) -> Iterator[Browser]:
    """Chromium with its back/forward cache."""
    executable: Any = os.environ.get("MELDPUNT_CHROMIUM", "/usr/bin/chromium")
    chromium = browser.browser_type.launch(
        executable_path=executable,
        args=[*CHROMIUM_ARGUMENTS, *KEEPS_PAGES],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield chromium
    chromium.close()


class History:
    """A tab with a page before ours, and what each showing of a page told."""

    def __init__(self, browser: Browser, product: RunningProduct) -> None:
        context = browser.new_context(viewport=DESK)
        self.page = context.new_page()
        self.shown: list[tuple[str, bool, int]] = []
        self.page.add_init_script(TELL)
        self.page.on("console", lambda message: self._heard(message.text))
        self.page.route(lambda url: not url.startswith(product.public_url), self._elsewhere)
        self.visitor = Visitor(product, self.page)
        self.visit(ELSEWHERE + "/voor")

    def _heard(self, text: str) -> None:
        if text.startswith("SHOWN"):
            _, origin, persisted, words = text.split()
            self.shown.append((origin, persisted == "true", int(words)))

    def _elsewhere(self, route: Route) -> None:
        route.fulfill(body="<!doctype html><title>Elders</title>elders", content_type="text/html")

    def go(self, to: str) -> None:
        """``back`` or ``forward``, until another page is shown."""
        self._until_shown(lambda: self.page.evaluate(f"setTimeout(() => history.{to}())"))

    def visit(self, url: str) -> None:
        self._until_shown(lambda: self.page.goto(url))

    def _until_shown(self, move: Callable[[], Any]) -> None:
        before = len(self.shown)
        move()
        wait_until(self.page, lambda: len(self.shown) > before)

    def begin(self, url: str) -> None:
        self.visit(url)
        self.visitor.begin()
        self.visitor.say(STORY)
        self.visitor.is_sent(STORY)


def may_be_kept(page: Page, url: str) -> None:
    """Take away the header that forbids to keep the page, as a browser does that does not heed it."""

    def serve(route: Route) -> None:
        answer = route.fetch()
        kept = {name: value for name, value in answer.headers.items() if name != "cache-control"}
        route.fulfill(response=answer, headers=kept)

    page.route(f"{url}/", serve)


def test_this_browser_keeps_an_ordinary_page_in_memory(
    product: RunningProduct, keeping_browser: Browser
) -> None:
    history = History(keeping_browser, product)
    history.visit(ELSEWHERE + "/na")
    history.go("back")
    assert history.shown[-1] == (ELSEWHERE, True, 0)
    history.page.context.close()


def test_the_browser_does_not_keep_the_conversation_in_memory(
    product: RunningProduct, keeping_browser: Browser
) -> None:
    history = History(keeping_browser, product)
    history.begin(product.public_url)
    history.visit(ELSEWHERE + "/na")
    history.go("back")
    assert history.shown[-1] == (product.public_url, False, 0)
    expect(history.visitor.own(STORY)).to_have_count(1)  # she did not leave: it is read again, with her token
    history.page.context.close()


def test_a_browser_that_keeps_it_all_the_same_keeps_no_words(
    product: RunningProduct, keeping_browser: Browser
) -> None:
    history = History(keeping_browser, product)
    may_be_kept(history.page, product.public_url)
    history.begin(product.public_url)
    history.visit(ELSEWHERE + "/na")
    history.go("back")
    wait_until(history.page, lambda: history.shown[-1] == (product.public_url, False, 0))
    assert (product.public_url, True, 0) in history.shown  # it came from memory, empty, and loaded itself again
    expect(history.visitor.own(STORY)).to_have_count(1)
    history.page.context.close()


@pytest.mark.parametrize("kept", [False, True], ids=["as served", "kept in memory"])
def test_after_leaving_neither_back_nor_forward_shows_the_conversation(
    product: RunningProduct, keeping_browser: Browser, kept: bool
) -> None:
    history = History(keeping_browser, product)
    page = history.page
    if kept:
        may_be_kept(page, product.public_url)
    history.begin(product.public_url)
    page.get_by_role("link", name="Snel weg").click()
    wait_until(page, lambda: not page.url.startswith((product.public_url, ELSEWHERE)))
    wait_until(page, lambda: history.shown[-1][0] == "https://www.buienradar.nl")
    for to in ("back", "forward", "back"):
        history.go(to)
        assert not page.url.startswith(product.public_url)
        assert STORY not in page.content()
    assert all(words == 0 for _, _, words in history.shown)
    page.goto(product.public_url)
    assert page.evaluate("sessionStorage.length") == 0
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    page.context.close()
