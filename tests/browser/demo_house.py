"""The staff side with the invented cases of DEMO=1, without the bot: two processes, started in a few seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from handover.demo import PASSWORD, TOTP_SECRET
from tests.second_factor import codes
from tools.lifetime import end_with_me
from tools.product import answers
from tools.settings import free_ports

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 30_000
DESK = {"width": 1366, "height": 860}
TABLET = {"width": 820, "height": 1180}


@dataclass
class DemoHouse:
    """Where the staff pages are, and the logins; everybody logs in once and keeps the session."""

    url: str
    first: dict[str, Any]
    var: Path
    states: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def credentials(self, name: str) -> tuple[str, str]:
        """Password and TOTP secret."""
        return (
            (self.first["password"], self.first["totp_secret"])
            if name == "beheer"
            else (PASSWORD, TOTP_SECRET)
        )

    def context(self, browser: Browser, name: str, viewport: dict[str, int] = DESK) -> BrowserContext:
        """A browser of a colleague who is logged in."""
        if name not in self.states:
            context = browser.new_context(viewport=viewport)
            log_in(context.new_page(), self.url, name, *self.credentials(name))
            self.states[name] = context.storage_state()
            context.close()
        return browser.new_context(viewport=viewport, storage_state=self.states[name])

    def page(self, browser: Browser, name: str, path: str, viewport: dict[str, int] = DESK) -> Page:
        page = self.context(browser, name, viewport).new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(self.url + path)
        return page


def log_in(page: Page, url: str, name: str, password: str, secret: str) -> None:
    """Give both factors; a code that was used just now is followed by the next one."""
    page.goto(url + "/login")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for(timeout=PATIENCE_MS)
    for code in codes(secret):
        page.locator("[name=code]").fill(code)
        with page.expect_navigation(timeout=PATIENCE_MS):
            page.keyboard.press("Enter")
        if "/login" not in page.url:
            return
    raise AssertionError("no code was accepted")


@contextmanager
def demo_house(var: Path) -> Iterator[DemoHouse]:
    """Make the installation, serve it, and stop it at the end."""
    ports = free_ports()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MELDPUNT_")},
        **ports.as_environment(), "MELDPUNT_VAR": str(var), "MELDPUNT_DEMO": "1", "MELDPUNT_CHANNEL_SECRET": "x" * 43,
        "MELDPUNT_ARGON2_MEMORY": "1024", "MELDPUNT_ARGON2_TIME": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "handover"]
    made = subprocess.run(
        [*command, "init", "--json"], env=environment, cwd=ROOT, capture_output=True, check=True
    )
    processes = []
    with (var / "serve.log").open("wb") as log:
        try:
            for name in ("serve", "jobs"):
                processes.append(
                    subprocess.Popen(
                        [*command, name], env=environment, cwd=ROOT, stdout=log, stderr=log, preexec_fn=end_with_me()
                    )
                )
            url = f"http://localhost:{ports.staff}"
            deadline = time.monotonic() + 300
            while not answers(f"http://127.0.0.1:{ports.staff}/health/ready"):
                assert all(one.poll() is None for one in processes), (var / "serve.log").read_text()
                assert time.monotonic() < deadline, "the staff pages did not come up"
                time.sleep(0.1)
            yield DemoHouse(url, json.loads(made.stdout), var)
        finally:
            for one in processes:
                one.terminate()
            for one in processes:
                one.wait(20)
