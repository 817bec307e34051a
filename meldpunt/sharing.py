"""Who may get data of a report and which fields go along: ``data/recipients.yml``, checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from meldpunt.report import ConsentItem, Report

DATA = Path(__file__).parent / "data" / "recipients.yml"
CONTACT_FIELDS = frozenset({"contactwijze", "contactgegeven", "veilige_tijden", "bericht_achterlaten"})


class RecipientsUnclear(ValueError):
    """``recipients.yml`` names something that the report contract does not have."""


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
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {name: _recipient(name, row) for name, row in data["recipients"].items()}


def _recipient(name: str, row: dict[str, Any]) -> Recipient:
    if row["item"] not in get_args(ConsentItem):
        raise RecipientsUnclear(f"{DATA.name}: {name}: there is no consent item {row['item']!r}")
    fields: dict[str, set[str] | None] = {}
    for path in row["fields"]:
        block, _, field = path.partition(".")
        model = Report.model_fields.get(block)
        known = getattr(model.annotation, "model_fields", {}) if model else {}
        if field != "*" and field not in known:
            raise RecipientsUnclear(f"{DATA.name}: {name}: the contract has no field {path!r}")
        so_far = fields.setdefault(block, set())
        if field == "*":
            fields[block] = None
        elif so_far is not None:
            so_far.add(field)
    return Recipient(
        name, row["item"], {b: frozenset(f) if f is not None else None for b, f in fields.items()}
    )
