"""docs/protocol.md names every frame that is taken and sent, every close, and every error code is a known text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import yaml

import meldpunt
from handover.conversation.frames import Incoming

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
FROM_VISITOR, _, TO_VISITOR = PAGE.partition("### To the visitor")
SENDS = re.compile(r'"type": "(\w+)"')


def rows(text: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", text, re.M)) - {"type"}  # the heading


def test_every_frame_of_a_visitor_has_its_line():
    taken = {kind.model_fields["type"].annotation.__args__[0] for kind in get_args(get_args(Incoming)[0])}
    assert rows(FROM_VISITOR) == taken


def test_every_frame_to_a_visitor_has_its_line():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "handover/conversation").glob("*.py"))
    sent = set(SENDS.findall(code)) - {"object"}
    assert sent <= rows(TO_VISITOR.split("## How")[0])


def test_every_code_on_the_page_is_one_that_is_said():
    data = Path(meldpunt.__file__).parent / "data/system_texts.yml"
    known = yaml.safe_load(data.read_text(encoding="utf-8"))["errors"].keys()
    closes = PAGE.split("## How a connection ends")[1]
    named = {code for line in re.findall(r"^\| (`.+?) \|", closes, re.M) for code in re.findall(r"`(\w+)`", line)}
    assert named - {"code"} <= known
