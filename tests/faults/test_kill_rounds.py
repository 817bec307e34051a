"""A few rounds of kill -9 under load with every run; a hundred by hand: ``python -m tests.faults.kill_rounds``."""

from __future__ import annotations

import asyncio
import os
import random

import pytest

from tests.faults.kill_rounds import run
from tests.running import RunningProduct

ROUNDS = int(os.environ.get("MELDPUNT_KILL_ROUNDS", "3"))


@pytest.mark.timeout(600)
def test_nothing_that_was_promised_is_lost_or_doubled(product: RunningProduct) -> None:
    seed = random.randrange(1_000_000)
    outcome = asyncio.run(run(product, ROUNDS, visitors=3, seed=seed))
    assert outcome.lost == [], f"seed {seed}"
    assert outcome.doubled == [], f"seed {seed}"
    assert outcome.acknowledged > 0
