"""The network goes, comes back, or never lets a WebSocket through: nothing is lost and nothing is doubled."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.slow_phone import visit
from tests.browser.visitor import Visitor
from tests.running import RunningProduct

VERY_SLOW = {"offline": False, "latency": 1500, "downloadThroughput": 6000, "uploadThroughput": 3000}


def numbers(page: Page) -> list[int]:
    """The messages on the page by their number."""
    found = page.eval_on_selector_all("[data-seq]", "all => all.map(one => Number(one.dataset.seq))")
    return sorted(found)


def nothing_is_lost_or_doubled(page: Page) -> None:
    found = numbers(page)
    assert found == list(range(1, len(found) + 1)), found


def test_what_is_typed_without_network_arrives_once(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product).begin()
    visitor.page.context.set_offline(True)
    expect(visitor.page.locator(".status")).to_contain_text("Geen verbinding")
    visitor.say("dit typ ik zonder verbinding")
    expect(visitor.own("zonder verbinding")).to_contain_text("Wordt verstuurd")
    visitor.page.context.set_offline(False)
    visitor.is_sent("dit typ ik zonder verbinding")
    expect(visitor.page.locator(".status")).not_to_contain_text("Geen verbinding")
    visitor.page.reload()
    expect(visitor.own("zonder verbinding")).to_have_count(1)
    nothing_is_lost_or_doubled(visitor.page)
    visitor.page.context.close()


def test_an_answer_lost_on_the_way_is_asked_again_and_nothing_is_doubled(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product)
    losing = {"on": False, "lost": 0}

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_server(message: str | bytes) -> None:
            if losing["on"] and '"ack"' in str(message):  # stored, but she never hears of it
                losing.update(on=False, lost=1)
                socket.close()
            else:
                socket.send(message)

        server.on_message(from_server)

    visitor.page.route_web_socket(re.compile("/api/v1/conversation$"), between)
    visitor.page.reload()
    visitor.begin()
    losing["on"] = True
    visitor.say("dit bericht raakt zijn antwoord kwijt")
    visitor.is_sent("dit bericht raakt zijn antwoord kwijt")
    assert losing["lost"] == 1
    visitor.page.reload()
    expect(visitor.own("raakt zijn antwoord kwijt")).to_have_count(1)
    nothing_is_lost_or_doubled(visitor.page)
    visitor.page.context.close()


def test_where_websockets_are_blocked_the_same_conversation_goes_over_http(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product)
    visitor.page.route_web_socket(re.compile("."), lambda socket: socket.close())
    visitor.page.reload()
    visitor.begin()
    visitor.page.get_by_role("button", name="Ja", exact=True).click()
    expect(visitor.page.locator(".log")).to_contain_text("Vertel maar")
    visitor.say("hij wil geld van mij")
    visitor.is_sent("hij wil geld van mij")
    expect(visitor.choices.first).to_be_visible()
    nothing_is_lost_or_doubled(visitor.page)
    visitor.page.context.close()


def test_a_refused_message_says_so_and_can_be_sent_again(product: RunningProduct, browser: Browser) -> None:
    visitor = Visitor.at(browser, product)
    refusing = {"left": 1}

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_page(message: str | bytes) -> None:
            sent = str(message)
            if '"message"' in sent and refusing["left"]:
                refusing["left"] -= 1
                name = re.search(r'"id":"(\w+)"', sent)
                assert name
                socket.send(
                    f'{{"type":"error","status":429,"title":"","detail":"Even wachten.","id":"{name[1]}"}}'
                )
            else:
                server.send(message)

        socket.on_message(from_page)

    visitor.page.route_web_socket(re.compile("/api/v1/conversation$"), between)
    visitor.page.reload()
    visitor.begin()
    visitor.say("dit ging te snel")
    expect(visitor.own("dit ging te snel")).to_contain_text("Niet verstuurd")
    expect(visitor.page.get_by_role("alert").filter(has_text="Even wachten.")).to_be_visible()
    visitor.breaks_no_rule("niet-verstuurd")
    visitor.page.get_by_role("button", name="Probeer opnieuw").click()
    visitor.is_sent("dit ging te snel")
    visitor.page.context.close()


def test_two_tabs_and_a_reload_show_the_same_conversation(product: RunningProduct, browser: Browser) -> None:
    first = Visitor.at(browser, product).begin()
    token = first.page.evaluate("sessionStorage.getItem('t')")
    second = Visitor.in_tab(first.page.context, product)
    second.page.evaluate("token => sessionStorage.setItem('t', token)", token)  # as duplicating a tab does
    second.page.reload()
    expect(second.choices.first).to_be_visible()
    first.say("dit schrijf ik in het eerste tabblad")
    expect(second.own("eerste tabblad")).to_have_count(1)
    second.say("en dit in het tweede")
    first_sees = first.own("en dit in het tweede")
    expect(first_sees).to_have_count(1)
    first.page.reload()
    expect(first_sees).to_have_count(1)
    nothing_is_lost_or_doubled(first.page)
    nothing_is_lost_or_doubled(second.page)
    first.page.context.close()


def test_on_a_very_slow_network_a_message_says_that_it_waits_and_comes_once(
    product: RunningProduct, browser: Browser
) -> None:
    visitor = Visitor.at(browser, product).begin()
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", VERY_SLOW)
    visitor.page.reload()
    expect(visitor.choices.first).to_be_visible()
    visitor.say("het duurt hier lang")
    visitor.is_sent("het duurt hier lang")
    expect(visitor.page.locator(".bubble.visitor ~ .bubble.bot").first).to_be_visible()  # Sam answers
    nothing_is_lost_or_doubled(visitor.page)
    visitor.page.context.close()


def test_on_a_slow_telephone_the_first_words_come_soon(product: RunningProduct, browser: Browser) -> None:
    visit(browser, product)
    times = visit(browser, product)
    print(f"on a slow telephone: {times}")
    assert (
        times.message < 10_000
    )  # `python -m bench.page` judges the figure: the machine that tests is shared
