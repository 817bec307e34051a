"""Two things that Rasa 3.6.21 does slowly, done once instead of at every call. Applied when the channel is imported.

* ``RemoteAction._validate_action_result`` compiles its JSON schema at every action call: 30-60 ms of the event loop.
* ``Event.resolve_by_type`` walks the class tree for every event of every stored conversation.
"""

from __future__ import annotations

import functools
from typing import Any, Dict

import jsonschema
import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event

MENDED_VERSION = "3.6.21"


def apply() -> None:
    """Put the faster versions in place; refuses to run on a Rasa for which they were not checked."""
    if rasa.__version__ != MENDED_VERSION:
        raise RuntimeError(
            f"bot/rasa_plugins was checked with Rasa {MENDED_VERSION}, not {rasa.__version__}; install requirements/rasa.txt."
        )
    schema = RemoteAction.action_response_format_spec()
    validator = jsonschema.validators.validator_for(schema)(schema)

    def validate(self: RemoteAction, result: Dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(functools.lru_cache(maxsize=256)(Event.resolve_by_type))  # type: ignore[assignment]
