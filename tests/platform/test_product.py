"""The whole product, really started: every part answers, and a part that is killed can come back."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tools.console import Problem
from tools.product import answers
from tools.settings import check_free

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.running import RunningProduct


def test_both_listeners_serve_their_page(product: RunningProduct) -> None:
    for address in (product.public_url, product.staff_url):
        with urllib.request.urlopen(address) as page:
            assert page.headers.get_content_type() == "text/html"
            assert b"<html" in page.read()


def test_the_visitors_page_shows_in_a_browser(product: RunningProduct, browser: Browser) -> None:
    page = browser.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(product.public_url)
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.title()
    assert failures == []
    page.close()


def test_the_first_login_is_given_once(product: RunningProduct) -> None:
    assert {"username", "password", "totp_secret", "recovery_key"} <= set(product.login)
    assert product.control.prepare() is None


def test_rasa_and_the_actions_refuse_whoever_has_no_secret(product: RunningProduct) -> None:
    ports = product.control.ports
    assert not answers(f"http://127.0.0.1:{ports.rasa}/webhooks/meldpunt/health")
    call = urllib.request.Request(
        f"http://127.0.0.1:{ports.actions}/webhook", data=json.dumps({"next_action": "x"}).encode()
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(call)


def test_what_it_makes_is_for_the_owner_only(product: RunningProduct) -> None:
    open_to_others = [
        path for path in product.var.rglob("*") if path.is_file() and path.stat().st_mode & 0o077
    ]
    assert open_to_others == []


def test_its_ports_are_refused_to_a_second_start(product: RunningProduct) -> None:
    with pytest.raises(Problem, match=f"Port {product.control.ports.public}, for the visitors' page"):
        check_free(product.control.ports)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", ["actions", "jobs", "handover", "rasa"])
def test_a_part_that_was_killed_comes_back(product: RunningProduct, name: str) -> None:
    product.kill(name)
    product.start(name)
    product.wait_until_ready()
