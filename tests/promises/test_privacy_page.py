"""Each sentence of docs/privacy.md names a test that exists: no promise without its guard."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<promise>[^|]+?) \| (?P<file>tests/\S+\.py)::(?P<test>\w+) \|$", re.M)
PROMISES = [(m["promise"], m["file"], m["test"]) for m in ROW.finditer(PAGE)]


@pytest.mark.parametrize(("promise", "file", "test"), PROMISES, ids=[promise for promise, *_ in PROMISES])
def test_the_test_of_a_promise_is_there(promise: str, file: str, test: str):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert test in names, promise


def test_every_row_is_a_promise_of_one_sentence_with_its_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and "---" not in line]
    assert len(rows) - rows.count("| Belofte | Test |") == len(PROMISES) > 20
    for promise, *_ in PROMISES:
        assert promise.endswith(".")
        assert promise.count(". ") == 0


def test_nothing_is_promised_outside_the_tables():
    """Before "Wat we niet kunnen beloven" there is an opening paragraph, headings and tables, and nothing else."""
    promised = PAGE.split("## Wat we niet kunnen beloven")[0]
    paragraphs = [part for part in promised.split("\n\n") if part.strip() and not part.startswith(("#", "|"))]
    assert len(paragraphs) == 1
