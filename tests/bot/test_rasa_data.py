"""Rasa's own check of the training data, by the real command."""

from __future__ import annotations

import re
import subprocess
from collections import Counter

import yaml

from tools.environments import RASA
from tools.paths import ROOT

# A guided conversation has two rules; the form and the actions use intents and texts that Rasa's check cannot see.
# Four intents are handover's own and never a visitor's, so they have no examples.
NOT_SEEN_BY_RASA = re.compile(
    r"The (?:intent|utterance) '\w+' is not used in any story or rule\."
    r"|The intent '(?:session_opened|session_resumed|given_back|choice)' is listed in the domain file"
)
INTENTS = 44
ENOUGH, ENOUGH_FOR_SAFETY = 60, 150
SAFETY = ("tell_story", "danger_now", "suicidal", "someone_is_watching")


def test_rasa_finds_nothing_wrong_in_the_data() -> None:
    done = subprocess.run(
        [str(RASA.python), "-m", "rasa", "data", "validate", "--data", "bot/data"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    warnings = [line for line in (done.stdout + done.stderr).splitlines() if "Warning:" in line]
    others = [line for line in warnings if "UserWarning" in line and not NOT_SEEN_BY_RASA.search(line)]
    assert done.returncode == 0, done.stderr[-1500:]
    assert not others


def examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = [line.strip().removeprefix("-").strip() for line in block["examples"].splitlines()]
            found.setdefault(block["intent"], []).extend(line for line in lines if line)
    return found


def test_every_intent_has_enough_different_examples() -> None:
    counts = {name: len({line.lower() for line in lines}) for name, lines in examples().items()}
    assert len(counts) == INTENTS
    assert not {name: n for name, n in counts.items() if n < (ENOUGH_FOR_SAFETY if name in SAFETY else ENOUGH)}


def test_no_example_stands_under_two_intents() -> None:
    where = Counter(line for lines in examples().values() for line in {line.lower() for line in lines})
    assert not [line for line, times in where.items() if times > 1]
