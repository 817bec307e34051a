"""The reader as a component of Rasa's pipeline: one reading a message, seen by rules, actions and ``rasa test`` alike."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from meldpunt.reading import Reader, reader_fingerprint

INVISIBLE = "\u2060"
RANKING = 5


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=False)
class MeldpuntReader(GraphComponent, IntentClassifier):
    """Puts intent, intent ranking and the whole reading in the parse result."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MeldpuntReader":
        return cls(Reader.load())

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Rasa's cache must notice a new reader or new domain data."""
        return reader_fingerprint()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                self._read(message, text.lstrip(INVISIBLE))
        return messages

    def _read(self, message: Message, text: str) -> None:
        reading = self._reader.read(text)
        message.set("reading", reading.as_dict(), add_to_output=True)
        if reading.intent:
            message.set(
                INTENT,
                {"name": reading.intent.name, "confidence": reading.intent.confidence},
                add_to_output=True,
            )
            ranking = [{"name": name, "confidence": p} for name, p in reading.intent.ranking[:RANKING]]
            message.set("intent_ranking", ranking, add_to_output=True)
