"""Reading one message: indicators with their context, safety cues, age, place, platform, moment, role and intent.

Imports on Python 3.10 beside Rasa's frozen libraries and on current Pythons (reader.md, "Where it runs").
"""

from meldpunt.reading.normalise import Normalised, normalise
from meldpunt.reading.reader import Reader, reader_fingerprint
from meldpunt.reading.types import Age, IntentGuess, Mention, Place, Reading, SafetyCue

__all__ = [
    "Age", "IntentGuess", "Mention", "Normalised", "Place", "Reader", "Reading", "SafetyCue", "normalise",
    "reader_fingerprint",
]  # fmt: skip
