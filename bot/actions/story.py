"""The story: taken in, acknowledged in the visitor's own words, answered with what helps at once."""

from __future__ import annotations

from bot.actions.answers import wish_in
from bot.actions.dossier import Dossier
from bot.actions.flow import is_short_story
from bot.actions.reply import Reply, Turn
from meldpunt.indicators import SEXUAL, catalogue
from meldpunt.reading.context import context_words
from meldpunt.reading.remarks import OWN_ACTS

QUOTE_WORDS = (4, 12)
UNDER_12 = "under_12"


def take_story(dossier: Dossier, turn: Turn, reply: Reply, alarmed: bool) -> None:
    reading = turn.reading
    assert reading is not None
    first = "story" not in dossier.answers
    dossier.add_reading(reading, turn.number)
    if reading.role and (not dossier.role or _knows_better(dossier, reading.role)):
        dossier.note("reporter_role", reading.role, turn.number, "afgeleid")
        set_address(dossier)
    if "wants" not in dossier.answers and (wish := wish_in(turn.text)):
        dossier.note("wants", wish, turn.number, "afgeleid")
    more = first and is_short_story(turn.text, dossier.indicators()) and not alarmed
    dossier.story_more = more
    dossier.note("story", "told", turn.number)
    if OWN_ACTS not in dossier.said:
        if first:
            _acknowledge(dossier, reply, alarmed)
        _advise(dossier, reply)


def _knows_better(dossier: Dossier, role: str) -> bool:
    """A role that was only guessed gives way to the words of a parent or a professional."""
    guessed = dossier.answers["reporter_role"].source == "afgeleid"
    return guessed and dossier.role in ("self", "bystander") and role in ("parent", "professional")


def _acknowledge(dossier: Dossier, reply: Reply, alarmed: bool) -> None:
    """The visitor's own words, never a judgement; nothing sensitive is quoted."""
    for row in dossier.mentions:
        usual = row["indicator"] not in SEXUAL and catalogue()[row["indicator"]].category != "acuut"
        if not (usual and not alarmed and row["polarity"] == "bevestigd"):
            continue
        quote = clause_with(dossier.texts.get(str(row["message"]), ""), row["start"])
        if QUOTE_WORDS[0] <= len(quote.split()) <= QUOTE_WORDS[1]:
            reply.add("utter_ack_quote", quote=quote)
            return
    reply.add("utter_ack")


def clause_with(text: str, place: int) -> str:
    """The clause of ``text`` as typed that holds character ``place``."""
    clause_end = context_words()["quote_end"]
    left = max((stop.end() for stop in clause_end.finditer(text) if stop.end() <= place), default=0)
    stop = clause_end.search(text, place)
    return " ".join(text[left : stop.start() if stop else len(text)].split())


def _advise(dossier: Dossier, reply: Reply) -> None:
    """What helps at once, each advice once, also where a later message tells what it is for."""
    young_child(dossier, reply)
    name = _advice(dossier, set(dossier.indicators()))
    if name and name not in dossier.said:
        dossier.said.append(name)
        reply.add(name)


def _advice(dossier: Dossier, found: set[str]) -> str | None:
    if "chantage_beeldmateriaal" in found:
        return "utter_advice_sextortion"
    if dossier.role == "professional":
        return "utter_advice_professional"
    if any(catalogue()[i].article.startswith("lid 2: uitbuiting van strafbare") for i in found):
        return "utter_advice_criminal"
    return "utter_advice_parent" if dossier.role == "parent" else None


def young_child(dossier: Dossier, reply: Reply) -> None:
    """A child under 12 is told of the Kindertelefoon and of a grown-up it trusts, once."""
    if dossier.facts().band == "under_12" and dossier.role == "self" and UNDER_12 not in dossier.said:
        dossier.said.append(UNDER_12)
        reply.add("utter_under_12")


def set_address(dossier: Dossier) -> None:
    """U for parents and professionals, je for all others (conversation.md, "Roles")."""
    dossier.address = "u" if dossier.role in ("parent", "professional") else "je"
