"""Which role may do what, and which route asks for which permission: ``permissions.yml``. What it lacks is refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handover.desk import Actor
from meldpunt.data_files import DataFileError, line_of, read_yaml

FILE = Path(__file__).parent / "permissions.yml"
OPEN, OWN = "open", "own"


class NotPermitted(Exception):
    """None of this person's roles may do this."""


class PermissionsUnclear(DataFileError):
    """``permissions.yml`` holds a mistake; the message names the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """The file, checked. ``routes`` maps ``"GET /wachtrij"`` to the permission that it needs."""

    roles: dict[str, frozenset[str]]
    start: tuple[tuple[str, str], ...]
    routes: dict[str, str]
    step_up: frozenset[str]


@cache
def permissions() -> Permissions:
    """Who may do what; raises :class:`PermissionsUnclear`."""
    return load_permissions(FILE)


def load_permissions(file: Path) -> Permissions:
    """Read and check the permissions in ``file``; raises :class:`PermissionsUnclear`."""
    data, text = read_yaml(file, PermissionsUnclear)
    for part, kind in (("roles", dict), ("start", list), ("routes", dict), ("step_up", list)):
        if not isinstance(data, dict) or not isinstance(data.get(part), kind):
            raise PermissionsUnclear(file.name, line_of(text, f"{part}:"), f"needs {part}; put it back as it was delivered.")
    routes = {str(route): str(need) for need, listed in data["routes"].items() for route in listed}
    step_up = frozenset(map(str, data["step_up"]))
    if unknown := step_up - routes.keys():
        raise PermissionsUnclear(
            file.name, line_of(text, min(unknown)), f"step_up lists {', '.join(sorted(unknown))}; add it to routes."
        )
    return Permissions(
        {str(role): frozenset(map(str, may)) for role, may in data["roles"].items()},
        tuple((str(need), str(path)) for need, path in data["start"]), routes, step_up,
    )  # fmt: skip


def may(actor: Actor, permission: str) -> bool:
    """True when one of the roles of ``actor`` gives ``permission``."""
    return permission == OWN or any(
        permission in permissions().roles.get(role, frozenset()) for role in actor.roles
    )


def needed(method: str, route: str) -> str | None:
    """The permission for a route as the router names it; None for one that is not listed."""
    return permissions().routes.get(f"{'GET' if method == 'HEAD' else method} {route}")


def must_be_allowed(actor: Actor, method: str, route: str) -> None:
    """Raise :class:`NotPermitted` where this route is not for this person."""
    need = needed(method, route)
    if need is None or not (need == OPEN or may(actor, need)):
        raise NotPermitted


def start_of(actor: Actor) -> str:
    """The page where this person begins."""
    return next((path for need, path in permissions().start if may(actor, need)), "/mijn")
