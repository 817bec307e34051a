"""What was read of one message, for people: as text, as JSON, and as marked words (displaCy)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from meldpunt.indicators.catalogue import catalogue
from meldpunt.indicators.labels import Labels, labels
from meldpunt.reading.types import Mention, Reading
from meldpunt.triage import Assessment, Facts, assess, open_questions, rule_set

WORD = re.compile(r"\S+")
INDENT = "  "
CONTEXT = ("polarity", "modality", "time", "experiencer", "source")
STAND_IN = "\ue000{}\ue001"  # displaCy of spaCy 3.4 does not escape words: they go in after it drew


def facts_of(reading: Reading) -> Facts:
    """What triage knows when this message is all that was said."""
    place = reading.gemeente
    return Facts(
        mentions=reading.mentions,
        age=reading.age.years if reading.age else None,
        when=reading.moment,
        role=reading.role,
        answers={"place": place} if place and place != "?" else {},
    )


def as_json(reading: Reading) -> dict[str, Any]:
    """The reading with the triage proposal, JSON-safe."""
    facts = facts_of(reading)
    found = assess(facts)
    return {
        **reading.as_dict(),
        "triage": {**asdict(found), "open_questions": list(open_questions(facts))},
    }


def as_text(reading: Reading) -> str:
    """The analysis in lines that a person can read."""
    words = labels()
    blocks = (
        ("message", [reading.text]),
        ("indicators", _numbered(reading, words)),
        ("facts", list(_facts(reading, words))),
        ("safety", list(_safety(reading, words))),
        ("intent", [_intent(reading, words)]),
        ("triage", list(_triage(reading, words))),
    )
    lines: list[str] = []
    for heading, rows in blocks:
        lines += [words.headings[heading], *(INDENT + row for row in rows or [words.texts["none"]]), ""]
    return "\n".join(lines)


def as_html(reading: Reading) -> str:
    """A page in which displaCy marks the words behind each indicator; a colour is a category."""
    from spacy import displacy  # half a second that the text does not need

    words, pieces = labels(), list(WORD.finditer(reading.text))
    spans = [span for mention in reading.mentions if (span := _span(mention, pieces, words))]
    colours = {
        _title(mention, words): words.colours[catalogue()[mention.indicator].category]
        for mention in reading.mentions
    }
    drawn: str = displacy.render(
        {
            "text": reading.text, "tokens": [STAND_IN.format(i) for i in range(len(pieces))], "spans": spans,
            "settings": {"lang": "nl", "direction": "ltr"},
        },
        style="span", manual=True, page=True, jupyter=False, options={"colors": colours},
    )  # fmt: skip
    for number, piece in enumerate(pieces):
        drawn = drawn.replace(STAND_IN.format(number), html.escape(piece.group()))
    return drawn


def _span(mention: Mention, pieces: list[re.Match[str]], words: Labels) -> dict[str, Any] | None:
    inside = [i for i, p in enumerate(pieces) if p.start() < mention.end and mention.start < p.end()]
    if not inside:
        return None
    return {"start_token": inside[0], "end_token": inside[-1] + 1, "label": _title(mention, words)}


def _title(mention: Mention, words: Labels) -> str:
    label = catalogue()[mention.indicator].label
    return html.escape(label if mention.asserted else f"{label} ({words.texts['not_counted']})")


def _numbered(reading: Reading, words: Labels) -> list[str]:
    lines = []
    for number, mention in enumerate(reading.mentions, 1):
        known = catalogue()[mention.indicator]
        weight = words.texts["weight"].format(weight=known.weight)
        lines.append(f"{number}. {known.label} ({known.id}), {words.value(known.category)}, {weight}")
        lines += [INDENT + row for row in _context(mention, words)]
    return lines


def _context(mention: Mention, words: Labels) -> Iterator[str]:
    yield _row("words", f"«{mention.text}» ({mention.start}-{mention.end})", words)
    for name in CONTEXT:
        yield _row(name, words.value(getattr(mention, name)), words)
    by = words.value(mention.recognised_by)
    yield _row(
        "recognised_by",
        words.texts["rule_named"].format(by=by, rule=mention.rule) if mention.rule else by,
        words,
    )
    yield _row("certainty", words.texts["percent"].format(percent=round(100 * mention.certainty)), words)
    if mention.dropped_because:
        yield _row("dropped_because", mention.dropped_because, words)


def _row(field: str, value: str, words: Labels) -> str:
    return f"{words.fields[field]:<{words.width}}{value}"


def _facts(reading: Reading, words: Labels) -> Iterator[str]:
    age = reading.age
    said = words.texts["years"].format(years=age.years, about=age.about) if age else words.value(None)
    yield _row("age", said, words)
    for place in reading.places:
        yield _row("place", words.texts["place"].format(name=place.name, where=_where(place, words)), words)
    if not reading.places:
        yield _row("place", words.value(None), words)
    yield _row("platform", ", ".join(reading.platforms) or words.value(None), words)
    yield _row("moment", words.value(reading.moment), words)
    yield _row("role", words.value(reading.role), words)
    if reading.persons:
        yield _row("persons", ", ".join(reading.text[start:end] for start, end in reading.persons), words)


def _where(place: Any, words: Labels) -> str:
    if place.status == "vragen":
        return words.texts["ask"].format(candidates=", ".join(place.candidates) or words.texts["none"])
    return place.municipality or words.texts["outside"]


def _safety(reading: Reading, words: Labels) -> Iterator[str]:
    for cue in reading.safety:
        known = catalogue().indicators.get(cue.kind)
        label = known.label if known else words.value(cue.kind)
        yield f"{label}: «{cue.text}» ({words.value(cue.rule)})"
    if reading.acute and not reading.safety:
        yield _row("alarm", words.texts["model_alarm"], words)


def _intent(reading: Reading, words: Labels) -> str:
    guess = reading.intent
    if guess is None:
        return words.texts["none"]
    sentence = words.texts["sure" if guess.sure else "unsure"]
    return sentence.format(intent=guess.name, percent=round(100 * guess.confidence))


def _triage(reading: Reading, words: Labels) -> Iterator[str]:
    facts = facts_of(reading)
    found = assess(facts)
    yield _row("level", found.level, words)
    yield from _rules(found, [m for m in facts.mentions if m.asserted], words)
    names = {derived.id: derived.name for derived in rule_set().derived}
    if found.derived:
        yield _row("derived", ", ".join(f"{name} {names[name]}" for name in found.derived), words)
    parts = " + ".join(f"{words.value(name)} {points}" for name, points in found.score_parts)
    yield _row("order", words.texts["sum"].format(parts=parts, score=found.score), words)
    asks = ", ".join(words.value(ask) for ask in open_questions(facts)) or words.texts["none"]
    yield _row("open", asks, words)


def _rules(found: Assessment, counted: list[Mention], words: Labels) -> Iterator[str]:
    if not found.rules:
        yield _row("rule", words.texts["no_rule"], words)
    for rule in found.rules:
        behind = ", ".join(dict.fromkeys(counted[i].indicator for i in rule.because))
        because = f"; {words.fields['because']}: {behind}" if behind else ""
        yield _row("rule", f"{rule.id} {rule.title} ({rule.level}){because}", words)
