"""Words that decide something stand in data files, where a case worker can read and mend them: none in a pattern in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATTERN_MAKERS = frozenset({"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"})
ESCAPE = re.compile(r"\\.|\(\?P<\w+>|\[[^\]]*\]")
WORD = re.compile(r"[a-zà-ÿ]{3,}")
NO_WORDS_OF_VISITORS = {"handover/cli.py": {"field"}, "meldpunt/help.py": {"nummer"}}


def patterns() -> Iterator[tuple[str, int, str]]:
    """File, line and text of every pattern that is written in the code."""
    for package in ("bot", "handover", "meldpunt"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                    continue
                maker = node.func
                if isinstance(maker.value, ast.Name) and maker.value.id == "re" and maker.attr in PATTERN_MAKERS:
                    for part in ast.walk(node.args[0]):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            yield file.relative_to(ROOT).as_posix(), node.lineno, part.value


def test_no_pattern_in_the_code_holds_words() -> None:
    found = list(patterns())
    assert len(found) > 20
    words = [
        (file, line, word)
        for file, line, text in found
        for word in WORD.findall(ESCAPE.sub(" ", text))
        if word not in NO_WORDS_OF_VISITORS.get(file, ())
    ]
    assert words == []
