"""Readable conversation scripts against the four real processes (tests/conversations/scripts/*.yml)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conversations.visitor import Heard, Visitor
from tests.running import RunningProduct

SCRIPTS = {
    f"{file.stem}: {script['name']}": script
    for file in sorted((Path(__file__).parent / "scripts").glob("*.yml"))
    for script in yaml.safe_load(file.read_text(encoding="utf-8"))
}
AT_ONCE = 3
MOST_QUESTIONS = 14
UNSURE = "geen idee"  # what a script answers to a follow-up that it does not care about
LONG_STORY = (
    "Ik weet niet goed hoe ik dit moet vertellen maar hij wil steeds dat ik dingen voor hem doe. " * 22
)[:2000]
AN_ORGANISATION = "Slachtofferhulp"
NEVER = ("slachtoffer", "waarom heb", "beloof ik", "het komt goed")


@pytest.fixture(scope="module")
def played(product: RunningProduct) -> dict[str, str | None]:
    """What went wrong in each script, None where nothing did. A few visitors talk at the same time."""
    return asyncio.run(play_all(product.public_url))


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_conversation(played: dict[str, str | None], name: str) -> None:
    assert played[name] is None, played[name]


async def play_all(base: str) -> dict[str, str | None]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(script: dict[str, Any]) -> str | None:
        async with turn:
            try:
                await play(base, script)
            except AssertionError as problem:
                return str(problem)
            return None

    return dict(zip(SCRIPTS, await asyncio.gather(*map(one, SCRIPTS.values())), strict=True))


async def play(base: str, script: dict[str, Any]) -> None:
    async with Visitor(base) as visitor:
        for number, step in enumerate(script["steps"], 1):
            where = f"step {number} ({step.get('say') or step.get('choose') or step.get('until')!r})"
            if "until" in step:
                await answer_until(visitor, step, where)
                continue
            heard = await (
                visitor.choose(step["choose"]) if "choose" in step else visitor.say(words(step["say"]))
            )
            check(heard, step, where)
        most = script.get("turns", visitor.turns)
        assert visitor.turns <= most, f"Sam spoke {visitor.turns} times, not at most {most}"


async def answer_until(visitor: Visitor, step: dict[str, Any], where: str) -> None:
    """Answer what Sam asks from ``answers`` until he asks ``until``."""
    answers = step.get("answers", {})
    for _ in range(MOST_QUESTIONS):
        if visitor.ask == step["until"]:
            return
        key = "consent" if str(visitor.ask).startswith("consent:") else str(visitor.ask)
        answer = answers.get(key, UNSURE)
        heard = await (visitor.choose if answer in visitor.choices else visitor.say)(answer)
        assert heard.ask, f"{where}: after {key} Sam asked nothing:\n{heard.texts}"
    raise AssertionError(f"{where}: not reached in {MOST_QUESTIONS} questions")


def words(said: str) -> str:
    """What is typed; ``long`` stands for a story of two thousand characters."""
    return LONG_STORY if said == "long" else said


def check(heard: Heard, step: dict[str, Any], where: str) -> None:
    said = "\n".join(heard.texts).replace(AN_ORGANISATION, "")
    for wanted in as_list(step.get("expect")):
        assert wanted.lower() in said.lower(), f"{where}: never said {wanted!r} but\n{said}"
    for unwanted in [*as_list(step.get("never")), *NEVER]:
        assert str(unwanted).lower() not in said.lower(), f"{where}: said {unwanted!r}:\n{said}"
    if "first" in step:
        assert step["first"] in heard.texts[0], f"{where}: began with {heard.texts[0]!r}"
    assert said or heard.has("erased"), f"{where}: Sam said nothing"
    if "ask" in step:
        assert heard.ask in as_list(step["ask"]), f"{where}: asked {heard.ask!r}:\n{said}"
    for value in as_list(step.get("choices")):
        assert value in heard.choices, f"{where}: no button {value!r} among {heard.choices}"
    for kind in as_list(step.get("frame")):
        assert heard.has(kind), f"{where}: no frame {kind!r}"


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]
