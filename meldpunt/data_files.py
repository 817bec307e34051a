"""Reading the data files so that a mistake is refused with its file, line and what to do."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


class DataFileError(ValueError):
    """A data file holds a mistake; the message names the file, the line and the remedy."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}")
        self.file, self.line = file, line


def read_text(file: Path, error: type[DataFileError]) -> str:
    """The text of ``file``; raises ``error`` when it is missing or no UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        line = file.read_bytes()[: problem.start].count(b"\n") + 1
        raise error(file.name, line, "is not UTF-8; save the file as UTF-8.") from problem
    except OSError as problem:
        raise error(file.name, 1, "cannot be read; restore the file.") from problem


def read_json(file: Path, error: type[DataFileError]) -> tuple[Any, str]:
    """The content of a JSON file and its text, to find lines in; raises ``error``."""
    text = read_text(file, error)
    try:
        return json.loads(text), text
    except json.JSONDecodeError as problem:
        raise error(
            file.name, problem.lineno, f"is not JSON ({problem.msg}); mend that line or the one before."
        ) from problem


def read_yaml(file: Path, error: type[DataFileError]) -> tuple[Any, str]:
    """The content of a YAML file and its text, to find lines in; raises ``error``."""
    text = read_text(file, error)
    try:
        return yaml.safe_load(text), text
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise error(
            file.name, line, f"is not YAML ({problem.problem}); mend that line or the one before."
        ) from problem


def line_of(text: str, *words: object) -> int:
    """The first line of ``text`` that holds all ``words``, from 1; 1 where there is none."""
    needles = [str(word) for word in words]
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if all(needle in line for needle in needles)), 1)


def rows_of_tabs(
    file: Path, error: type[DataFileError], columns: tuple[int, int]
) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row of a file with tabs; empty lines and lines with # are skipped.

    ``columns`` are the fewest and the most cells; raises ``error``.
    """
    fewest, most = columns
    for number, line in enumerate(read_text(file, error).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not fewest <= len(cells) <= most:
            raise error(
                file.name,
                number,
                f"has {len(cells)} cells, not {fewest} to {most}; separate them by one tab each.",
            )
        yield number, cells


def rows_of_csv(
    file: Path, error: type[DataFileError], header: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by name of each row of a CSV file that has exactly ``header``; raises ``error``."""
    reader = csv.DictReader(read_text(file, error).splitlines())
    if tuple(reader.fieldnames or ()) != header:
        raise error(file.name, 1, f"the header must be {','.join(header)}.")
    for row in reader:
        if None in row or None in row.values():
            raise error(
                file.name,
                reader.line_num,
                f"has another number of cells than the {len(header)} of the header; add or remove commas.",
            )
        yield reader.line_num, row


def pattern_of(file: str, line: int, written: str, error: type[DataFileError]) -> re.Pattern[str]:
    """A regular expression of a data file; raises ``error`` when it cannot be read or matches the empty text."""
    try:
        pattern = re.compile(written)
    except re.error as problem:
        raise error(file, line, f"the pattern cannot be read ({problem}); mend it.") from problem
    if pattern.search("") is not None:
        raise error(file, line, "the pattern matches everything; remove the empty part.")
    return pattern
