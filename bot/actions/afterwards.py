"""A message when Sam asks nothing more: after a report, and after a no to keeping it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.actions.dossier import Dossier
from bot.actions.erasing import do_erase
from bot.actions.flow import given
from bot.actions.heard import answer_questions, say_safety
from bot.actions.interruptions import FAQ, want_human
from bot.actions.reply import Reply, Turn
from meldpunt.reading.remarks import THINKS_AGAIN, remarks_in

LAST_WORDS = frozenset({"thank", "goodbye"})
ABOUT_WHO_READS_IT = frozenset({"ask_what_happens_next", "ask_when_reply", "ask_who_reads_this", "ask_what_is_stored"})


def thinks_again(dossier: Dossier, turn: Turn) -> bool:
    """Whether somebody who said no to keeping it wants it kept after all."""
    item = dossier.consent.get("opslaan_melding")
    if not dossier.finished or not dossier.texts or item is None or item["waarde"] == "ja":
        return False
    return THINKS_AGAIN in remarks_in(turn.text)


def reopen(dossier: Dossier) -> Reply:
    """Nothing was kept yet and everything is still known: the question is put again."""
    reply = Reply()
    dossier.finished = False
    dossier.consent.pop("opslaan_melding", None)
    reply.add("utter_reopened")
    return reply


def after_the_end(dossier: Dossier, turn: Turn, draft: Callable[[], dict[str, Any]]) -> Reply:
    """A message when Sam asks nothing more: safety and questions as ever, and the truth about who reads it."""
    reply = Reply()
    if turn.intent == "stop_and_erase":
        do_erase(dossier, reply)
        return reply
    cues = say_safety(dossier, turn, reply)
    kept = given(dossier, "opslaan_melding")
    untrue = frozenset() if kept else ABOUT_WHO_READS_IT  # nobody will read what was not kept
    answer_questions(turn, reply, but=untrue)
    intent = turn.intent or ""
    if intent == "want_human" and not kept:
        want_human(turn, reply, draft)
        return reply
    if intent in LAST_WORDS and not cues:
        reply.add(f"utter_{intent}")
        return reply
    if intent.startswith(FAQ) and not reply.say and intent not in {"ask_why_this_question", *untrue}:
        reply.add(f"utter_faq_{intent[len(FAQ):]}", hours=str(turn.context.get("opening_hours") or ""))
    reply.add("utter_all_done" if kept else "utter_nothing_kept")
    return reply
