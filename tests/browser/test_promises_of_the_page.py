"""What the page promises: nothing stored, nothing from elsewhere, text only, small, and right numbers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import handover.visitor
from meldpunt.help import organisations
from tests.browser.visitor import DESK, Visitor
from tests.running import RunningProduct

STATIC = Path(handover.visitor.__file__).parent / "static"
LARGEST = 40_000
NUMBER = re.compile(r"\b(?:0800-(?:\d{4}|\d{7})|0900-\d{4}|033-448 11 86|112|113)\b")
A_PICTURE = """kind => {
  const data = new DataTransfer();
  data.items.add(new File(['x'], 'foto.png', {type: 'image/png'}));
  const event = kind === 'paste' ? new ClipboardEvent(kind, {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
  document.getElementById('bericht').dispatchEvent(event);
  return event.defaultPrevented;
}"""


def numbers() -> set[str]:
    known = set()
    for row in organisations().values():
        known |= {number for number in (row.number, row.free) if number}
    return known


def test_scripts_and_styles_are_at_most_40_kb() -> None:
    sizes = {path.name: path.stat().st_size for path in STATIC.iterdir() if path.suffix in (".js", ".css")}
    assert sum(sizes.values()) <= LARGEST, sizes


def test_the_page_with_all_it_loads_is_at_most_40_kb(product: RunningProduct, browser: Browser) -> None:
    context = browser.new_context()
    page, sizes = context.new_page(), {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto(product.public_url, wait_until="networkidle")
    assert sum(sizes.values()) <= LARGEST, sizes
    context.close()


def test_every_picture_of_the_page_stands_in_its_description_and_the_other_way_round() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    shown = set(re.findall(r"screenshots/(bezoeker-[\w-]+\.png)", (docs / "bezoekerspagina.md").read_text()))
    assert shown == {path.name for path in (docs / "screenshots").glob("bezoeker-*.png")}


def test_every_custom_property_stands_in_the_description_and_the_other_way_round() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    told = set(re.findall(r"`(--[\w-]+)`", (docs / "bezoekerspagina.md").read_text()))
    assert told == set(re.findall(r"(--(?:utrecht|meldpunt)-[\w-]+):", (STATIC / "style.css").read_text()))


@pytest.mark.parametrize("name", [path.name for path in STATIC.iterdir() if path.suffix in (".html", ".js")])
def test_every_number_on_the_page_is_in_the_list_of_help(name: str) -> None:
    words = (STATIC / name).read_text(encoding="utf-8")
    said = set(NUMBER.findall(words)) - ({"033-448 11 86"} if name == "make.js" else set())
    assert said <= numbers()
    for digits, shown in re.findall(r'href="tel:(\d+)"[^>]*>([^<]+)<', words):
        assert digits == re.sub(r"\D", "", shown), f"{shown} dials {digits}"


def test_every_number_in_the_list_of_help_can_be_tapped(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product)
    made = visitor.page.evaluate(
        """async numbers => { const {linked} = await import('/static/make.js');
        return numbers.map(number => linked(`Bel ${number}.`).querySelector('a')?.href ?? null) }""",
        sorted(numbers()),
    )
    assert made == [f"tel:{re.sub(r'[^0-9]', '', number)}" for number in sorted(numbers())]
    visitor.page.context.close()


def test_nothing_is_stored_but_the_token_and_nothing_comes_from_elsewhere(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product, viewport=DESK).begin()
    visitor.say("mijn geheim")
    visitor.is_sent("mijn geheim")
    kept = visitor.page.evaluate("[Object.keys(sessionStorage), localStorage.length, document.cookie]")
    assert kept == [["t"], 0, ""]
    assert visitor.page.evaluate("sessionStorage.t.length") == 43
    assert visitor.page.evaluate("async () => (await indexedDB.databases()).length") == 0
    assert visitor.page.evaluate("async () => (await caches.keys()).length") == 0
    assert visitor.page.context.cookies() == []
    box = visitor.box.evaluate(
        "one => [one.autocomplete, one.spellcheck, one.getAttribute('autocorrect'), one.dataset.gramm]"
    )
    assert box == ["off", False, "off", "false"]
    assert visitor.page.locator("input[type=file]").count() == 0
    assert visitor.foreign == []
    assert visitor.problems == []
    visitor.page.context.close()


def test_trusted_types_and_the_policy_stop_what_somebody_would_slip_in(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product)
    slipped = visitor.page.evaluate(
        """() => { const tried = [() => (document.body.innerHTML = '<b>x</b>'),
        () => (document.createElement('script').text = 'x'),
        () => trustedTypes.createPolicy('own', {})];
        return tried.filter(one => { try { one(); return true } catch { return false } }).length }"""
    )
    assert slipped == 0
    blocked = visitor.page.evaluate("fetch('https://example.org/').then(() => 'through', () => 'blocked')")
    assert blocked == "blocked"
    visitor.page.context.close()


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_refused_kindly(product: RunningProduct, browser: Browser, kind: str) -> None:
    visitor = Visitor.at(browser, product, viewport=DESK).begin()
    assert visitor.page.evaluate(A_PICTURE, kind) is True
    expect(visitor.page.get_by_role("alert")).to_have_text(
        "Stuur hier geen foto's of filmpjes. Vertellen is genoeg."
    )
    visitor.page.context.close()


def test_links_markup_long_text_and_right_to_left_are_shown_as_they_are_typed(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product).begin()
    visitor.say("kijk <b>hier</b> https://slecht.example/a?b=112 en www.slecht.example")
    visitor.is_sent("<b>hier</b> https://slecht.example/a?b=112")
    assert visitor.own("slecht.example").locator("a[href^=http]").count() == 0
    arabic = "هو يهددني بالصور"
    visitor.say(arabic)
    visitor.is_sent(arabic)
    assert visitor.own(arabic).locator(".words").evaluate("one => getComputedStyle(one).direction") == "rtl"
    visitor.box.fill("")
    visitor.box.evaluate("one => one.focus()")
    long = "woord " * 400
    visitor.page.keyboard.insert_text(long)
    assert len(visitor.box.input_value()) == 2000
    expect(visitor.page.locator(".left")).to_have_text("Nog 0 tekens")
    visitor.box.press("Enter")
    expect(visitor.page.locator(".bubble.visitor").last).to_contain_text("Verstuurd")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visitor.problems == []
    visitor.page.context.close()


def test_the_tab_the_paper_and_the_history_tell_nothing(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product).begin()
    page = visitor.page
    assert page.title() == "Informatie"
    assert page.locator("link[rel=icon]").get_attribute("href") == "data:,"
    assert page.evaluate("location.pathname + location.search + location.hash") == "/"
    page.emulate_media(media="print")
    expect(page.locator("body")).to_be_hidden()
    page.context.close()


def test_a_municipality_gives_its_own_colours_by_one_file(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product)
    theme = ":root{--utrecht-button-primary-action-background-color:#6b2d7b}"
    visitor.page.route(
        "**/static/theme.css", lambda route: route.fulfill(body=theme, content_type="text/css")
    )
    visitor.page.reload()
    expect(visitor.page.get_by_role("button", name="Begin")).to_have_css(
        "background-color", "rgb(107, 45, 123)"
    )
    visitor.page.context.close()


@pytest.fixture
def other_site(product: RunningProduct) -> Iterator[str]:
    """A municipality's own page with the launcher on it."""

    class Site(BaseHTTPRequestHandler):
        def __init__(self, launcher: str, *arguments: object) -> None:
            self.launcher = launcher
            super().__init__(*arguments)  # type: ignore[arg-type]

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            tag = f"<script src='{self.launcher}' data-text='Hulp nodig?' defer></script>"
            self.wfile.write(f"<!doctype html><title>Gemeente</title>{tag}".encode())

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, product.public_url + "/launcher.js"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_the_launcher_opens_the_page_in_place_of_the_municipalitys(
    product: RunningProduct, browser: Browser, other_site: str
) -> None:
    page = browser.new_page()
    page.goto(other_site)
    page.get_by_role("link", name="Hulp nodig?").click()
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    assert page.url.rstrip("/") == product.public_url.rstrip("/")
    page.go_back()
    assert "Gemeente" not in page.title()
    page.close()
