"""Places in a message: which of the 14 municipalities of Twente, rightly asked about, or outside (domain.md 6)."""

from meldpunt.places.find import find_answered_place, find_places, summarise
from meldpunt.places.gazetteer import Gazetteer, GazetteerError, load_gazetteer

__all__ = [
    "Gazetteer",
    "GazetteerError",
    "find_answered_place",
    "find_places",
    "load_gazetteer",
    "summarise",
]
