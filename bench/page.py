"""Speed of the visitor's page on a cheap telephone with a slow network: ``python -m bench.page`` prints each figure
beside its target. The whole product runs; one visitor at a time, each with an empty browser.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.slow_phone import SLOWER, visit
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.running import running_product

VISITS = 10
TARGETS = {"start": 1000.0, "message": 1000.0, "gone": 100.0}  # milliseconds
TITLES = {
    "start": "address to start page",
    "message": "Begin to Sam's first words",
    "gone": "Snel weg to nothing on the screen",
}


def main() -> int:
    """0 when the median of every figure reaches its target."""
    executable = os.environ.get("MELDPUNT_CHROMIUM", "/usr/bin/chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_product(Path(folder)) as product,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        first = visit(browser, product)
        times = [visit(browser, product) for _ in range(VISITS)]
        browser.close()
    load = os.getloadavg()[0]
    print(f"Telephone {SLOWER}x slower, slow 4G, {VISITS} visits after a first one; load of the machine {load:.1f}\n")
    print("| ms | median | worst | the first visit | target |\n|---|---|---|---|---|")
    reached = True
    for name, target in TARGETS.items():
        all_of_it = [getattr(one, name) for one in times]
        median = statistics.median(all_of_it)
        reached &= median <= target
        print(f"| {TITLES[name]} | {median:.0f} | {max(all_of_it):.0f} | {getattr(first, name):.0f} | {target:.0f} |")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
