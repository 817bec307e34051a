"""Check written messages and turn them into the project's rows: ``python -m meldpunt.reading.training.passes``.

``check NAME.txt ...`` says what is wrong with lines ``role|style|age|gemeente|acute|indicators|not|text``;
``add NAME.txt --into FOLDER`` writes the good ones as ``FOLDER/NAME.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from meldpunt.indicators.catalogue import catalogue
from meldpunt.places.gazetteer import load_gazetteer
from meldpunt.reading.training.data import MESSAGES

ROLES = ("zelf", "ouder", "professional", "omstander")
STYLES = ("schoon", "slang", "typfouten", "dialect", "nt2", "lang")
ACUTE_IDS = frozenset(
    ("nu_in_gevaar", "opgesloten_vastgehouden", "vermist_weggelopen", "suicidaal", "afspraak_vandaag",
     "dader_leest_mee")
)  # fmt: skip
COLUMNS = 8
TOO_NEAR = 0.6  # share of word pairs in common from which two messages count as one
SHINGLE = 2


@dataclass(frozen=True)
class Fault:
    """What is wrong with one line, and whether the line can be kept."""

    line: int
    text: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}: {self.text[:90]}"


def read_lines(file: Path) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """Every line as a row or as what is wrong with it."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, _row(number, line)


def _row(number: int, line: str) -> dict[str, Any] | Fault:
    cells = [cell.strip() for cell in line.split("|", COLUMNS - 1)]
    if len(cells) != COLUMNS:
        return Fault(number, line, f"{len(cells)} columns, not {COLUMNS}")
    role, style, age, place, acute, asserted, near, text = cells
    row = {
        "role": role, "style": style, "text": text,
        "indicators": _ids(asserted), "not": _ids(near),
        "acute": acute == "A", "age": int(age) if age.isdigit() else None,
        "gemeente": None if place in ("-", "") else place,
    }  # fmt: skip
    reason = fault_in(row, acute, age)
    return Fault(number, text, reason) if reason else row


def fault_in(row: dict[str, Any], acute: str, age: str) -> str:
    """Why a row cannot be used; empty when it can."""
    known = set(catalogue().indicators)
    if row["role"] not in ROLES or row["style"] not in STYLES:
        return f"unknown role or style: {row['role']}, {row['style']}"
    if unknown := sorted({*row["indicators"], *row["not"]} - known):
        return f"unknown indicator {unknown}"
    if both := sorted({*row["indicators"]} & {*row["not"]}):
        return f"asserted and denied at once {both}"
    if acute not in ("A", "-") or not (age.isdigit() or age == "-"):
        return f"acute is A or -, age a number or -: {acute}, {age}"
    if ACUTE_IDS & {*row["indicators"]} - {"opgesloten_vastgehouden", "suicidaal"} and not row["acute"]:
        return "an acute indicator is asserted, but the line is not A"
    if row["acute"] and not {"hotelafspraak", *ACUTE_IDS} & {*row["indicators"]}:
        return "A without an acute indicator or a hotel"
    if row["gemeente"] not in (None, "?", "buiten", *municipalities()):
        return f"unknown municipality {row['gemeente']}"
    if len(row["text"]) < 3:
        return "no text"
    return ""


@lru_cache(maxsize=1)
def municipalities() -> frozenset[str]:
    """The 14 names."""
    return frozenset(name for entry in load_gazetteer().entries.values() for name in entry.municipalities)


def _ids(cell: str) -> list[str]:
    return [] if cell in ("-", "") else [name.strip() for name in cell.split(",") if name.strip()]


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Pairs of neighbouring words; numbers count as one, so that a changed age is no new message."""
    words = ["#" if word.isdigit() else word for word in re.findall(r"\w+", text.lower())]
    return frozenset(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))


def near_duplicates(texts: Sequence[str], threshold: float = TOO_NEAR) -> Iterator[tuple[int, int]]:
    """Pairs (earlier, later) of messages that share ``threshold`` of their word pairs (Jaccard)."""
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    sets = [shingles(text) for text in texts]
    for later, mine in enumerate(sets):
        shared = Counter(earlier for pair in mine for earlier in index[pair])
        for earlier, common in shared.items():
            if common / (len(mine) + len(sets[earlier]) - common) >= threshold:
                yield earlier, later
        for pair in mine:
            index[pair].append(later)


def contradictions(rows: Sequence[dict[str, Any]], threshold: float = TOO_NEAR) -> Iterator[tuple[int, int]]:
    """Near-duplicates of which one asserts what the other calls a near-miss."""
    for one, other in near_duplicates([row["text"] for row in rows], threshold):
        a, b = rows[one], rows[other]
        if {*a["indicators"]} & {*b["not"]} or {*b["indicators"]} & {*a["not"]}:
            yield one, other


def existing(folder: Path = MESSAGES, but: str = "") -> list[dict[str, Any]]:
    """Rows that are there already, without the file that is being written."""
    files = [file for file in sorted(folder.glob("*.jsonl")) if file.stem != but]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def review(file: Path, others: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The rows of ``file`` that can be used, and what is wrong with the rest."""
    rows, lines, faults = [], [], []
    for number, found in read_lines(file):
        if isinstance(found, Fault):
            faults.append(found)
        else:
            rows.append(found)
            lines.append(number)
    known = [row["text"] for row in others]
    twins = {}
    for earlier, later in near_duplicates([*known, *(row["text"] for row in rows)]):
        if later >= len(known):
            twins[later - len(known)] = (known + [row["text"] for row in rows])[earlier]
    faults += [Fault(lines[i], rows[i]["text"], f"too near to «{twin[:60]}»") for i, twin in twins.items()]
    return [row for i, row in enumerate(rows) if i not in twins], faults


def summary(rows: Iterable[dict[str, Any]]) -> str:
    """Counts by indicator, role and style, in a few lines."""
    rows = list(rows)
    asserted = Counter(name for row in rows for name in row["indicators"])
    near = Counter(name for row in rows for name in row["not"])
    lines = [
        f"{len(rows)} messages, {sum(not row['indicators'] for row in rows)} give nothing, "
        f"{sum(row['acute'] for row in rows)} acute",
        f"roles {dict(Counter(row['role'] for row in rows))}, styles {dict(Counter(row['style'] for row in rows))}",
        ", ".join(f"{name} {asserted[name]}/{near[name]}" for name in catalogue().indicators),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Check or add the files that are named."""
    parser = argparse.ArgumentParser(prog="python -m meldpunt.reading.training.passes", description=__doc__)
    parser.add_argument("what", choices=("check", "add"))
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--into", type=Path, default=MESSAGES)
    chosen = parser.parse_args(arguments)
    for file in chosen.files:
        rows, faults = review(file, existing(but=file.stem))
        for fault in faults:
            print(fault)
        print(f"{file.name}: {len(faults)} lines cannot be used; {summary(rows)}")
        if chosen.what == "add":
            target = chosen.into / f"{file.stem}.jsonl"
            numbered = ({"id": f"{file.stem}-{n:04d}", **row} for n, row in enumerate(rows, 1))
            target.write_text(
                "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in numbered), encoding="utf-8"
            )
            print(f"written to {target}")


if __name__ == "__main__":
    main()
