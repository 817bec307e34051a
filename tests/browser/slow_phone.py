"""A cheap telephone on a slow network: four times slower than this machine, slow 4G as Lighthouse defines it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Route

from tests.browser.visitor import PHONE, Visitor, wait_until
from tests.running import RunningProduct

SLOWER = 4
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
# In the page, before its own scripts: when Begin was pressed, when Sam's first words were painted, when they were gone.
CLOCK = """
const at = window.at = {};
const painted = (name) => requestAnimationFrame(() => requestAnimationFrame(() => at[name] ??= performance.now()));
addEventListener('click', () => at.click = performance.now(), true);
new MutationObserver(() => {
  if (!at.message && document.querySelector('.bubble.bot')) painted('message');
  if (document.querySelector('body > .gone')) console.info('GONE ' + (performance.now() - at.click));
}).observe(document, {childList: true, subtree: true});
"""
START_SHOWN = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True)
class Times:
    """Milliseconds: from the address to the start page, from Begin to Sam's first words, from Snel weg to nothing."""

    start: float
    message: float
    gone: float


def slowly(answer: Callable[[Route], None]) -> Callable[[Route], None]:
    """The neutral site is on the same slow network; until it answers, our page can tell what it measured."""

    def handle(route: Route) -> None:
        time.sleep(2 * SLOW_4G["latency"] / 1000)
        answer(route)

    return handle


def visit(browser: Browser, product: RunningProduct) -> Times:
    """One visit with an empty browser: read the start, begin, read Sam's first words, leave."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="nl-NL")
    gone: list[float] = []
    try:
        visitor = Visitor(product, context.new_page())
        page = visitor.page
        page.add_init_script(CLOCK)
        page.on("console", lambda m: gone.append(float(m.text[5:])) if m.text.startswith("GONE") else None)
        page.route(lambda url: not url.startswith(product.public_url), slowly(visitor.elsewhere))
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_4G)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(product.public_url)
        page.wait_for_function("() => customElements.get('meldpunt-chat')")
        start = page.evaluate(START_SHOWN)
        page.get_by_role("button", name="Begin").click()
        page.wait_for_function("() => window.at.message")
        message = page.evaluate("at.message - at.click")
        visitor.leaves_by_button()
        wait_until(page, lambda: bool(gone))
        return Times(start, message, gone[0])
    finally:
        context.close()
