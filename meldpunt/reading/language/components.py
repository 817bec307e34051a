"""Small spaCy components, in the manner of ContextD for Dutch: each fills one field of a mention's surroundings.

They work on ``doc._.mentions`` (:class:`Surroundings`) and ``doc._.message`` (:class:`Normalised`), so that the spans stay
those of the words as typed. What a model adds (sentences, lemmas, names of persons) is used where it is there.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import get_args

from spacy.language import Language as Nlp
from spacy.tokens import Doc

from meldpunt.data_files import DataFileError, rows_of_tabs
from meldpunt.reading import context
from meldpunt.reading.normalise import Normalised, normalise
from meldpunt.reading.surroundings import Surroundings
from meldpunt.reading.types import Source

VERBS = Path(__file__).resolve().parents[2] / "data" / "context_verbs.tsv"
DENIAL_REACH_AFTER = 12  # characters after them: "slaat me niet"
DENIAL_REACH = 25  # characters before the words in which a denial still governs them
PERSON = frozenset({"PERSON", "PER"})
CONTEXT = tuple(
    f"meldpunt_{name}" for name in ("clauses", "polarity", "modality", "time", "experiencer", "source")
)

for extension in ("message", "mentions"):
    if not Doc.has_extension(extension):
        Doc.set_extension(extension, default=None)


class ContextVerbsError(DataFileError):
    """``context_verbs.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def source_verbs() -> dict[str, Source]:
    """What a verb in the sentence says of the source, by lemma; raises :class:`ContextVerbsError`."""
    return load_verbs(VERBS)


def load_verbs(file: Path) -> dict[str, Source]:
    """Read and check the verbs in ``file``; raises :class:`ContextVerbsError`."""
    found: dict[str, Source] = {}
    for number, (source, lemma) in rows_of_tabs(file, ContextVerbsError, (2, 2)):
        if source not in get_args(Source):
            raise ContextVerbsError(
                file.name, number, f"source {source!r} is unknown; use one of {', '.join(get_args(Source))}."
            )
        if lemma in found:
            raise ContextVerbsError(file.name, number, f"{lemma!r} is there twice; remove one.")
        found[lemma] = source  # type: ignore[assignment]
    return found


@Nlp.component("meldpunt_clauses")
def clauses(doc: Doc) -> Doc:
    """The words of each mention, their clause and sentence, and what a denial can govern, in plain text."""
    message: Normalised = doc._.message or normalise(doc.text)
    clause_end = context.context_words()["clause_end"]
    for mention in mentions_of(doc):
        start, end = plain_span(message, mention.start, mention.end)
        mention.words = normalise(message.typed[mention.start : mention.end]).text
        mention.clause = context.clause_around(message.text, start, end)
        mention.sentence = sentence_of(doc, mention) or context.sentence_around(message.text, start, end)
        before = clause_end.split(message.text[max(0, start - DENIAL_REACH) : start])[-1]
        after = clause_end.split(message.text[end : end + DENIAL_REACH_AFTER])[0]
        mention.reach = f"{before}{message.text[start:end]}{after}"
    return doc


@Nlp.component("meldpunt_polarity")
def polarity(doc: Doc) -> Doc:
    """Denied when a plain denial governs the words."""
    for mention in mentions_of(doc):
        mention.polarity = context.polarity_of(mention.reach)
    return doc


@Nlp.component("meldpunt_modality")
def modality(doc: Doc) -> Doc:
    """Fact, suspicion, hypothetical, joke, or from a film or lesson, by the sentence."""
    for mention in mentions_of(doc):
        mention.modality = context.modality_of(mention.sentence)
    return doc


@Nlp.component("meldpunt_time")
def time(doc: Doc) -> Doc:
    """The time that the words name, else their clause, else unknown."""
    for mention in mentions_of(doc):
        mention.time = context.time_of(mention.words, mention.clause)
    return doc


@Nlp.component("meldpunt_experiencer")
def experiencer(doc: Doc) -> Doc:
    """Whose experience: a name of a person in the words is not the reporter's own."""
    for mention in mentions_of(doc):
        mention.experiencer = context.experiencer_of(mention.words, mention.own)
        if (
            mention.experiencer == "melder"
            and mention.own is None
            and names_in(doc, mention.start, mention.end)
        ):
            mention.experiencer = "betrokkene"
    return doc


@Nlp.component("meldpunt_source")
def source(doc: Doc) -> Doc:
    """Lived through, seen or heard: by the words, else by the verbs of the sentence."""
    for mention in mentions_of(doc):
        mention.source = context.source_of(mention.words, mention.own)
        if mention.source == "vermoeden":
            mention.source = _by_verb(doc, mention)
    return doc


def mentions_of(doc: Doc) -> list[Surroundings]:
    """The mentions to place; none when the text was only parsed."""
    return doc._.mentions or []


def names_in(doc: Doc, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Spans of the names of persons between two characters, where the model finds names."""
    return tuple(
        (ent.start_char, ent.end_char)
        for ent in doc.ents
        if ent.label_ in PERSON and ent.start_char < end and start < ent.end_char
    )


def sentence_of(doc: Doc, mention: Surroundings) -> str:
    """The sentence that the model finds around a mention, plain; empty where no model cuts sentences."""
    if not doc.has_annotation("SENT_START"):
        return ""
    inside = [s for s in doc.sents if s.start_char < mention.end and mention.start < s.end_char]
    return normalise(doc.text[inside[0].start_char : inside[-1].end_char]).text if inside else ""


def plain_span(message: Normalised, start: int, end: int) -> tuple[int, int]:
    """Where the typed characters ``start:end`` stand in the plain text."""
    return bisect_left(message.origin, start), bisect_left(message.origin, end)


def _by_verb(doc: Doc, mention: Surroundings) -> Source:
    known = source_verbs()
    own_sentence = set(mention.sentence.split())
    lemmas = [token.lemma_.lower() for token in doc if token.lower_ in own_sentence]
    return next((known[lemma] for lemma in known if lemma in lemmas), "vermoeden")
