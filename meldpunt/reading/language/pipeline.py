"""The pipeline: ``nl_core_news_sm`` when it is installed, else spaCy's Dutch with our lookup lemmas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import spacy
from spacy.about import __version__ as spacy_version
from spacy.language import Language as Nlp
from spacy.lookups import Lookups
from spacy.tokens import Doc

from meldpunt.data_files import DataFileError, rows_of_tabs
from meldpunt.reading.language.components import CONTEXT, names_in
from meldpunt.reading.normalise import Normalised
from meldpunt.reading.surroundings import Surroundings

MODEL = "nl_core_news_sm"
LEMMAS = Path(__file__).resolve().parents[2] / "data" / "lemmas.tsv"
UNUSED = ("parser",)  # the small model's own cutter of sentences is four times faster


class LanguageDataError(DataFileError):
    """``lemmas.tsv`` holds a mistake; the message names the line and the remedy."""


class Language:
    """Parses a message once, then places its mentions one by one."""

    def __init__(self, nlp: Nlp, name: str) -> None:
        for component in CONTEXT:
            nlp.add_pipe(component)
        self._nlp, self._name = nlp, name
        self._placing = [nlp.get_pipe(component) for component in CONTEXT]

    @classmethod
    def load(cls, model: str = MODEL) -> Language:
        """The installed ``model``, else spaCy's Dutch; a model that is damaged or does not fit is not used."""
        if not spacy.util.is_package(model):
            return cls(dutch(), f"spaCy {spacy_version} nl, lookup lemmas ({model} is not installed)")
        try:
            nlp = spacy.load(model, exclude=list(UNUSED))
        except (OSError, ValueError, ImportError) as problem:
            return cls(
                dutch(), f"spaCy {spacy_version} nl, lookup lemmas ({model}: {type(problem).__name__})"
            )
        if "senter" in nlp.disabled:
            nlp.enable_pipe("senter")
        return cls(nlp, f"{model} {nlp.meta['version']}")

    def describe(self) -> str:
        """Which language model is used, for the start-up log."""
        return self._name

    def parse(self, message: Normalised) -> Doc:
        """The message with what the model knows of it: lemmas, and sentences and names where it has them."""
        doc = self._nlp.make_doc(message.typed)
        doc._.message = message
        return self._nlp(doc)

    def place(self, doc: Doc, mentions: Sequence[Surroundings]) -> None:
        """Fill in the surroundings of ``mentions`` in the parsed ``doc``."""
        doc._.mentions = list(mentions)
        for component in self._placing:
            doc = component(doc)

    def names(self, doc: Doc) -> tuple[tuple[int, int], ...]:
        """Spans of the names of persons in the message; none without a model that finds names."""
        return names_in(doc, 0, len(doc.text))


def dutch() -> Nlp:
    """spaCy's Dutch language class with lookup lemmas; raises :class:`LanguageDataError`."""
    nlp = spacy.blank("nl")
    table = Lookups()
    table.add_table("lemma_lookup", load_lemmas(LEMMAS))
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"}).initialize(lookups=table)  # type: ignore[attr-defined]
    return nlp


def load_lemmas(file: Path) -> dict[str, str]:
    """Read and check the lemmas in ``file``; raises :class:`LanguageDataError`."""
    lemmas: dict[str, str] = {}
    for number, (word, lemma) in rows_of_tabs(file, LanguageDataError, (2, 2)):
        if not word.strip() or not lemma.strip():
            raise LanguageDataError(file.name, number, "the word or its lemma is empty; fill in both.")
        if word in lemmas:
            raise LanguageDataError(file.name, number, f"{word!r} is there twice; remove one.")
        lemmas[word] = lemma
    return lemmas
