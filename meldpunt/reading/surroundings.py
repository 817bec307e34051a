"""What the components fill in for the words of one mention."""

from __future__ import annotations

from dataclasses import dataclass

from meldpunt.reading.types import Experiencer, Modality, Polarity, Source, Time


@dataclass
class Surroundings:
    """One mention on its way through the pipeline.

    ``start`` and ``end`` count characters of the typed text. ``words``, ``clause``, ``sentence`` and ``reach`` (the words
    with what a denial before them can still govern) are plain text; ``own`` says whether the reporter is the person
    concerned, None where that is not known.
    """

    start: int
    end: int
    own: bool | None = None
    words: str = ""
    clause: str = ""
    sentence: str = ""
    reach: str = ""
    polarity: Polarity = "bevestigd"
    modality: Modality = "feit"
    time: Time = "onbekend"
    experiencer: Experiencer = "betrokkene"
    source: Source = "vermoeden"
