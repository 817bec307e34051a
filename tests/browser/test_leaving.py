"""Leaving in each way: nothing on the screen, nothing in the browser, nothing to go back to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import DESK, Visitor, wait_until
from tests.running import RunningProduct

TRIES = 5
HIDDEN_MS = 100
STORY = "hij dreigt mijn foto te sturen"
NOTHING_KEPT = "sessionStorage.length + localStorage.length + document.cookie.length"
# Measures in the page, before its own scripts run: from the press until the words are gone, and the socket's end.
WATCH = """
const close = WebSocket.prototype.close;
WebSocket.prototype.close = function () { console.info('DROPPED'); close.call(this) };
for (const kind of ['click', 'keyup']) addEventListener(kind, () => window.pressed = performance.now(), true);
addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  if (!document.querySelector('.gone') || window.pressed === undefined) return;
  if (!document.querySelector('.bubble')) console.info('GONE ' + (performance.now() - window.pressed));
}).observe(document.body, {childList: true}));
"""


def by_button(page: Page) -> None:
    page.get_by_role("link", name="Snel weg").click()


def by_keys(*keys: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        here = page.url
        for _ in range(TRIES):  # on a busy machine the presses may lie too far apart
            for key in keys:
                page.keyboard.press(key)
            page.wait_for_timeout(300)
            if page.url != here:
                return

    return press


WAYS = {
    "the button": by_button,
    "the left Shift three times": by_keys("ShiftLeft", "ShiftLeft", "ShiftLeft"),
    "the right Shift three times": by_keys("ShiftRight", "ShiftRight", "ShiftRight"),
    "both Shifts": by_keys("ShiftLeft", "ShiftRight", "ShiftLeft"),
    "Esc twice": by_keys("Escape", "Escape"),
}


@pytest.mark.parametrize("way", WAYS)
def test_leaving_hides_at_once_and_leaves_nothing(
    product: RunningProduct, browser: Browser, way: str
) -> None:
    visitor = Visitor.at(browser, product, viewport=DESK)
    page, gone, dropped = visitor.page, [], []
    page.add_init_script(WATCH)
    page.reload()
    visitor.begin()
    entries = page.evaluate("history.length")
    page.on("console", lambda m: gone.append(float(m.text[5:])) if m.text.startswith("GONE") else None)
    page.on("console", lambda m: dropped.append(m.text) if m.text == "DROPPED" else None)
    visitor.say(STORY)
    visitor.is_sent(STORY)
    WAYS[way](page)
    visitor.has_left()
    wait_until(page, lambda: bool(gone and dropped))
    assert gone[0] <= HIDDEN_MS
    print(f"{way}: hidden after {gone[0]:.0f} ms")
    assert page.evaluate("history.length") == entries
    page.go_back()  # what was open before this page, not this page
    assert STORY not in page.content()
    page.goto(product.public_url)
    assert page.evaluate(NOTHING_KEPT) == 0
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    assert visitor.problems == []
    page.context.close()


def test_typing_capitals_or_one_esc_makes_nobody_leave(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product, viewport=DESK).begin()
    visitor.box.press_sequentially("HIJ Is BOOS")
    for key in ("Escape", "a", "Escape", "Shift", "Shift", "b", "Shift"):
        visitor.page.keyboard.press(key)
    expect(visitor.box).to_be_focused()
    assert visitor.foreign == []
    visitor.page.context.close()


def test_an_on_screen_keyboard_makes_nobody_leave(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product, is_mobile=True, has_touch=True).begin()
    visitor.box.tap()
    for _ in range(4):
        visitor.page.keyboard.press("ShiftLeft")  # some on-screen keyboards name the key
    visitor.page.evaluate(  # others do not
        """() => { for (let i = 0; i < 4; i++) for (const kind of ['keydown', 'keyup'])
        document.body.dispatchEvent(new KeyboardEvent(kind, {key: 'Shift', bubbles: true})) }"""
    )
    expect(visitor.box).to_be_visible()
    assert visitor.foreign == []
    visitor.page.context.close()


def test_leaving_in_one_tab_leaves_in_the_other_too(product: RunningProduct, browser: Browser) -> None:
    first = Visitor.at(browser, product).begin()
    second = Visitor.in_tab(first.page.context, product)
    second.begin()
    by_button(first.page)
    first.has_left()
    second.has_left()
    first.page.context.close()


def test_the_other_page_has_the_same_way_out_and_adds_nothing_to_go_back_to(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product)
    entries = visitor.page.evaluate("history.length")
    visitor.page.get_by_role("link", name="Toegankelijkheid").click()
    expect(visitor.page.get_by_role("heading", name="Toegankelijkheid", exact=True)).to_be_visible()
    visitor.page.wait_for_load_state()  # its script has taken over the links
    visitor.page.get_by_role("link", name="Terug").click()
    expect(visitor.page.get_by_role("button", name="Begin")).to_be_visible()
    visitor.page.wait_for_load_state()
    visitor.page.get_by_role("link", name="Toegankelijkheid").click()
    visitor.page.wait_for_url("**/toegankelijkheid")
    visitor.page.wait_for_load_state()
    by_keys("Escape", "Escape")(visitor.page)
    visitor.has_left()
    assert visitor.page.evaluate("history.length") == entries
    visitor.page.context.close()
