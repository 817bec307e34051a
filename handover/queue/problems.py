"""Every way in which a service on a case can be refused, each its own exception."""

from __future__ import annotations

from datetime import datetime


class Refused(Exception):
    """Base of all refusals; nothing was changed."""


class CaseGone(Refused):
    """There is no such case: never there, erased by the reporter, or deleted at its end date."""


class CaseChanged(Refused):
    """The case changed since it was looked at: look again."""


class ClaimLost(Refused):
    """Somebody else has the case."""

    def __init__(self, by: str, since: datetime) -> None:
        super().__init__(f"{by} has this case since {since:%H:%M}")
        self.by, self.since = by, since


class NotClaimed(Refused):
    """This can be done only by whoever has claimed the case, and the actor has not (or no longer)."""


class ReasonNeeded(Refused):
    """This cannot be done without a written reason."""


class SecondPersonNeeded(Refused):
    """This needs another person than the one who asked for it."""


class NotAgreed(Refused):
    """The reporter did not agree to this, or withdrew it."""


class TooManyChats(Refused):
    """This person has as many live conversations as one may have."""
