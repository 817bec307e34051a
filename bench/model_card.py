"""``docs/model-card.md``: the measured figures, for people who must decide whether to trust the reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.scores import GROUP_MINIMUM, Figures, IntentFigures, Tally

if TYPE_CHECKING:
    from bench.accuracy import Evaluation

SAFETY_INTENTS = ("danger_now", "suicidal", "someone_is_watching", "stop_and_erase", "want_human")
SHOWN_CONFUSIONS = 15

HEAD = """# Model card: how well the reader reads

Made by `make eval`; don't edit by hand. Reader `{version}`, trained on {train} invented examples.
All figures are taken on held-out texts: {messages} messages, {intents} short messages with an intent and {everyday}
everyday sentences, written apart from the training data and never trained on. They were invented too: figures on real
conversations will be lower, and nobody should read them as the share of victims that is found.

What it is for: putting a report in order, with the words behind every signal shown to a case worker who decides.
What it is not for: deciding about people, other languages than Dutch, proving anything.
"""


def write_card(file: Path, evaluation: Evaluation) -> None:
    """Write the card as Markdown."""
    sections = [
        HEAD.format(
            version=evaluation.version,
            train=evaluation.trained_on["train"],
            messages=evaluation.reader.messages,
            intents=evaluation.intents.accuracy.total,
            everyday=evaluation.everyday.total,
        ),
        _whole(evaluation),
        _groups(evaluation.reader),
        _labels(evaluation.reader, evaluation.baseline),
        _intents(evaluation.intents, evaluation),
        _mistakes(evaluation.reader),
    ]
    file.write_text("\n".join(sections), encoding="utf-8")


def _whole(evaluation: Evaluation) -> str:
    reader, baseline, speed = evaluation.reader, evaluation.baseline, evaluation.speed
    rows = [
        ("acute messages recognised", "≥ 0.97", _acute(reader), _acute(baseline)),
        ("calm messages with a needless alarm", "≤ 0.10", str(reader.alarms), str(baseline.alarms)),
        ("indicators, micro-F1", "≥ 0.80", _tally(reader.whole), _tally(baseline.whole)),
        ("indicators, macro-F1", "≥ 0.70", f"{reader.macro_f1:.3f}", f"{baseline.macro_f1:.3f}"),
        ("near-misses that fire", "≤ 0.05", _near(reader), _near(baseline)),
        ("messages without an indicator that get one", "", _silent(reader), _silent(baseline)),
        ("everyday sentences that get an indicator", "≤ 0.010", str(evaluation.everyday), ""),
        ("age right", "≥ 0.95", str(reader.age), ""),
        ("age given where there is none", "", str(reader.age_invented), ""),
        ("municipality right or rightly asked", "≥ 0.95", str(reader.place), ""),
        ("municipality given where there is none", "", str(reader.place_invented), ""),
        ("one message, median (95th percentile)", "≤ 30 ms", f"{speed.median_ms:.0f} ms ({speed.p95_ms:.0f} ms)", ""),
        ("loading, memory", "≤ 3 s, ≤ 200 MB", f"{speed.load_s:.1f} s, {speed.memory_mb:.0f} MB", ""),
    ]  # fmt: skip
    return _table("All messages", ("", "target", "reader", "linear baseline"), rows)


def _groups(reader: Figures) -> str:
    rows = [(name, *_cells(tally)) for name, tally in reader.by_group.items()]
    return _table("By reporter and by style", ("", "F1", "precision", "recall", "asserted"), rows)


def _labels(reader: Figures, baseline: Figures) -> str:
    order = sorted(reader.by_label, key=lambda name: reader.by_label[name].f1)
    rows = [
        (f"`{name}`", *_cells(reader.by_label[name]), f"{baseline.by_label.get(name, Tally()).f1:.2f}")
        for name in order
    ]
    return _table(
        "By indicator, the weakest first", ("", "F1", "precision", "recall", "asserted", "baseline F1"), rows
    )


def _intents(found: IntentFigures, evaluation: Evaluation) -> str:
    rows = [
        ("macro-F1", "≥ 0.90", f"{found.macro_f1:.3f}"),
        ("accuracy", "", str(found.accuracy)),
        ("unsure (below the fallback threshold)", "", str(evaluation.unsure)),
    ]
    safety = [name for name in SAFETY_INTENTS if name in found.by_intent]
    rows += [
        (f"recall of `{name}`, by the intent alone", "", f"{found.by_intent[name].recall:.3f}")
        for name in safety
    ]
    rows += [
        (
            f"`{name}` answered: sure of the intent, or its safety text said for the words",
            "≥ 0.97",
            str(share),
        )
        for name, share in evaluation.answered.items()
    ]
    taken = [(text, str(count)) for text, count in found.confusions.most_common(SHOWN_CONFUSIONS)]
    return _table("Intents", ("", "target", "reader"), rows) + _table(
        "Most frequent confusions of intents", ("wanted → read", "times"), taken
    )


def _mistakes(reader: Figures) -> str:
    rows = [(kind, str(len(cases)), ", ".join(cases[:6])) for kind, cases in reader.mistakes.items()]
    return _table("Mistakes by kind", ("kind", "times", "for example (message, indicator)"), rows)


def _table(title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [f"## {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]) + "\n"


def _cells(tally: Tally) -> tuple[str, str, str, str]:
    asserted = tally.hits + tally.missed
    mark = "" if asserted >= GROUP_MINIMUM else " (few)"
    return f"{tally.f1:.2f}", f"{tally.precision:.2f}", f"{tally.recall:.2f}", f"{asserted}{mark}"


def _tally(tally: Tally) -> str:
    return f"{tally.f1:.3f} (P {tally.precision:.3f}, R {tally.recall:.3f})"


def _near(found: Figures) -> str:
    return f"{found.near_fired / max(1, found.near):.3f} ({found.near_fired} of {found.near})"


def _silent(found: Figures) -> str:
    return f"{found.silent_fired / max(1, found.silent):.3f} ({found.silent_fired} of {found.silent})"


def _acute(found: Figures) -> str:
    return f"{found.acute} (95 %: ≥ {found.acute.wilson_lower:.3f})"
