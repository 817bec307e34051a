"""One visitor message: safety first, then interruptions, then the answer, then what was volunteered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.actions import answers
from bot.actions.answering import answer
from bot.actions.dossier import Dossier
from bot.actions.flow import DISTRESS, next_ask
from bot.actions.interruptions import STORY_WORDS, interrupted
from bot.actions.reply import Reply, Turn
from bot.actions.story import take_story
from bot.actions.texts import Texts
from meldpunt.reading.safety import KINDS_OF_INTENT

WAYS_OUT = frozenset({"stop_and_erase", "want_human"})
FEW_WORDS = 4
OPENING_ASKS = ("safe_to_type", "in_danger_now", "reporter_role", None)


def take(
    dossier: Dossier, turn: Turn, open_ask: str | None, texts: Texts, draft: Callable[[], dict[str, Any]]
) -> Reply:
    """Update the dossier with one message and say what must be said before the next question."""
    reply = Reply()
    dossier.turns += 1
    if turn.choice:
        ask, value = turn.choice
        answer(dossier, _slot(ask), value, turn.number, reply, texts)
        return reply
    if turn.reading is None:
        return reply
    cues = _safety(dossier, turn, reply)
    if not _clear_answer(turn, open_ask) and interrupted(dossier, turn, open_ask, reply, draft, texts):
        return reply
    _answer_text(dossier, turn, open_ask, reply, bool(cues), texts)
    return reply


def _clear_answer(turn: Turn, open_ask: str | None) -> bool:
    """A few words that answer the open question are that answer, whatever the classifier makes of them ("goor")."""
    if open_ask is None or turn.reading is None or turn.intent in WAYS_OUT:
        return False
    if open_ask in answers.FREE | {"story"} or len(turn.text.split()) > FEW_WORDS:
        return False
    value = answers.parse(open_ask, turn.text, turn.reading)
    return value is not None and (open_ask != "place" or answers.is_place(turn.text))


def _slot(ask: str) -> str:
    return ask.replace("consent:", "consent_")


def _safety(dossier: Dossier, turn: Turn, reply: Reply) -> list[str]:
    """Say the fitting safety text first, once per kind (conversation.md, "Safety")."""
    kinds: list[str] = [cue.kind for cue in turn.reading.safety] if turn.reading else []
    heard = KINDS_OF_INTENT.get(turn.intent or "", ())
    if heard and not set(heard) & set(kinds):
        kinds.append(heard[0])  # the classifier hears what no phrase family holds
    fresh = [kind for kind in dict.fromkeys(kinds) if kind not in dossier.said]
    hotel = {"afspraak_vandaag", "minderjarige_hotelafspraak"}
    for kind in fresh:
        if kind in hotel and (hotel - {kind}) & (set(dossier.said)):
            dossier.said.append(kind)
            continue
        dossier.said.append(kind)
        reply.add(f"utter_safety_{kind}")
        if kind == "suicidaal":
            reply.add("utter_safety_suicidaal_2")
        if kind == "dader_leest_mee":
            reply.customs.append({"kind": "safe_mode"})
    if set(fresh) & DISTRESS:
        dossier.distress = True
    return fresh


def _answer_text(
    dossier: Dossier, turn: Turn, open_ask: str | None, reply: Reply, alarmed: bool, texts: Texts
) -> None:
    reading = turn.reading
    assert reading is not None
    value = answers.parse(open_ask, turn.text, reading) if open_ask and open_ask != "story" else None
    if open_ask == "story" and answers.is_done(turn.text) and dossier.texts:
        answer(dossier, "story", "done", turn.number, reply, texts)
        return
    told = _tells(dossier, turn, open_ask, value)
    if told:
        take_story(dossier, turn, reply, alarmed)
    if value is not None and open_ask:
        if open_ask in answers.FREE and reading.asserted:
            dossier.add_reading(reading, turn.number)
        answer(dossier, open_ask, value, turn.number, reply, texts)
    elif told or alarmed:
        dossier.misses = 0
    else:
        _not_understood(dossier, open_ask, turn, reply)


def _tells(dossier: Dossier, turn: Turn, open_ask: str | None, value: str | None) -> bool:
    """True when the message is (also) story: at the story question, or facts at any other."""
    if open_ask == "story":
        return True
    reading = turn.reading
    assert reading is not None
    if reading.asserted:
        return True
    return value is None and open_ask in OPENING_ASKS and len(turn.text.split()) >= STORY_WORDS


def _not_understood(dossier: Dossier, open_ask: str | None, turn: Turn, reply: Reply) -> None:
    dossier.misses += 1
    reply.add("utter_not_understood" if dossier.misses == 1 else "utter_not_understood_twice")
    reply.repeat = True


def asked_next(dossier: Dossier) -> str | None:
    """The next ask, with what the summary buttons opened put first."""
    if dossier.finished or dossier.erase_asked:
        return next_ask(dossier)
    for flag in dossier.flags:
        if flag in ("change", "remove"):
            return f"summary_{flag}"
        if flag.startswith("reask:"):
            ask = flag.removeprefix("reask:")
            if ask in dossier.answers:
                dossier.flags.remove(flag)
                break
            return ask
    return next_ask(dossier)
