"""Who may get data of a report and which fields go along: ``data/recipients.yml``, checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from meldpunt.data_files import DataFileError, line_of, read_yaml
from meldpunt.report import ConsentItem, Report

DATA = Path(__file__).parent / "data" / "recipients.yml"
CONTACT_FIELDS = frozenset({"contactwijze", "contactgegeven", "veilige_tijden", "bericht_achterlaten"})


class RecipientsUnclear(DataFileError):
    """``recipients.yml`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone outside who can get data: the consent ``item`` needed, and the fields by block (``None``:
    all).
    """

    id: str
    item: ConsentItem
    fields: Mapping[str, frozenset[str] | None]

    def selection(self, report: Report) -> dict[str, Any]:
        """What of ``report`` this recipient gets. Contact details only with consent ``contact_terug``."""
        whole = report.model_dump(mode="json", exclude={"toestemming", "kwaliteit"})
        chosen: dict[str, Any] = {}
        for block, fields in self.fields.items():
            part = {name: value for name, value in whole[block].items() if fields is None or name in fields}
            if block == "melder" and not report.agreed("contact_terug"):
                part = {name: value for name, value in part.items() if name not in CONTACT_FIELDS}
            chosen[block] = part
        return chosen


@cache
def recipients() -> dict[str, Recipient]:
    """All recipients by id; raises :class:`RecipientsUnclear`."""
    return load_recipients(DATA)


def load_recipients(file: Path) -> dict[str, Recipient]:
    """Read and check the recipients in ``file``; raises :class:`RecipientsUnclear`."""
    data, text = read_yaml(file, RecipientsUnclear)
    rows = data.get("recipients") if isinstance(data, dict) else None
    if not isinstance(rows, dict):
        raise RecipientsUnclear(file.name, line_of(text, "recipients"), "needs recipients: names with item and fields.")
    return {str(name): _recipient(file.name, text, str(name), row) for name, row in rows.items()}


def _recipient(file: str, text: str, name: str, row: Any) -> Recipient:
    begins = line_of(text, f"  {name}:")
    if not isinstance(row, dict) or not isinstance(row.get("fields"), list) or not row["fields"]:
        raise RecipientsUnclear(file, begins, f"{name} needs item: a consent item, and fields: a list.")
    item: Any = row.get("item")
    if item not in get_args(ConsentItem):
        problem = f"{name}: there is no consent item {item!r}; use one of {', '.join(get_args(ConsentItem))}."
        raise RecipientsUnclear(file, _line_after(text, begins, str(item)), problem)
    fields: dict[str, set[str] | None] = {}
    for path in row["fields"]:
        block, _, field = str(path).partition(".")
        model = Report.model_fields.get(block)
        known = getattr(model.annotation, "model_fields", {}) if model else {}
        if not model or (field != "*" and field not in known):
            problem = f"{name}: the contract has no field {path!r}; use block.field or block.* of report.schema.json."
            raise RecipientsUnclear(file, _line_after(text, begins, str(path)), problem)
        so_far = fields.setdefault(block, set())
        if field == "*":
            fields[block] = None
        elif so_far is not None:
            so_far.add(field)
    return Recipient(name, item, {b: frozenset(f) if f is not None else None for b, f in fields.items()})


def _line_after(text: str, begins: int, words: str) -> int:
    """The line of ``words`` in the part of the file that begins at a line."""
    rest = "\n".join(text.splitlines()[begins - 1 :])
    return begins - 1 + line_of(rest, words)
