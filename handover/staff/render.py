"""Templates, the words that go with controlled values, and evidence marked in the text of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handover.desk import Desk
from handover.queue.filled import Filled, latest
from handover.queue.listing import hours_waited
from meldpunt.data_files import DataFileError, read_json
from meldpunt.indicators.catalogue import catalogue
from meldpunt.report import Field, Mention, Report

HERE = Path(__file__).parent
BLOCKS = ("melder", "betrokkene", "feiten", "dader", "veiligheid", "bewijs", "hulp")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text, with the positions of the mentions that rest on it."""

    text: str
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of the report as the page lists it."""

    name: str
    value: Any
    status: str
    source: str
    message: int | None
    block: str = ""
    filled: Filled | None = None

    @property
    def path(self) -> str:
        """How the contract names it."""
        return f"{self.block}.{self.name}"


class Renderer:
    """Renders templates with autoescape; dates in the installation's time zone."""

    def __init__(self, desk: Desk) -> None:
        self._zone = ZoneInfo(desk.settings.timezone)
        self._clock = desk.clock
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["local"] = self.local
        self._environment.filters["clock"] = self._time
        self._environment.filters["hours_waited"] = hours_waited
        self._environment.filters["day"] = self._day
        self._environment.filters["minutes"] = self._minutes
        self._environment.filters["word"] = self.word
        self.words: dict[str, dict[str, str]] = read_json(HERE / "data" / "words.json", DataFileError)[0]
        self.words["indicator_names"] = {one.id: one.label for one in catalogue().indicators.values()}
        self._environment.globals["w"] = self.words
        self._environment.globals["organisation"] = desk.settings.organisation
        self._environment.globals["indicator"] = indicator_label

    def page(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(**values)

    def local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%d-%m-%Y %H:%M}"

    def _time(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"

    def _day(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%d-%m-%Y}"

    def _minutes(self, moment: datetime) -> int:
        """Whole minutes since ``moment``; negative while it is still to come."""
        return int((self._clock() - moment).total_seconds() // 60)

    def word(self, value: Any, group: str) -> str:
        """The words for a controlled value; the value itself where there are none."""
        return self.words[group].get(str(value), str(value).replace("_", " "))


def indicator_label(identifier: str) -> str:
    """The label of an indicator; its id where the list no longer has it."""
    known = catalogue().indicators.get(identifier)
    return known.label if known else identifier.replace("_", " ")


def weight_of(identifier: str) -> int:
    """The weight of an indicator (1-5); 0 where the list no longer has it."""
    known = catalogue().indicators.get(identifier)
    return known.weight if known else 0


def indicators_by_category() -> dict[str, list[tuple[str, str]]]:
    """Every indicator with its label, by category, for a list to choose from."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in catalogue().indicators.values():
        found.setdefault(one.category, []).append((one.id, one.label))
    return found


def segments(text: str, seq: int, mentions: Sequence[Mention]) -> list[Segment]:
    """Cut the text of message ``seq`` where evidence begins and ends; spans may overlap."""
    spans = [(max(0, m.start), min(len(text), m.eind), i) for i, m in enumerate(mentions) if m.message == seq]
    spans = [span for span in spans if span[0] < span[1]]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    return [
        Segment(text[begin:end], tuple(i for s, e, i in spans if s <= begin and end <= e))
        for begin, end in pairwise(cuts)
    ]


def words_of(mention: Mention, texts: dict[int, str]) -> str | None:
    """The words that a mention rests on; None where they are not for staff."""
    if mention.tekst is not None:
        return mention.tekst
    text = texts.get(mention.message)
    return text[mention.start : mention.eind] if text is not None else None


def rows_of(report: Report, filled: Sequence[Filled] = ()) -> dict[str, list[FieldRow]]:
    """The fields of every block, in the order of the contract, with what staff filled in beside each."""
    by_staff = latest(filled)
    found: dict[str, list[FieldRow]] = {}
    for block in BLOCKS:
        part = getattr(report, block)
        fields = ((name, getattr(part, name)) for name in type(part).model_fields)
        found[block] = [
            FieldRow(
                name, field.value, field.status, field.source, field.message, block,
                by_staff.get(f"{block}.{name}"),
            )
            for name, field in fields
            if isinstance(field, Field)
        ]  # fmt: skip
    return found
