"""Readable conversation scripts against the four real processes (tests/conversations/scripts/*.yml)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conversations.visitor import Heard, Visitor
from tests.running import RunningProduct

SCRIPTS = [
    pytest.param(script, id=f"{file.stem}: {script['name']}")
    for file in sorted((Path(__file__).parent / "scripts").glob("*.yml"))
    for script in yaml.safe_load(file.read_text(encoding="utf-8"))
]
NEVER = ("slachtoffer", "waarom heb", "beloof ik", "het komt goed")


@pytest.mark.parametrize("script", SCRIPTS)
def test_conversation(product: RunningProduct, script: dict[str, Any]) -> None:
    asyncio.run(play(product.public_url, script))


async def play(base: str, script: dict[str, Any]) -> None:
    async with Visitor(base) as visitor:
        for number, step in enumerate(script["steps"], 1):
            heard = await (visitor.choose(step["choose"]) if "choose" in step else visitor.say(step["say"]))
            check(heard, step, f"step {number} ({step.get('say') or step.get('choose')!r})", visitor)


def check(heard: Heard, step: dict[str, Any], where: str, visitor: Visitor) -> None:
    said = "\n".join(heard.texts)
    for words in as_list(step.get("expect")):
        assert words.lower() in said.lower(), f"{where}: never said {words!r} but\n{said}"
    for words in [*as_list(step.get("never")), *NEVER]:
        assert words.lower() not in said.lower(), f"{where}: said {words!r}:\n{said}"
    if "first" in step:
        assert step["first"] in heard.texts[0], f"{where}: began with {heard.texts[0]!r}"
    if "ask" in step:
        assert heard.ask in as_list(step["ask"]), f"{where}: asked {heard.ask!r}:\n{said}"
    for kind in as_list(step.get("frame")):
        assert heard.has(kind), f"{where}: no frame {kind!r}"


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]
