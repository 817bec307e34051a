"""Comparing what was read with what is right. Pure; a row is a gold message beside its reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

GROUP_MINIMUM = 10  # asserted indicators below which a group's figure says nothing


@dataclass(frozen=True)
class Row:
    """Gold message and prediction, both in the shared format (``make -s extract``)."""

    gold: dict[str, Any]
    found: dict[str, Any]

    @property
    def wanted(self) -> set[str]:
        return set(self.gold["indicators"])

    @property
    def got(self) -> set[str]:
        return set(self.found["indicators"])


@dataclass
class Tally:
    """Hits, needless finds and misses."""

    hits: int = 0
    needless: int = 0
    missed: int = 0

    def add(self, wanted: set[str], got: set[str]) -> None:
        self.hits += len(wanted & got)
        self.needless += len(got - wanted)
        self.missed += len(wanted - got)

    @property
    def precision(self) -> float:
        return share(self.hits, self.hits + self.needless)

    @property
    def recall(self) -> float:
        return share(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> float:
        return share(2 * self.hits, 2 * self.hits + self.needless + self.missed)


@dataclass
class Figures:
    """All figures of one set of messages."""

    messages: int
    whole: Tally
    macro_f1: float
    by_label: dict[str, Tally]
    by_group: dict[str, Tally]
    near: int
    near_fired: int
    silent: int
    silent_fired: int
    acute: Share
    alarms: Share
    age: Share
    age_invented: Share
    place: Share
    place_invented: Share
    mistakes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """``hits`` of ``total``."""

    hits: int
    total: int

    @property
    def rate(self) -> float:
        return share(self.hits, self.total)

    @property
    def wilson_lower(self) -> float:
        """Lower end of the 95 % Wilson interval."""
        n, p, z = self.total, self.rate, 1.96
        if not n:
            return 0.0
        return (p + z * z / (2 * n) - z * sqrt((p * (1 - p) + z * z / (4 * n)) / n)) / (1 + z * z / n)

    def __str__(self) -> str:
        return f"{self.rate:.3f} ({self.hits} of {self.total})"


def share(hits: float, total: float) -> float:
    """A fraction; 0 where there is nothing."""
    return hits / total if total else 0.0


def figures(rows: Sequence[Row]) -> Figures:
    """Score ``rows``; ages and places count as right only when exactly right (or rightly asked: ``?``)."""
    whole, labels, groups = Tally(), defaultdict(Tally), defaultdict(Tally)
    for row in rows:
        whole.add(row.wanted, row.got)
        for name in row.wanted | row.got:
            labels[name].add(row.wanted & {name}, row.got & {name})
        for group in (f"reporter {row.gold['role']}", f"style {row.gold['style']}"):
            groups[group].add(row.wanted, row.got)
    real = [tally for tally in labels.values() if tally.hits + tally.missed]
    near = [(row, name) for row in rows for name in row.gold["not"]]
    silent = [row for row in rows if not row.wanted]
    return Figures(
        messages=len(rows),
        whole=whole,
        macro_f1=share(sum(tally.f1 for tally in real), len(real)),
        by_label=dict(labels),
        by_group=dict(sorted(groups.items())),
        near=len(near),
        near_fired=sum(name in row.got for row, name in near),
        silent=len(silent),
        silent_fired=sum(bool(row.got) for row in silent),
        acute=_of(rows, lambda row: row.gold["acute"], lambda row: row.found["acute"]),
        alarms=_of(rows, lambda row: not row.gold["acute"], lambda row: row.found["acute"]),
        age=_of(
            rows, lambda row: row.gold["age"] is not None, lambda row: row.found["age"] == row.gold["age"]
        ),
        age_invented=_of(rows, lambda row: row.gold["age"] is None, lambda row: row.found["age"] is not None),
        place=_of(
            rows,
            lambda row: row.gold["gemeente"] is not None,
            lambda row: row.found["gemeente"] == row.gold["gemeente"],
        ),
        place_invented=_of(
            rows, lambda row: row.gold["gemeente"] is None, lambda row: row.found["gemeente"] is not None
        ),
        mistakes=mistakes(rows),
    )


def mistakes(rows: Iterable[Row]) -> dict[str, list[str]]:
    """What went wrong, by kind; each entry names indicator and message, never its words."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        near, read = set(row.gold["not"]), {m["indicator"]: m for m in row.found["mentions"]}
        for name in sorted(row.got - row.wanted):
            kind = "a near-miss that fired" if name in near else "not there"
            if not row.wanted:
                kind += ", in a message without any"
            found[f"needless: {kind}"].append(f"{row.gold['id']} {name}")
        for name in sorted(row.wanted - row.got):
            kind = "read but taken as denied or hypothetical" if name in read else "not seen"
            found[f"missed: {kind}"].append(f"{row.gold['id']} {name}")
        if row.gold["acute"] and not row.found["acute"]:
            found["acute, not seen"].append(row.gold["id"])
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class IntentFigures:
    """Accuracy, macro F1, recall per intent, and what is taken for what."""

    accuracy: Share
    macro_f1: float
    by_intent: dict[str, Tally]
    confusions: Counter[str]


def intent_figures(pairs: Sequence[tuple[str, str | None]]) -> IntentFigures:
    """Score (wanted, got) pairs."""
    by: dict[str, Tally] = defaultdict(Tally)
    for wanted, got in pairs:
        by[wanted].add({wanted}, {got} if got else set())
        if got and got != wanted:
            by[wanted].needless -= 1  # a wrong guess is needless for the intent that was guessed
            by[got].needless += 1
    real = [tally for tally in by.values() if tally.hits + tally.missed]
    return IntentFigures(
        Share(sum(wanted == got for wanted, got in pairs), len(pairs)),
        share(sum(tally.f1 for tally in real), len(real)),
        dict(by),
        Counter(f"{wanted} → {got}" for wanted, got in pairs if wanted != got),
    )


def _of(rows: Sequence[Row], counts: Callable[[Row], bool], right: Callable[[Row], bool]) -> Share:
    counted = [row for row in rows if counts(row)]
    return Share(sum(bool(right(row)) for row in counted), len(counted))
