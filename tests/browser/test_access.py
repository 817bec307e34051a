"""Every state of the page for everybody: axe-core, the keyboard alone, what a screen reader is told, zoom, colours."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.visitor import DESK, PHONE, Visitor, shoot_when_asked, wait_until
from tests.running import RunningProduct

STORY = "een gast van snap dreigt mijn fotos door te sturen als ik vrijdag niet naar een hotel in hengelo kom. ben 15"
# What Chromium itself says of a wrong code and of a network that was taken away.
MEANT = (
    "Failed to load resource: the server responded with a status of 404",
    "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",
    "WebSocket connection to",
)
KEYBOARD_OPEN = 420  # what a telephone's keyboard leaves of 844 px
AIM = {"touch": 44, "mouse": 24}
SMALL_TARGETS = """least => [...document.querySelectorAll('button, summary, input, textarea, .top a')]
  .filter(one => one.checkVisibility() && one.getClientRects().length)
  .map(one => [one.textContent || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => Math.round(box.width) < least || Math.round(box.height) < least)
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
# The name of what has the focus, and whether she sees that it has: an outline, and a place on the screen.
FOCUS = """() => { const one = document.activeElement, box = one.getBoundingClientRect();
  const seen = one !== document.body && getComputedStyle(one).outlineStyle !== 'none'
    && box.bottom > 0 && box.top < innerHeight;
  return [one.ariaLabel || one.textContent, seen] }"""


@pytest.fixture(scope="module")
def teller(product: RunningProduct, browser: Browser) -> Iterator[Visitor]:
    """One visitor who goes through the states in the order of the tests that use her."""
    visitor = Visitor.at(browser, product, is_mobile=True, has_touch=True)
    yield visitor
    assert [said for said in visitor.problems if not said.startswith(MEANT)] == []
    assert visitor.foreign == []
    visitor.page.context.close()


def test_every_state_from_start_to_receipt_breaks_no_rule(teller: Visitor) -> None:
    page = teller.page
    teller.breaks_no_rule("start")
    page.get_by_text("Ik heb een code").click()
    teller.breaks_no_rule("code-intypen")
    page.get_by_label("Je code van 16 cijfers").fill("1234 1234 1234 1234")
    page.get_by_role("button", name="Verder").click()
    expect(page.locator("#code-error")).to_contain_text("klopt niet")
    teller.breaks_no_rule("code-fout")
    teller.begin()
    teller.breaks_no_rule("gesprek")
    assert page.evaluate(SMALL_TARGETS, AIM["touch"]) == []
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.locator(".log")).to_contain_text("Vertel maar")
    teller.say(STORY)
    expect(page.locator(".bubble.bot a[href='tel:112']").nth(0)).to_be_attached()
    teller.answers_until(".choices button")
    teller.breaks_no_rule("veiligheid")


def test_a_line_of_the_summary_can_be_taken_away(teller: Visitor) -> None:
    teller.answers_until(".lines")
    teller.breaks_no_rule("samenvatting")
    lines = teller.page.locator(".lines li span").all_inner_texts()
    assert "Plaats: Hengelo" in lines
    teller.page.get_by_role("button", name="Haal weg: Plaats: Hengelo").click()
    expect(teller.page.locator(".lines li", has_text="Plaats: Hengelo")).to_have_count(0)
    teller.answers_until(".lines")
    assert "Plaats: Hengelo" not in teller.page.locator(".lines li span").all_inner_texts()
    expect(teller.page.locator(".bubble.bot").last).not_to_contain_text("Plaats: Hengelo")


def test_a_line_of_the_summary_can_be_changed(teller: Visitor) -> None:
    teller.answers_until(".lines")
    teller.page.get_by_role("button", name="Verander: Leeftijd: 15").click()
    expect(teller.page.locator(".choices button", has_text="16-17")).to_be_visible()
    teller.page.locator(".choices button", has_text="16-17").click()
    expect(teller.page.locator(".lines li", has_text="Leeftijd: 16")).to_have_count(1)


def test_the_receipt_is_shown_in_fours_copied_and_checked(teller: Visitor) -> None:
    page = teller.page
    teller.answers_until(".receipt")
    teller.breaks_no_rule("code")
    code = page.locator(".receipt output").inner_text()
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", code)
    page.context.grant_permissions(["clipboard-write", "clipboard-read"])
    page.get_by_role("button", name="Kopieer de code").click()
    expect(page.get_by_role("button", name="Gekopieerd")).to_be_visible()
    page.get_by_role("button", name="Ik heb hem bewaard").click()
    expect(page.locator(".receipt output")).to_be_hidden()  # from what she wrote down, not from the screen
    check = page.get_by_label("Typ je code om te kijken of hij klopt")
    check.fill("0000")
    page.get_by_role("button", name="Kijk na").click()
    expect(page.locator(".notice")).to_contain_text("niet dezelfde")
    teller.breaks_no_rule("code-nakijken")
    check.fill(code.replace(" ", ""))
    page.get_by_role("button", name="Kijk na").click()
    expect(page.locator(".receipt")).to_contain_text("De code klopt")
    assert page.evaluate(SMALL_TARGETS, AIM["touch"]) == []


def test_what_was_agreed_can_be_changed_and_what_cannot_be_undone_is_asked_twice(teller: Visitor) -> None:
    page = teller.page
    open_consents(page)
    teller.breaks_no_rule("toestemming")
    assert page.evaluate(SMALL_TARGETS, AIM["touch"]) == []
    page.get_by_role("button", name="Toch niet: Contact met mij opnemen").click()
    teller.is_sent("Contact met mij opnemen: Nee")
    expect(page.locator(".bubble.system")).to_contain_text("aangepast")
    open_consents(page)
    expect(page.get_by_role("button", name="Toch wel: Contact met mij opnemen")).to_be_visible()
    page.get_by_role("button", name="Toch niet: Mijn eigen zinnen bewaren").click()
    page.get_by_role("button", name="Ja, haal ze weg").click()
    expect(teller.own(STORY)).to_have_count(0)
    expect(teller.own("Mijn eigen zinnen bewaren: Nee")).to_have_count(1)
    keep = "Toch niet: De melding bewaren"
    open_consents(page)
    page.get_by_role("button", name=keep).click()
    expect(page.get_by_role("group")).to_contain_text(
        "je melding, dit gesprek en je code. Dit kan niet terug."
    )
    expect(page.get_by_role("button", name="Nee", exact=True)).to_be_focused()
    teller.breaks_no_rule("toestemming-zeker")
    page.get_by_role("button", name="Nee", exact=True).click()
    expect(page.get_by_role("group")).to_be_hidden()
    expect(teller.own("De melding bewaren")).to_have_count(0)


def test_without_network_and_after_erasing_no_rule_is_broken(teller: Visitor) -> None:
    page = teller.page
    page.context.set_offline(True)
    expect(page.locator(".status")).to_contain_text("Geen verbinding")
    teller.breaks_no_rule("zonder-verbinding")
    page.context.set_offline(False)
    expect(page.locator(".status")).not_to_contain_text("Geen verbinding")
    open_consents(page)
    page.get_by_role("button", name="Toch niet: De melding bewaren").click()
    page.get_by_role("button", name="Ja, wis alles").click()
    expect(page.locator(".status")).to_contain_text("Alles is gewist")
    teller.breaks_no_rule("gewist")
    assert page.evaluate("sessionStorage.length") == 0


def open_consents(page: Page) -> None:
    page.get_by_role("button", name="Wat mag het meldpunt?").click()


MODES = {
    "wachten": ('"mode":"waiting","position":2', "Nummer 2 in de rij."),
    "medewerker": ('"mode":"staff","name":"Anna"', "Je praat met Anna, medewerker van het meldpunt."),
    "gesloten": ('"mode":"closed"', "Het gesprek is klaar."),
}


@pytest.mark.parametrize("look", ["light", "dark", "forced"])
def test_waiting_staff_and_closed_break_no_rule(product: RunningProduct, browser: Browser, look: str) -> None:
    options = {"forced_colors": "active"} if look == "forced" else {"color_scheme": look}
    visitor = Visitor.at(browser, product, reduced_motion="reduce", **options)
    sockets: list[WebSocketRoute] = []

    def between(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    visitor.page.route_web_socket(re.compile("/api/v1/conversation$"), between)
    visitor.page.reload()
    visitor.begin()
    visitor.breaks_no_rule(f"gesprek-{look}", picture=look != "light")
    for name, (mode, text) in MODES.items():
        sockets[-1].send(f'{{"type":"mode",{mode}}}')
        if name == "medewerker":
            said = '"author":"staff","text":"Hoi, ik lees met je mee.","at":""'
            sockets[-1].send(f'{{"type":"message","seq":900,{said}}}')
            expect(visitor.page.locator(".bubble.staff")).to_contain_text("Medewerker")
            sockets[-1].send('{"type":"typing","author":"staff"}')
            expect(visitor.page.locator(".typing")).to_have_text("Medewerker is aan het typen")
        expect(visitor.page.get_by_role("status").first).to_contain_text(text)
        visitor.breaks_no_rule(f"{name}-{look}", picture=(name, look) == ("medewerker", "dark"))
    assert visitor.page.evaluate("getComputedStyle(document.querySelector('.log')).scrollBehavior") == "auto"
    edge = visitor.page.evaluate("getComputedStyle(document.querySelector('.bubble')).borderTopColor")
    assert (edge == "rgba(0, 0, 0, 0)") is (look != "forced")  # without colours a line keeps them apart
    visitor.page.context.close()


def test_the_statement_and_the_page_without_javascript(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product)
    visitor.page.goto(product.public_url + "/toegankelijkheid")
    visitor.breaks_no_rule("toegankelijkheid")
    visitor.page.context.close()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(product.public_url)
    for number in ("112", "0800-0432", "0800-2000", "113", "0800-0113"):
        expect(page.get_by_role("link", name=number, exact=True).first).to_be_visible()
    expect(page.locator("#hours")).to_contain_text("uur")
    leave = page.get_by_role("link", name="Snel weg").get_attribute("href")
    assert leave
    assert leave.startswith("https://")
    expect(page.get_by_role("button", name="Begin")).to_be_hidden()
    assert "{" not in page.locator("body").inner_text()
    shoot_when_asked(page, "bezoeker-zonder-javascript")
    context.close()


def test_the_whole_conversation_with_the_keyboard_alone(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product, viewport=DESK)
    page, keys = visitor.page, visitor.page.keyboard
    focus_on(page, "Begin", "Tab")
    keys.press("Enter")
    expect(visitor.choices.first).to_be_visible()
    expect(visitor.box).to_be_focused()
    focus_on(page, "Wis alles", "Tab")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Nee", exact=True)).to_be_focused()
    keys.press("Enter")  # what Sam asked is there again
    expect(visitor.box).to_be_focused()
    focus_on(page, "Ja", "Shift+Tab")  # the buttons come just before the text box
    keys.press("Enter")
    expect(visitor.box).to_be_focused()  # what had the focus is gone; she can go on typing
    expect(page.locator(".log")).to_contain_text("Vertel maar")
    keys.type(STORY)
    keys.press("Enter")
    expect(visitor.box).to_be_focused()
    visitor.is_sent(STORY)
    visitor.answers_until(".receipt", lambda name: press(page, name))
    code = page.locator(".receipt output").inner_text()
    focus_on(page, "Ik heb hem bewaard", "Shift+Tab")
    keys.press("Enter")
    expect(page.get_by_label("Typ je code om te kijken")).to_be_focused()
    keys.type(code)
    keys.press("Enter")
    expect(page.get_by_text("De code klopt")).to_be_focused()
    focus_on(page, "Wat mag het meldpunt?", "Tab")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Sluit")).to_be_focused()
    keys.press("Enter")
    expect(visitor.box).to_be_focused()
    assert page.evaluate(SMALL_TARGETS, AIM["mouse"]) == []
    keys.press("Escape")
    keys.press("Escape")
    visitor.has_left()
    page.context.close()


def press(page: Page, name: str) -> None:
    focus_on(page, name, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Typ je bericht")).to_be_focused()


def focus_on(page: Page, name: str, key: str) -> None:
    """Press the key until what has this name has the focus; everything on the way shows that it has it."""
    for _ in range(60):
        page.keyboard.press(key)
        wait_until(page, lambda: page.evaluate(FOCUS)[1])  # the thread may still be scrolling there
        if page.evaluate(FOCUS)[0] == name:
            return
    raise AssertionError(f"{name} cannot be reached with {key}")


def test_a_screen_reader_hears_each_new_message_once_and_never_the_history(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product, viewport=DESK).begin()
    log = visitor.page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    before = log.locator(".bubble").count()
    assert before > 0  # Sam's first words came while she was here
    visitor.page.evaluate(
        """() => { window.heard = []; new MutationObserver(rows => rows.forEach(row => row.addedNodes.forEach(
        node => node.ariaLive === 'off' || window.heard.push(node.textContent))))
        .observe(document.querySelector('[role=log]'), {childList: true}) }"""
    )
    visitor.page.get_by_role("button", name="Ja", exact=True).click()
    expect(log).to_contain_text("Vertel maar")
    heard = visitor.page.evaluate("window.heard")
    assert len([text for text in heard if "Vertel maar" in text]) == 1
    assert not [text for text in heard if text.startswith("Jij")]  # her own words are not read to her
    visitor.page.context.set_offline(True)
    expect(visitor.status).to_contain_text("Geen verbinding")
    visitor.page.context.set_offline(False)
    expect(visitor.status).not_to_contain_text("Geen verbinding")
    assert visitor.page.evaluate("window.heard") == heard
    everything = visitor.page.locator(".bubble").count()
    visitor.page.reload()
    expect(visitor.page.locator(".past .bubble")).to_have_count(everything)
    expect(log.locator(".bubble")).to_have_count(0)
    visitor.page.context.close()


def test_the_accessibility_tree_says_what_is_what(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product, viewport=DESK).begin()
    expect(visitor.page.locator("body")).to_match_aria_snapshot("""
      - banner:
        - link "Gevaar? Bel 112"
        - link "Snel weg"
      - main:
        - status: Je praat met Sam, een chatbot.
        - region "Gesprek":
          - log "Nieuwe berichten"
        - alert
        - group "Kies, of typ zelf iets":
          - button "Ja"
        - text: Typ je bericht
        - textbox "Typ je bericht"
        - button "Stuur"
        - button "Ik wil een mens"
        - button "Wis alles"
    """)
    visitor.page.context.close()


def test_with_the_keyboard_of_a_telephone_open_she_still_sees_the_box_and_the_way_out(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product, is_mobile=True, has_touch=True, viewport=PHONE).begin()
    visitor.box.tap()
    visitor.page.set_viewport_size({"width": PHONE["width"], "height": KEYBOARD_OPEN})
    visitor.say("zie je dit nog")
    visitor.is_sent("zie je dit nog")
    last = visitor.page.locator(".bubble").last
    for seen in (visitor.box, visitor.page.get_by_role("link", name="Snel weg"), last):
        expect(seen).to_be_in_viewport()
    visitor.breaks_no_rule("toetsenbord-open")
    visitor.page.context.close()


def test_at_400_percent_everything_is_reached_by_scrolling_one_way(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product, viewport={"width": 320, "height": 256}).begin()
    visitor.breaks_no_rule("400-procent")
    expect(visitor.page.get_by_role("link", name="Snel weg")).to_be_in_viewport()
    visitor.choices.first.scroll_into_view_if_needed()
    expect(visitor.choices.first).to_be_in_viewport()
    visitor.box.scroll_into_view_if_needed()
    expect(visitor.box).to_be_in_viewport()
    visitor.say("past dit")
    visitor.is_sent("past dit")
    expect(visitor.page.get_by_role("link", name="Snel weg")).to_be_in_viewport()
    visitor.page.context.close()
