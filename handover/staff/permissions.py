"""Which role may do what: ``permissions.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from handover.desk import Actor

FILE = Path(__file__).parent / "permissions.yml"


class NotPermitted(Exception):
    """None of this person's roles may do this."""


@cache
def permissions() -> dict[str, frozenset[str]]:
    """What each role may do."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {str(role): frozenset(map(str, may)) for role, may in data["roles"].items()}


def may(actor: Actor, permission: str) -> bool:
    """True when one of the roles of ``actor`` gives ``permission``."""
    return any(permission in permissions().get(role, frozenset()) for role in actor.roles)


def must_be_allowed(actor: Actor, path: str) -> None:
    """Raise :class:`NotPermitted` where ``path`` is not for this person."""
    if path in ("/", "/uitloggen"):
        return
    if not may(actor, "accounts" if path.startswith("/collegas") else "cases"):
        raise NotPermitted
