"""What staff fill in of a report themselves: beside what the bot has, with who, when and how they know; never over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from handover.queue.problems import Refused
from meldpunt.places import load_gazetteer
from meldpunt.report import Field, Report

Ground = Literal["waarneming", "mededeling", "conclusie"]
STAFF, PLACE, OUTSIDE = "medewerker", "betrokkene.gemeente", "buiten"
# Which fields answer which core field of the rules (domain.md 3.1).
CORE = {
    "reporter_role": ("melder.rol",), "age_band": ("betrokkene.leeftijdsband", "betrokkene.leeftijd"),
    "age_at_start": ("betrokkene.leeftijd_bij_begin",), "when": ("feiten.wanneer",), "since_when": ("feiten.begin",),
    "place": ("betrokkene.gemeente", "feiten.plaatsen"), "nature": ("feiten.aard", "feiten.vorm"),
    "in_danger_now": ("veiligheid.nu_in_gevaar",),
}  # fmt: skip
LONGEST = 2000


class FieldUnknown(Refused):
    """A report has no such field."""


class ValueNotFitting(Refused):
    """The field has fixed values, or is a number, and this is none of them."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One value. ``field`` is ``block.name``; ``ground``: seen, told, or concluded (domain.md 3.2, provenance)."""

    field: str
    value: Any
    ground: Ground
    by: str
    at: str


def model_of(field: str) -> type[Field[Any]]:
    """The model of a field; raises :class:`FieldUnknown`."""
    block, _, name = field.partition(".")
    part = Report.model_fields.get(block)
    fields: Any = getattr(part.annotation, "model_fields", {}) if part else {}
    model = fields[name].annotation if name in fields else None
    if not (isinstance(model, type) and issubclass(model, Field)):
        raise FieldUnknown(f"a report has no field {field}")
    return model


def choices_of(field: str) -> tuple[str, ...]:
    """The fixed values of a field, as they are written; empty where any text will do."""
    (kind,) = _kinds(model_of(field))
    if field == PLACE:
        return (*load_gazetteer().municipalities, OUTSIDE)
    return ("ja", "nee") if kind is bool else tuple(get_args(kind)) if get_origin(kind) is Literal else ()


def value_of(field: str, text: str) -> Any:
    """A value as typed or chosen, read as this field has it; raises :class:`ValueNotFitting`."""
    model, tidy = model_of(field), text.strip()
    (kind,) = _kinds(model)
    choices = choices_of(field)
    if not tidy or len(tidy) > LONGEST or (choices and tidy not in choices):
        raise ValueNotFitting(f"{field} cannot be this")
    value: Any = tidy == "ja" if kind is bool else tidy
    if get_origin(kind) is tuple:
        value = [part.strip() for part in tidy.split(",") if part.strip()]
    try:
        return model.model_validate({"value": value, "status": "bekend"}).model_dump(mode="json")["value"]
    except ValidationError:
        raise ValueNotFitting(f"{field} cannot be this") from None


def latest(filled: Iterable[Filled]) -> dict[str, Filled]:
    """The last value of each field that staff filled in."""
    return {one.field: one for one in filled}


def as_filled(report: Report, filled: Iterable[Filled]) -> Report:
    """A copy of the report with what staff filled in, marked as theirs; the report itself stays as it was."""
    changed: dict[str, dict[str, Any]] = {}
    for one in latest(filled).values():
        block, _, name = one.field.partition(".")
        known: Any = model_of(one.field).model_validate(
            {"value": one.value, "status": "bekend", "source": STAFF}
        )
        changed.setdefault(block, {})[name] = known
    blocks: dict[str, BaseModel] = {
        block: getattr(report, block).model_copy(update=fields) for block, fields in changed.items()
    }
    return report.model_copy(update=blocks)


def completeness(report: Report, filled: Iterable[Filled]) -> tuple[float, tuple[str, ...]]:
    """With what staff filled in: the part (0-1) of the core fields that is known, and those that are not."""
    known, share, missing = latest(filled), report.kwaliteit.volledigheid, report.kwaliteit.ontbreekt
    still = tuple(name for name in missing if not any(field in known for field in CORE.get(name, (name,))))
    return (1 - (1 - share) * len(still) / len(missing) if missing else share), still


def _kinds(model: type[Field[Any]]) -> tuple[Any]:
    (kind,) = (one for one in get_args(model.model_fields["value"].annotation) if one is not NoneType)
    return (kind,)
