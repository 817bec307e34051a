"""Start everything and stay until it is stopped: ``make run``."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from tools.console import end_with_one_sentence, say
from tools.lifetime import end_with
from tools.paths import ROOT, var_folder
from tools.product import Product, alone_in
from tools.settings import check_free, ports_from, with_dotenv

WATCH_S = 0.3
NO_DEMO = (
    "DEMO=1 fills a new installation only, and {folder} holds one already: nothing invented was added. "
    "For invented cases: make run DEMO=1 MELDPUNT_VAR=var/demo"
)


def main() -> int:
    """Run the product of this checkout, with the settings of its environment."""
    environment = with_dotenv(os.environ, ROOT / ".env")
    return stay(lambda: Product(var_folder(environment), ports_from(environment), environment))


def stay(make_product: Callable[[], Product]) -> int:
    """Start a product and stay until Ctrl-C or until one of its processes ends; then none of it is left."""
    stopping = threading.Event()
    _stop_on_signals(stopping)
    begun = time.monotonic()
    product = make_product()
    with alone_in(product.var):
        check_free(product.ports)
        say(f"Starting {', '.join(product.commands)} ...")
        try:
            product.start_what_needs_no_database()
            login = product.prepare()
            if not login and asks_for_demo(product.environment):
                say(NO_DEMO.format(folder=product.var))
            if login:
                print(first_login(login), flush=True)
                if login.get("demo"):
                    print(demo_logins(login["demo"]), flush=True)
            product.start_the_rest()
            product.wait_until_ready(stopping.is_set)
            if not stopping.is_set():
                print(addresses(product, time.monotonic() - begun), flush=True)
            while not stopping.wait(WATCH_S):
                product.check_all_run()
        finally:
            say("Stopping ...")
            product.stop()
    say("Everything has stopped.")
    return 0


def asks_for_demo(environment: Mapping[str, str]) -> bool:
    """Whether invented cases are asked for."""
    return environment.get("MELDPUNT_DEMO", "0").lower() not in ("", "0", "false")


def first_login(login: dict[str, Any]) -> str:
    """What the first member of staff needs; shown once and kept nowhere."""
    return f"""
The first staff account. Write this down now: it is not kept and not shown again.

  user name      {login["username"]}
  password       {login["password"]}
  one-time code  {login["totp_secret"]}   (for an authenticator app)
                 {login["totp_uri"]}
  recovery key   {login["recovery_key"]}
                 (opens the reports when every password is lost: keep it on paper, in a safe)
"""


def demo_logins(demo: dict[str, Any]) -> str:
    """Who else can log in where the installation is filled with invented cases."""
    people = "\n".join(f"  {name:13}  {', '.join(roles)}" for name, roles in demo["people"])
    return f"""
Everything in here is invented. These colleagues can log in too:

{people}
  password       {demo["password"]}
  one-time code  {demo["totp_secret"]}
"""


def addresses(product: Product, seconds: float) -> str:
    """Where to go."""
    return f"""
Ready in {seconds:.0f} s.

  visitors  {product.public_url}
  staff     {product.staff_url}

Logs are in {product.supervisor.logs}. Ctrl-C stops everything.
"""


def _stop_on_signals(stopping: threading.Event) -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt  # asked twice: force
        stopping.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup keeps its meaning
        signal.signal(signal.SIGHUP, ask)
    if os.environ.get("MAKELEVEL"):
        end_with(os.getppid())  # a killed make takes us along


if __name__ == "__main__":
    sys.exit(end_with_one_sentence(main))
