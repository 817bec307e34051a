"""One visitor message: safety first, then interruptions, then the answer, then what was volunteered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.actions import answers
from bot.actions.answering import answer, answer_place
from bot.actions.dossier import Dossier
from bot.actions.flow import DISTRESS, DONT_KNOWS_TO_STOP, given, next_ask
from bot.actions.interruptions import FAQ, STORY_WORDS, do_erase, interrupted
from bot.actions.reply import Reply, Turn
from bot.actions.story import take_story
from bot.actions.texts import Texts
from meldpunt.reading import normalise
from meldpunt.reading.intent_rules import questions_in
from meldpunt.reading.safety import heard_kinds

WAYS_OUT = frozenset({"stop_and_erase", "want_human"})
FEW_WORDS = 4
MISSES_TO_SKIP = 3
MAY_BE_SKIPPED = (answers.FREE | answers.YES_NO | {"reporter_role", "when", "age_band", "place", "wants"}) - {
    "safe_to_type",
    "confirm_erase",
}
CONTACT_ASKS = ("consent_contact_terug", "contact_channel", "contact_detail")
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
    if not cues and _is_back(dossier, turn, reply):
        return reply
    if answers.is_enough(turn.text):
        dossier.dont_knows = DONT_KNOWS_TO_STOP
        reply.add("utter_no_more_questions")
        return reply
    if "wants" not in dossier.answers and open_ask != "wants" and (wish := answers.wish_in(turn.text)):
        dossier.note("wants", wish, turn.number, "afgeleid")
    if not _clear_answer(turn, open_ask) and interrupted(dossier, turn, open_ask, reply, draft, texts):
        return reply
    _answer_text(dossier, turn, open_ask, reply, bool(cues), texts)
    _answer_questions(turn, reply)
    return reply


def _is_back(dossier: Dossier, turn: Turn, reply: Reply) -> bool:
    """Somebody was not safe to type; whatever they write now says that they are (conversation.md, order 1)."""
    if turn.intent in WAYS_OUT or turn.intent == "pause":
        return False
    if not dossier.safe_mode:
        short = len(turn.text.split()) <= FEW_WORDS + 1
        back = short and bool(DISTRESS & set(dossier.said)) and answers.is_alone_again(turn.text)
        reply.add("utter_session_resumed") if back else None
        return back
    if answers.says_no(turn.text):
        reply.add("utter_safe_mode")
        return True
    dossier.safe_mode = dossier.distress = False
    dossier.note("safe_to_type", "yes", turn.number)
    if answers.is_alone_again(turn.text) or answers.says_yes(turn.text):
        reply.add("utter_session_resumed")
        return True
    return False


def _answer_questions(turn: Turn, reply: Reply) -> None:
    """A question that stands beside a story or an answer is answered too."""
    said = {name for name, _ in reply.say}
    for question in questions_in(normalise(turn.text).text):
        name = f"utter_faq_{question.removeprefix('ask_')}"
        if name not in said:
            reply.add(name, hours=str(turn.context.get("opening_hours") or ""))


def _clear_answer(turn: Turn, open_ask: str | None) -> bool:
    """A few words that answer the open question are that answer, whatever the classifier makes of them ("goor")."""
    if open_ask is None or turn.reading is None or turn.intent in WAYS_OUT:
        return False
    if answers.is_plainly(open_ask, turn.text):
        return True
    if open_ask in answers.FREE | {"story"} or len(turn.text.split()) > FEW_WORDS:
        return False
    value = answers.parse(open_ask, turn.text, turn.reading)
    return value is not None and (open_ask != "place" or answers.is_place(turn.text))


def _slot(ask: str) -> str:
    return ask.replace("consent:", "consent_")


def _safety(dossier: Dossier, turn: Turn, reply: Reply) -> list[str]:
    """Say the fitting safety text first, once per kind (conversation.md, "Safety")."""
    kinds: list[str] = [cue.kind for cue in turn.reading.safety] if turn.reading else []
    heard = heard_kinds(turn.reading.intent if turn.reading else None)
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
            dossier.safe_mode = True  # nothing of the conversation is shown until it is safe again
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
        if open_ask in CONTACT_ASKS:
            _note_contact(dossier, turn)
    elif told or alarmed:
        dossier.misses = 0
    elif _volunteered(dossier, turn):
        dossier.misses = 0
        reply.add("utter_ack_short")
    else:
        _not_understood(dossier, open_ask, turn, reply, texts)


def _volunteered(dossier: Dossier, turn: Turn) -> bool:
    """A place, an age, an app or a moment that answers a later question is written down now."""
    before = dict(dossier.answers)
    if turn.reading and len(turn.text.split()) <= FEW_WORDS:
        dossier.learn(turn.reading, turn.number)
        if "place" not in dossier.answers and (place := answers.municipality(turn.text)):
            answer_place(dossier, place, turn.number)
    return dossier.answers != before


def _note_contact(dossier: Dossier, turn: Turn) -> None:
    """A number, an address or safe times beside the answer are not asked again."""
    if given(dossier, "contact_terug"):
        for ask, value in answers.contact_in(turn.text).items():
            dossier.note(ask, value, turn.number)


def _tells(dossier: Dossier, turn: Turn, open_ask: str | None, value: str | None) -> bool:
    """True when the message is (also) story: at the story question, or facts at any other."""
    if open_ask == "story":
        return True
    reading = turn.reading
    assert reading is not None
    if reading.asserted:
        return True
    return value is None and open_ask in OPENING_ASKS and len(turn.text.split()) >= STORY_WORDS


def _not_understood(
    dossier: Dossier, open_ask: str | None, turn: Turn, reply: Reply, texts: Texts
) -> None:
    """Said once, then with a person offered; a question that stays unanswered is let go."""
    dossier.misses += 1
    if dossier.misses >= MISSES_TO_SKIP and open_ask in MAY_BE_SKIPPED:
        answer(dossier, open_ask, "unsure" if open_ask == "wants" else "unknown", turn.number, reply, texts)
        reply.add("utter_skip")
        return
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


def after_the_end(dossier: Dossier, turn: Turn) -> Reply:
    """A message when Sam asks nothing more: safety and questions as ever, and the truth about who reads it."""
    reply = Reply()
    if turn.intent == "stop_and_erase":
        do_erase(dossier, reply)
        return reply
    _safety(dossier, turn, reply)
    _answer_questions(turn, reply)
    intent = turn.intent or ""
    if intent.startswith(FAQ) and not reply.say and intent != "ask_why_this_question":
        reply.add(f"utter_faq_{intent[len(FAQ):]}", hours=str(turn.context.get("opening_hours") or ""))
    reply.add("utter_all_done" if given(dossier, "opslaan_melding") else "utter_nothing_kept")
    return reply
