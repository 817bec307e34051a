"""The story: taken in, acknowledged in the visitor's own words, answered with what helps at once."""

from __future__ import annotations

from bot.actions.answers import wish_in
from bot.actions.dossier import Dossier
from bot.actions.flow import is_short_story
from bot.actions.reply import Reply, Turn
from meldpunt.indicators import SEXUAL, catalogue
from meldpunt.reading.context import context_words

QUOTE_WORDS = (3, 12)
UNDER_12 = "under_12"


def take_story(dossier: Dossier, turn: Turn, reply: Reply, alarmed: bool) -> None:
    reading = turn.reading
    assert reading is not None
    first = not dossier.texts
    dossier.add_reading(reading, turn.number)
    if (reading.role and not dossier.role and reading.role != "self") or (
        reading.role == "self" and not dossier.role
    ):
        dossier.note("reporter_role", reading.role, turn.number, "afgeleid")
        set_address(dossier)
    if "wants" not in dossier.answers and (wish := wish_in(turn.text)):
        dossier.note("wants", wish, turn.number, "afgeleid")
    more = first and is_short_story(turn.text, dossier.indicators()) and not alarmed
    dossier.story_more = more
    dossier.note("story", "told", turn.number)
    if first:
        _acknowledge(dossier, reply, alarmed)
        _advise(dossier, reply)


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
    found = set(dossier.indicators())
    young_child(dossier, reply)
    if "chantage_beeldmateriaal" in found:
        reply.add("utter_advice_sextortion")
    elif dossier.role == "professional":
        reply.add("utter_advice_professional")
    elif any(catalogue()[i].article.startswith("lid 2: uitbuiting van strafbare") for i in found):
        reply.add("utter_advice_criminal")
    elif dossier.role == "parent":
        reply.add("utter_advice_parent")


def young_child(dossier: Dossier, reply: Reply) -> None:
    """A child under 12 is told of the Kindertelefoon and of a grown-up it trusts, once."""
    if dossier.facts().band == "under_12" and dossier.role == "self" and UNDER_12 not in dossier.said:
        dossier.said.append(UNDER_12)
        reply.add("utter_under_12")


def set_address(dossier: Dossier) -> None:
    """U for parents and professionals, je for all others (conversation.md, "Roles")."""
    dossier.address = "u" if dossier.role in ("parent", "professional") else "je"
