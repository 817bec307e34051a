"""A mistake in a data file ends each of the four processes at once: file, line and remedy, and no stack trace."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.console import Problem
from tools.paths import ROOT
from tools.product import Product, procfile
from tools.settings import free_ports

CODE = ("bot", "handover", "meldpunt", "domain.yml", "Procfile")
# a file, what is broken in it, and which processes read it
BROKEN = [
    ("meldpunt/data/recipients.yml", "item: delen_gemeente", "item: delen_dorp", ("handover", "jobs")),
    ("meldpunt/data/help.yml", 'number: "0800-0188"', 'number: "nul acht"', ("handover", "jobs", "rasa", "actions")),
    ("meldpunt/data/safety_phrases.tsv", "\nsuicidaal\t", "\nsomber\t", ("handover", "jobs", "rasa", "actions")),
    ("meldpunt/data/details.tsv", "\ntold\t", "\ntodl\t", ("rasa", "actions")),
    ("meldpunt/data/answers.tsv", "\nno_place\t", "\nno_plaats\t", ("actions",)),
    ("handover/staff/permissions.yml", "routes:", "wegen:", ("handover",)),
    ("domain.yml", "responses:", "antwoorden:", ("actions",)),
]
CASES = [(file, good, bad, process) for file, good, bad, processes in BROKEN for process in processes]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code in a folder of its own, with the environments of this checkout."""
    for part in CODE:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, tmp_path / part, ignore=shutil.ignore_patterns("nlu*", "messages", "__pycache__"))
        else:
            shutil.copy(source, tmp_path / part)
    for environment in (".venv", ".venv-rasa"):
        (tmp_path / environment).symlink_to(ROOT / environment)
    return tmp_path


def broken(folder: Path, file: str, good: str, bad: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert good in text
    (folder / file).write_text(text.replace(good, bad, 1), encoding="utf-8")


@pytest.mark.parametrize(("file", "good", "bad", "process"), CASES, ids=[f"{c[0]}-{c[3]}" for c in CASES])
def test_a_process_ends_with_one_sentence(copy: Path, file: str, good: str, bad: str, process: str) -> None:
    broken(copy, file, good, bad)
    product = Product(copy / "var", free_ports(), {"PATH": os.environ["PATH"]})
    done = subprocess.run(
        procfile()[process], cwd=copy, env={**product.environment_of(process), "PYTHONPATH": str(copy)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert f"{Path(file).name}, line " in said
    assert "Traceback" not in said


def test_make_run_says_the_same(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(copy, *BROKEN[0][:3])
    monkeypatch.setattr("tools.product.ROOT", copy)
    with pytest.raises(Problem) as refused:
        Product(copy / "var", free_ports(), {"PATH": os.environ["PATH"]}).prepare()
    lines = str(refused.value).splitlines()
    assert "recipients.yml, line " in lines[0]
    assert "use one of" in str(refused.value)
    assert "Traceback" not in str(refused.value)
