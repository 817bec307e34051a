"""One visitor message: safety first, then interruptions, then the answer, then what was volunteered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.actions import answers
from bot.actions.answering import answer
from bot.actions.dossier import Dossier
from bot.actions.flow import DONT_KNOWS_TO_STOP, given, next_ask
from bot.actions.heard import (
    OPENING_ASKS,
    WORDS_OF_A_CHOICE,
    answer_questions,
    is_back,
    is_plain_choice,
    only_introduces,
    say_safety,
    say_what_follows,
    take_remarks,
)
from bot.actions.interruptions import STORY_WORDS, interrupted
from bot.actions.reply import Reply, Turn
from bot.actions.story import take_story
from bot.actions.texts import Texts
from bot.actions.values import KEEP_IT, is_clear_answer, value_of
from bot.actions.volunteered import take_beside, volunteered
from meldpunt.reading.remarks import NO_CONTACT, NO_DANGER, NOT_KEPT, OWN_ACTS, TELLS, remarks_in
from meldpunt.triage import Facts

MISSES_TO_SKIP = 3
WORDS_OF_A_CHANNEL = 3
MAY_BE_SKIPPED = (answers.FREE | answers.YES_NO | {"reporter_role", "when", "age_band", "place", "wants"}) - {
    "safe_to_type",
    "confirm_erase",
}
CONTACT_ASKS = ("consent_contact_terug", "contact_channel", "contact_detail")
LOOSE_MARKS = re.compile(r"\s*[:;,](?:\s*[:;,])+")  # what stays where a number was taken out


def take(
    dossier: Dossier, turn: Turn, open_ask: str | None, texts: Texts, draft: Callable[[], dict[str, Any]]
) -> Reply:
    """Update the dossier with one message and say what must be said before the next question."""
    reply = _take(dossier, turn, open_ask, texts, draft)
    say_what_follows(dossier, reply)
    return reply


def _take(
    dossier: Dossier, turn: Turn, open_ask: str | None, texts: Texts, draft: Callable[[], dict[str, Any]]
) -> Reply:
    reply = Reply()
    dossier.turns += 1
    if turn.choice:
        ask, value = turn.choice
        answer(dossier, _slot(ask), value, turn.number, reply, texts)
        return reply
    if turn.reading is None:
        return reply
    cues = say_safety(dossier, turn, reply, open_ask)
    take_remarks(dossier, turn, reply)
    if not cues and only_introduces(dossier, turn, open_ask, reply):
        return reply
    if _changes_mind(dossier, turn, open_ask, reply, texts):
        return reply
    if not cues and is_back(dossier, turn, reply):
        return reply
    if answers.is_enough(turn.text):
        dossier.dont_knows = DONT_KNOWS_TO_STOP
        reply.add("utter_no_more_questions")
        return reply
    if "wants" not in dossier.answers and open_ask != "wants" and (wish := answers.wish_in(turn.text)):
        dossier.note("wants", wish, turn.number, "afgeleid")
    if not is_clear_answer(turn, open_ask) and interrupted(dossier, turn, open_ask, reply, draft, texts):
        return reply
    _answer_text(dossier, turn, open_ask, reply, bool(cues), texts)
    answer_questions(turn, reply)
    return reply


def _changes_mind(dossier: Dossier, turn: Turn, open_ask: str | None, reply: Reply, texts: Texts) -> bool:
    """A yes that is taken back at a later question: to contact, or to keeping anything at all."""
    shown = remarks_in(turn.text)
    ending = (open_ask or "").startswith("consent_") or open_ask in ("summary", *CONTACT_ASKS)
    if not ending or not given(dossier, "opslaan_melding"):
        return False
    if NOT_KEPT in shown and open_ask != "consent_bewaren_eigen_woorden":
        answer(dossier, KEEP_IT, "no", turn.number, reply, texts)
        return True
    if NO_CONTACT in shown and given(dossier, "contact_terug"):
        answer(dossier, "consent_contact_terug", "no", turn.number, reply, texts)
        for ask in ("contact_channel", "contact_detail", "contact_safe_times"):
            dossier.answers.pop(ask, None)
        reply.add("utter_corrected")
        return True
    return False


def _slot(ask: str) -> str:
    return ask.replace("consent:", "consent_")


def _answer_text(
    dossier: Dossier, turn: Turn, open_ask: str | None, reply: Reply, alarmed: bool, texts: Texts
) -> None:
    reading = turn.reading
    assert reading is not None
    value = value_of(turn, open_ask)
    if open_ask == "story" and answers.is_done(turn.text):
        if dossier.texts or dossier.misses:
            answer(dossier, "story", "done", turn.number, reply, texts)
        else:  # nothing was told yet: asked once more
            dossier.misses += 1
            reply.add("utter_story_start")
        return
    if open_ask == "story" and not any(letter.isalnum() for letter in turn.text):
        reply.add("utter_story_start")  # "..." tells nothing yet
        return
    told = _tells(dossier, turn, open_ask, value) or OWN_ACTS in remarks_in(turn.text)
    if told:
        more, said = bool(dossier.texts), len(reply.say)
        take_story(dossier, turn, reply, alarmed)
        if more and open_ask != "story" and value is None and len(reply.say) == said and not alarmed:
            reply.add("utter_ack_short")  # heard, before the question is put again
    if value is not None and open_ask:
        if open_ask in answers.FREE and reading.asserted:
            dossier.add_reading(reading, turn.number)
        if open_ask == "summary" and value == "correct" and (better := volunteered(dossier, turn)) == "utter_corrected":
            reply.add(better)  # "ja, alleen is ze nu zestien"
            return
        answer(dossier, open_ask, value, turn.number, reply, texts)
        if open_ask == "age_band" and (years := answers.years_in(turn.text, reading)):
            dossier.age = years if Facts(age=years).band == value else dossier.age
        if open_ask in CONTACT_ASKS:
            _note_contact(dossier, turn)
    elif told or alarmed:
        dossier.misses = 0
    elif heard := volunteered(dossier, turn):
        dossier.misses = 0
        reply.add(heard)
    elif NO_DANGER in remarks_in(turn.text):
        dossier.misses = 0
        reply.add("utter_ack_short")
    else:
        _not_understood(dossier, open_ask, turn, reply, texts)
    take_beside(dossier, turn, open_ask)


def _note_contact(dossier: Dossier, turn: Turn) -> None:
    """A number, an address or safe times beside the answer are not asked again."""
    if given(dossier, "contact_terug"):
        for ask, value in answers.contact_in(turn.text).items():
            dossier.note(ask, LOOSE_MARKS.sub(",", value), turn.number)
        channel = answers.parse("contact_channel", turn.text, turn.reading) if turn.reading else None
        plain = channel == "code_only" or len(turn.text.split()) <= WORDS_OF_A_CHANNEL  # "ja telefoon"
        if channel and plain and "contact_channel" not in dossier.answers:
            dossier.note("contact_channel", channel, turn.number)


def _tells(dossier: Dossier, turn: Turn, open_ask: str | None, value: str | None) -> bool:
    """True when the message is (also) story: at the story question, or facts at any other."""
    if open_ask == "story":
        return True
    reading = turn.reading
    assert reading is not None
    few = len(turn.text.split()) <= WORDS_OF_A_CHOICE
    if (few and not reading.safety) or is_plain_choice(turn, open_ask):
        return False  # "15" and "telefoon" claim nothing
    if reading.asserted:
        return True
    return value is None and open_ask in OPENING_ASKS and len(turn.text.split()) >= STORY_WORDS


def _not_understood(
    dossier: Dossier, open_ask: str | None, turn: Turn, reply: Reply, texts: Texts
) -> None:
    """Said once, then with a person offered; a question that stays unanswered is let go."""
    dossier.misses += 1
    consent = (open_ask or "").startswith("consent_") and open_ask != KEEP_IT  # not a yes: a no for now
    if open_ask and dossier.misses >= MISSES_TO_SKIP and (open_ask in MAY_BE_SKIPPED or consent):
        unsure = "unsure" if consent or open_ask == "wants" else "unknown"
        answer(dossier, open_ask, unsure, turn.number, reply, texts)
        reply.add("utter_skip")
        return
    if open_ask and dossier.misses == 1 and not consent and TELLS in remarks_in(turn.text):
        dossier.texts[str(turn.number)] = turn.text  # "ik zit op de wc": no answer, yet it tells
        reply.add("utter_heard")
        reply.repeat = True
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
