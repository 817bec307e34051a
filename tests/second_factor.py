"""Codes of a second factor for tests that share a product."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pyotp

STEP_S = 30


def codes(secret: str) -> Iterator[str]:
    """Codes to offer until one is accepted: each counts once, and another test may have used this half minute's."""
    factor = pyotp.TOTP(secret)
    yield factor.now()
    yield factor.at(int(time.time()) + STEP_S)
    for _ in range(2):
        time.sleep(STEP_S - time.time() % STEP_S + 0.5)
        yield factor.at(int(time.time()) + STEP_S)
