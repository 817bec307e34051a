"""What is invented for :mod:`handover.demo`: the rows, what is told in them, and the reports that follow from that."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from handover.conversation.handing_over import CASE
from meldpunt.reading.types import Mention as Read
from meldpunt.report import Consent, Feiten, FiredRule, Level, Melder, Mention, Report, ScorePart, Triage
from meldpunt.report_blocks import Betrokkene, Field, Kwaliteit, Melding
from meldpunt.report_values import ConsentItem, Leeftijdsband
from meldpunt.triage import rule_set
from meldpunt.triage.engine import Facts, assess

DATA = Path(__file__).parent / "data"
BANDS: tuple[tuple[int, Leeftijdsband], ...] = (
    (12, "<12"),
    (16, "12-15"),
    (18, "16-17"),
    (24, "18-23"),
    (200, "24+"),
)
MAY_LACK = ("age_at_start", "since_when", "in_danger_now", "when")
EVIDENCE = re.compile(r"\[\[(~?)(\w+)\|([^\]]+)\]\]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of ``demo_reports.tsv``."""

    number: int
    kind: str
    days: int
    municipality: str
    story: str
    age: int | None
    status: str
    holder: str
    read_after: float | None
    answered_after: float | None
    came_back: bool
    counts: bool
    words: bool
    shares: tuple[str, ...]


def rows() -> Iterator[Row]:
    """Every invented report."""
    with (DATA / "demo_reports.tsv").open(encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t"):
            yield Row(
                int(row["nummer"]),
                row["soort"],
                int(row["dagen"]),
                row["gemeente"],
                row["verhaal"],
                int(row["leeftijd"]) if row["leeftijd"] else None,
                row["status"],
                row["wie"],
                _hours(row["gelezen_na"]),
                _hours(row["beantwoord_na"]),
                row["code_gebruikt"] == "ja",
                row["statistiek"] == "ja",
                row["eigen_woorden"] == "ja",
                tuple(filter(None, row["delen"].split(","))),
            )


def report_of(row: Row, story: dict[str, Any], mentions: tuple[Mention, ...], at: datetime) -> Report:
    """The structured report of a row, with the rules' own proposal."""
    band = next((band for limit, band in BANDS if row.age is not None and row.age < limit), None)
    found = assess(Facts(mentions=tuple(_as_read(m) for m in mentions), age=row.age, role=None))
    asserted = [i for i, m in enumerate(mentions) if m.polariteit == "bevestigd"]
    items: dict[ConsentItem, Consent] = {}
    for item in get_args(ConsentItem):
        yes = (
            item in ("opslaan_melding", "contact_terug")
            or item in row.shares
            or (item == "anonieme_statistiek" and row.counts)
            or (item == "bewaren_eigen_woorden" and row.words)
        )
        items[item] = Consent(waarde="ja" if yes else "nee", tijdstip=at, tekstversie="demo")
    known = row.age is not None
    lacks = MAY_LACK[: row.number % (len(MAY_LACK) + 1)] + (() if known else ("age_band",))
    return Report(
        melding=Melding(
            begonnen_op=at - timedelta(minutes=9), afgerond_op=at, botversie="demo", regelversie=found.version
        ),
        melder=Melder(
            rol=Field(value=story["rol"], status="bekend", message=1),
            contactwijze=Field(value="alleen_code", status="bekend"),
        ),
        betrokkene=Betrokkene(
            leeftijd=Field(value=row.age, status="bekend") if known else Field(status="onbekend"),
            leeftijdsband=Field(value=band, status="bekend", source="afgeleid")
            if known
            else Field(status="onbekend"),
            gemeente=Field(value=row.municipality, status="bekend"),
        ),
        feiten=Feiten(
            indicatoren=mentions,
            vorm=Field(value=story["vorm"], status="bekend", source="afgeleid"),
            platforms=Field(value=tuple(story["platforms"]), status="bekend", message=1)
            if story.get("platforms")
            else Field(),
        ),
        toestemming=items if row.kind == CASE else {},
        triage=Triage(
            voorstel=_level(found.level),
            regels=tuple(
                FiredRule(
                    id=rule.id,
                    titel=rule.title,
                    level=_level(rule.level),
                    because=tuple(asserted[i] for i in rule.because if i < len(asserted)),
                )
                for rule in found.rules
            ),
            scoredelen=tuple(ScorePart(deel=name, punten=points) for name, points in found.score_parts),
            score=found.score,
        ),
        kwaliteit=Kwaliteit(
            volledigheid=1 - len(lacks) / len(rule_set().core_fields),
            ontbreekt=lacks,
            beurten=8,
        ),
    )


def told(messages: list[str]) -> tuple[list[str], tuple[Mention, ...]]:
    """The texts without their marks, and what the marks say."""
    texts, mentions = [], []
    for seq, marked in enumerate(messages, start=1):
        text, last = "", 0
        for match in EVIDENCE.finditer(marked):
            text += marked[last : match.start()]
            mentions.append(
                Mention(
                    indicator=match[2],
                    message=seq,
                    start=len(text),
                    eind=len(text) + len(match[3]),
                    tekst=match[3],
                    polariteit="ontkend" if match[1] else "bevestigd",
                    modaliteit="feit",
                    tijd="nu" if not match[1] else "onbekend",
                    wie="melder",
                    bron="zelf_meegemaakt",
                    herkend_door="nlu",
                    zekerheid=0.91,
                    versie="demo",
                )
            )
            text += match[3]
            last = match.end()
        texts.append(text + marked[last:])
    return texts, tuple(mentions)


def _as_read(mention: Mention) -> Read:
    return Read(
        indicator=mention.indicator,
        start=mention.start,
        end=mention.eind,
        text=mention.tekst or "",
        polarity=mention.polariteit,
        time=mention.tijd,
    )


def _hours(text: str) -> float | None:
    return float(text) if text else None


def _level(name: str) -> Level:
    return next(level for level in get_args(Level) if level == name)
