"""One message in, one :class:`Reading` out: the trained model, sharpened by rules that can be read (reader.md)."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import meldpunt.places as where
from meldpunt.indicators.catalogue import catalogue
from meldpunt.reading import context
from meldpunt.reading.age import find_age
from meldpunt.reading.details import find_moment, find_platforms, find_role
from meldpunt.reading.doubts import today_beside_a_risk, why_doubted
from meldpunt.reading.intent_rules import ruled_intent
from meldpunt.reading.lexicon import OUTRIGHT_CERTAINTY, find_named
from meldpunt.reading.normalise import Normalised, normalise
from meldpunt.reading.safety import KINDS, find_cues
from meldpunt.reading.surroundings import Surroundings
from meldpunt.reading.types import IntentGuess, Mention, Reading, Role, SafetyCue

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from meldpunt.reading.language import Language
    from meldpunt.reading.model import ModelOutput, ReaderModel

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
ARTEFACT = ROOT / "models" / "reader"
DATA = Path(__file__).resolve().parent.parent / "data"
RULES_VERSION = "2026.11"
SUPPORT = 0.7  # share of an indicator's threshold that the model must reach before words that name it count
COMING = frozenset({"nu", "<24u", "toekomst", "onbekend"})
ACUTE_KINDS = frozenset({*KINDS, "afspraak_vandaag"})
MAX_CHARS = 8000
MIN_EVIDENCE_WORDS = 3
TOLD_WORDS = 4
MAY_ASK_FOR_A_PERSON = 0.3
TAKEN_HALF_SURE = frozenset({"want_human"})  # who may be asking for a person isn't told that Sam doesn't understand
STRANGE = 0.55  # pieces a letter: Dutch, slang included, stays below; "xqzv blorp" is cut to crumbs
SURE_OF_STRANGE_WORDS = 0.75
CLAUSE_MARK = re.compile(r"[.!?;,\n]+\s*")


class Reader:
    """Reads Dutch as people type it. Without the trained model it works by rules alone and says so."""

    def __init__(self, model: ReaderModel | None, language: Language | None = None) -> None:
        self._model = model
        self._language = language or _language()

    @classmethod
    def load(cls, artefact: Path | None = None) -> Reader:
        """Load the trained model from ``models/reader`` (or ``artefact``); raises ``ReaderModelError`` when damaged."""
        reader = cls(_model_in(artefact or ARTEFACT))
        log.info("%s", reader.describe())
        return reader

    def describe(self) -> str:
        """One line for the start-up log: the trained model and the language model that are used."""
        model = (
            f"reader {self._model.version}" if self._model else "reader: rules only, models/reader is missing"
        )
        return f"{model}; language model: {self._language.describe()}"

    def read(self, text: str, role: Role | None = None) -> Reading:
        """Read one message; ``role`` sharpens whose age and experience it is, where it is known."""
        typed = text[:MAX_CHARS]
        message = normalise(typed)
        output = self._model.predict(typed, _told_before_a_question(message)) if self._model and typed.strip() else None
        role = role or find_role(message.text)
        reporter_is_self = None if role is None else role == "self"
        cues = find_cues(message)
        doc = self._language.parse(message)
        mentions = today_beside_a_risk(
            tuple(self._mentions(_Place(self._language, doc, reporter_is_self), message, output, cues))
        )
        age = find_age(message, reporter_is_self)
        if role is None and age is not None and age.about == "melder":
            role = "self"
        places = where.find_places(typed)
        reading = Reading(
            text=typed,
            mentions=mentions,
            safety=cues,
            age=age,
            places=places,
            gemeente=where.summarise(places),
            platforms=find_platforms(message.text),
            moment=find_moment(message.text),
            role=role,
            persons=self._language.names(doc),
            intent=_intent(message, output),
            versions=self._versions(),
        )
        return _with_safety(reading, bool(output and output.acute))

    def _versions(self) -> dict[str, str]:
        model = self._model.version if self._model else "none"
        return {"reader": model, "rules": RULES_VERSION, "indicators": catalogue().version}

    def _mentions(
        self, place: _Place, message: Normalised, output: ModelOutput | None, cues: tuple[SafetyCue, ...]
    ) -> Iterator[Mention]:
        seen = set()
        named = {
            mention.indicator: mention
            for mention in find_named(message, {cue.kind for cue in cues}, place.around)
        }
        for indicator, certainty, start, end in output.asserted if output else ():
            seen.add(indicator)
            start, end = _evidence(message.typed, start, end, named.get(indicator))
            found = Mention(indicator, start, end, message.typed[start:end], certainty=certainty)
            in_words = indicator in named and named[indicator].asserted
            said_in_words = in_words or indicator in {cue.kind for cue in cues}
            dropped = None if said_in_words else why_doubted(message, output, found)
            yield replace(_in_context(found, place), dropped_because=dropped)
        for mention in named.values():
            if mention.indicator in seen or not (
                _supported(mention, output) or not mention.asserted
            ):
                continue
            seen.add(mention.indicator)
            placed = _in_context(mention, place)
            yield placed if mention.asserted else replace(placed, modality=mention.modality)
        for cue in cues:
            if cue.kind not in seen:
                seen.add(cue.kind)
                mention = Mention(
                    cue.kind, cue.start, cue.end, cue.text, recognised_by="regel", rule=cue.rule
                )
                yield replace(_in_context(mention, place), modality="feit")


def _language() -> Language:
    from meldpunt.reading.language import Language  # spaCy takes a second: only who reads needs it

    return Language.load()


def _model_in(folder: Path) -> ReaderModel | None:
    if not (folder / "reader.json").exists():
        return None
    from meldpunt.reading.model import ReaderModel

    return ReaderModel.load(folder)


def _told_before_a_question(message: Normalised) -> str:
    """What is told before it is asked what to do ("ze wordt gechanteerd, hoe kan ik haar helpen"), as typed."""
    place = context.help_asked_at(message.text)
    told = message.typed[: message.origin[place]] if place else ""
    return told if len(told.split()) >= TOLD_WORDS else ""


def _supported(named: Mention, output: ModelOutput | None) -> bool:
    """Words alone are no proof, unless they say it outright: the model must find it at least thinkable."""
    if output is None or named.certainty >= OUTRIGHT_CERTAINTY:
        return True
    return output.indicators[named.indicator] >= SUPPORT * output.thresholds[named.indicator]


def _evidence(typed: str, start: int, end: int, named: Mention | None) -> tuple[int, int]:
    """The words to show: those that name the indicator outright, else the model's, a bare word with its clause."""
    if named:
        return named.start, named.end
    if len(typed[start:end].split()) >= MIN_EVIDENCE_WORDS:
        return start, end
    left = max((stop.end() for stop in CLAUSE_MARK.finditer(typed, 0, start)), default=0)
    stop = CLAUSE_MARK.search(typed, end)
    return left, stop.start() if stop else len(typed)


@dataclass(frozen=True)
class _Place:
    """Places words of one parsed message in their context."""

    language: Language
    doc: Doc
    own: bool | None

    def around(self, start: int, end: int) -> Surroundings:
        """The surroundings of the typed characters ``start:end``."""
        found = Surroundings(start, end, self.own)
        self.language.place(self.doc, [found])
        return found


def _in_context(mention: Mention, place: _Place) -> Mention:
    """Time, whose experience, source, and fact or suspicion. What is denied or only supposed is no mention at all:
    the model was trained on that, and words that name an indicator are checked for it in ``lexicon``."""
    found = place.around(mention.start, mention.end)
    return replace(
        mention,
        modality="vermoeden" if found.modality == "vermoeden" else "feit",
        time=found.time,
        experiencer=found.experiencer,
        source=found.source,
        version=RULES_VERSION,
    )


def _with_safety(reading: Reading, model_alarm: bool) -> Reading:
    """Add the safety kinds that follow from indicators, and decide ``acute`` (conversation.md, "Safety")."""
    cues = list(reading.safety)
    kinds = {cue.kind for cue in cues}
    for mention in reading.asserted:
        if mention.indicator in ACUTE_KINDS and mention.indicator not in kinds:
            kinds.add(mention.indicator)  # type: ignore[arg-type]
            cues.append(SafetyCue(mention.indicator, mention.start, mention.end, mention.text, "reader"))  # type: ignore[arg-type]
        if (
            mention.indicator == "hotelafspraak"
            and mention.time in COMING
            and _coming_hotel(reading, mention)
        ):
            cues.append(
                SafetyCue("minderjarige_hotelafspraak", mention.start, mention.end, mention.text, "D1")
            )
    return replace(reading, safety=tuple(cues), acute=bool(cues) or model_alarm)


def _coming_hotel(reading: Reading, mention: Mention) -> bool:
    plain = normalise(reading.text).text
    minor = reading.age is not None and reading.age.years < 18
    return (
        minor and reading.moment in ("today_tomorrow", "this_week", "now") and not context.has("over", plain)
    )


def _intent(message: Normalised, output: ModelOutput | None) -> IntentGuess | None:
    ranking = output.intents if output else ()
    if name := ruled_intent(message.text):
        return IntentGuess(name, 1.0, ((name, 1.0), *(pair for pair in ranking if pair[0] != name)))
    if output is None or not ranking:
        return None
    gibberish = output.strangeness >= STRANGE and ranking[0][1] < SURE_OF_STRANGE_WORDS
    name, probability = ranking[0]
    sure = output.intent_is_sure or (name in TAKEN_HALF_SURE and probability >= MAY_ASK_FOR_A_PERSON)
    return IntentGuess(name, probability, ranking, sure and not gibberish)


def reader_fingerprint() -> str:
    """A hash of everything that decides how a message is read: code, data and the trained artefact."""
    digest = hashlib.sha256()
    for folder, pattern in (
        (Path(__file__).parent, "*.py"),
        (ROOT / "meldpunt", "pattern_tables.py"),
        (Path(__file__).parent / "language", "*.py"),
        (DATA, "*.*"),
        (ROOT / "meldpunt" / "places", "*.py"),
    ):
        for file in sorted(folder.glob(pattern)):
            digest.update(file.read_bytes())
    card = ARTEFACT / "reader.json"
    digest.update(card.read_bytes() if card.exists() else b"no model")
    return digest.hexdigest()[:16]
