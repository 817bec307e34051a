"""Noticing that an action failed in a turn. Rasa only logs it and goes on, so that the turn says nothing, or half of it.

The channel then takes the turn back and answers 503, and handover asks again.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Iterator, List

from rasa.core.actions.action import ActionExecutionRejection, RemoteAction

_failed: "ContextVar[List[str]]" = ContextVar("failed_actions")


@contextmanager
def noticing() -> Iterator[List[str]]:
    """The kinds of errors of the actions that fail while the context lasts, in this task."""
    found: List[str] = []
    token = _failed.set(found)
    try:
        yield found
    finally:
        _failed.reset(token)


def apply() -> None:
    """Have every remote action tell when it fails; what Rasa does with the error stays as it is."""
    if hasattr(RemoteAction.run, "__wrapped__"):
        return
    run = RemoteAction.run

    @functools.wraps(run)
    async def watched(self: RemoteAction, *arguments: Any, **named: Any) -> Any:
        try:
            return await run(self, *arguments, **named)
        except ActionExecutionRejection:
            raise  # an action's own way to say that it does not apply
        except Exception as error:
            _failed.get([]).append(type(error).__name__)
            raise

    RemoteAction.run = watched  # type: ignore[method-assign]
