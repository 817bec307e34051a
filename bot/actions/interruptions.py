"""Questions back, feelings, and the ways out: answered at any point, then the open question is put again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.actions import answers
from bot.actions.dossier import Dossier
from bot.actions.erasing import do_erase
from bot.actions.reply import Reply, Turn
from bot.actions.story import set_address
from bot.actions.texts import Texts
from bot.actions.volunteered import ONLY_WHEN_ASKED, said_of
from meldpunt.reading import normalise
from meldpunt.reading.intent_rules import questions_in
from meldpunt.reading.remarks import (
    CALLS_FOR_HELP,
    NO_BEGINNING,
    NOT_BELIEVED,
    OWN_ACTS,
    QUESTION,
    remarks_in,
)

FAQ = "ask_"
DOUBTED = ("distrust", "feel_ashamed", "feel_afraid")
FEELINGS = frozenset({"feel_ashamed", "feel_afraid", "distrust", "abusive_language"})
INTERRUPTIONS = frozenset({"pause", "have_receipt_code", "offer_image", "other_language", "want_callback"})
SMALL_TALK = frozenset({"thank", "goodbye", "greet", "out_of_scope"})
STARTS = {
    "start_self": "self",
    "start_parent": "parent",
    "start_professional": "professional",
    "start_bystander": "bystander",
}
ANSWERED_BESIDE = frozenset({"age_band", "place"})
NO_STORY = frozenset({"affirm", "deny", "not_sure", "rather_not_say"})
STORY_WORDS = 6
WORDS_OF_AN_INTRODUCTION = 12  # who says more than that tells, and it is kept
WORDS_THAT_NAME_IT = 2
SURE_OF_ROLE = 0.7  # for whom somebody comes is asked rather than guessed
QUESTION_WITH_STORY_WORDS = 8  # a shorter question is only a question, whatever the reader hears in it


def interrupted(
    dossier: Dossier,
    turn: Turn,
    open_ask: str | None,
    reply: Reply,
    draft: Callable[[], dict[str, Any]],
    texts: Texts,
) -> bool:
    """Questions back, feelings, and the ways out; True when the open question is simply put again."""
    intent = turn.intent
    if intent != "stop_and_erase" and _only_asks(dossier, turn, open_ask, reply):
        reply.repeat = True
        return True
    if intent != "stop_and_erase" and answers.asks_what_it_means(turn.text) and texts.has(f"utter_explain_{open_ask}"):
        reply.add(f"utter_explain_{open_ask}")
        reply.repeat = True
        return True
    if open_ask != "wants" and CALLS_FOR_HELP in remarks_in(turn.text):
        if not reply.say:  # not beside a safety text that says the same
            reply.add("utter_call_for_help")
        reply.repeat = True
        return True
    if answers.only_heard(open_ask, turn.text) and not dossier.misses:
        dossier.misses += 1  # put again once; after that it was not understood
        reply.repeat = True
        return True
    if intent is None:
        if "story" in dossier.answers or not (role := _introduced(turn)):
            return False
        _starts(dossier, role, turn)
        reply.add("utter_greet")
        reply.repeat = True
        return True
    own_acts = OWN_ACTS in remarks_in(turn.text)
    tells = bool(turn.reading and turn.reading.asserted) or own_acts or (
        open_ask == "story" and len(turn.text.split()) >= STORY_WORDS
    )
    if intent == "stop_and_erase":
        return _erase(dossier, reply)
    if intent == "want_human":
        want_human(turn, reply, draft, again="want_human" in dossier.said)
        dossier.said.append("want_human")
        if open_ask == "wants" and not turn.context.get("staff_online"):
            dossier.note("wants", said_of(ONLY_WHEN_ASKED, turn.text) or "help", turn.number, "afgeleid")
    elif intent == "ask_why_this_question":
        name = f"utter_why_{open_ask}"
        reply.add(name if texts.has(name) else "utter_why_consent")
        if _answers_too(turn, open_ask):
            return False
    elif intent == "ask_how_to_help_someone" and dossier.role in (None, "self"):
        reply.add("utter_help_me")
        if open_ask == "wants":
            dossier.note("wants", "advice", turn.number, "afgeleid")
    elif intent == "ask_what_is_exploitation" and open_ask == "story" and _names_it(turn):
        return False
    elif intent.startswith(FAQ):
        reply.add(f"utter_faq_{intent[len(FAQ) :]}", hours=str(turn.context.get("opening_hours") or ""))
        if _answers_too(turn, open_ask):
            return False
        if turn.reading and turn.reading.asserted and len(turn.text.split()) >= QUESTION_WITH_STORY_WORDS:
            return False
    elif intent in FEELINGS:
        if not (intent == "feel_ashamed" and OWN_ACTS in dossier.said):
            doubted = intent in DOUBTED and NOT_BELIEVED in remarks_in(turn.text)
            reply.add("utter_not_believed" if doubted else f"utter_{intent}")
        if tells:
            return False
    elif intent in INTERRUPTIONS and not (intent == "pause" and turn.reading and turn.reading.safety):
        reply.add(f"utter_{intent}")
        if intent == "want_callback" and dossier.texts and "contact_detail" in answers.contact_in(turn.text):
            dossier.texts[str(turn.number)] = turn.text  # the number is not asked again
        if intent == "pause":
            reply.customs.append({"kind": "pause"})
        if intent == "other_language":
            dossier.misses = 0
    elif intent == "repeat_question":
        if open_ask == "story" and not dossier.texts:
            reply.add("utter_story_start")
    elif intent == "correct_answer" and turn.reading:
        _correct(dossier, turn, reply)
    elif intent in SMALL_TALK and _is_small_talk(dossier, turn, open_ask, tells):
        if turn.reading and turn.reading.role in ("parent", "professional") and not dossier.role:
            _starts(dossier, turn.reading.role, turn)
        reply.add(f"utter_{intent}")
    elif (role := _start(turn, open_ask, tells)) and open_ask != "reporter_role" and _is_new(dossier, open_ask):
        _starts(dossier, role, turn)
        reply.add("utter_ack_short" if "story" in dossier.answers else "utter_greet")
    elif intent in NO_STORY and open_ask == "story" and "story" not in dossier.answers and not tells:
        reply.add("utter_story_start")
    else:
        return False
    reply.repeat = True
    return True


def _only_asks(dossier: Dossier, turn: Turn, open_ask: str | None, reply: Reply) -> bool:
    """A question to Sam that holds nothing else is answered and never taken as the story."""
    if turn.reading is None or turn.reading.asserted or turn.reading.safety or _answers_too(turn, open_ask):
        return False
    asked = questions_in(normalise(turn.text).text)
    if not asked and (_known(turn) or open_ask in answers.FREE or QUESTION not in remarks_in(turn.text)):
        return False
    for question in asked or ("ask_unknown",):
        reply.add(f"utter_faq_{question.removeprefix(FAQ)}")
    if (role := _start(turn, open_ask, tells=False)) and not dossier.role:
        dossier.note("reporter_role", role, turn.number, "afgeleid")
        set_address(dossier)
    dossier.learn(turn.reading, turn.number)  # "mag ik ook als ik 13 ben"
    return True


def _known(turn: Turn) -> bool:
    """Whether the classifier knows what to do with it."""
    return turn.intent is not None and turn.intent != "tell_story"


def _answers_too(turn: Turn, open_ask: str | None) -> bool:
    """An age, a place or a moment beside the question; a yes beside a question is no consent yet."""
    if open_ask not in ANSWERED_BESIDE or turn.reading is None:
        return False
    if open_ask == "place":
        return bool(turn.reading.gemeente)
    return answers.parse(open_ask, turn.text, turn.reading) is not None


def _is_small_talk(dossier: Dossier, turn: Turn, open_ask: str | None, tells: bool) -> bool:
    """At the story everything may be story; a greeting or a question about the weather is not."""
    if turn.reading and (turn.reading.gemeente or turn.reading.age) and open_ask != "story":
        return False  # "almelo" a question too late, "13" a question too early
    if turn.intent == "goodbye" and not tells:
        return True
    if open_ask == "story":
        asserted = bool(turn.reading and turn.reading.asserted)
        return not asserted and (not tells or turn.intent == "out_of_scope")
    if _no_answer(dossier, turn, open_ask) and not tells:
        dossier.misses += 1
        if dossier.misses > 1:  # said once; then a person is offered, and a question is let go
            dossier.misses -= 1
            return False
    return not tells and open_ask not in answers.FREE and _no_answer(dossier, turn, open_ask)


def _start(turn: Turn, open_ask: str | None, tells: bool) -> str | None:
    """For whom somebody says to come, before any story."""
    if role := _introduced(turn):
        return role
    if tells:
        return None
    guess = turn.reading.intent if turn.reading else None
    if guess and guess.name in STARTS and guess.confidence >= SURE_OF_ROLE:
        return STARTS[guess.name]
    short = len(turn.text.split()) <= STORY_WORDS
    role = turn.reading.role if open_ask == "story" and short and turn.reading else None
    return None if role == "self" and turn.intent == "tell_story" else role  # "hij wil geld van mij" tells


def _is_new(dossier: Dossier, open_ask: str | None) -> bool:
    """Said once it is heard; later the same words are an answer to something else ("adviesvraag")."""
    return dossier.role is None or open_ask in ("story", "safe_to_type")


def _names_it(turn: Turn) -> bool:
    """A word or two at the story question are the story: "loverboy"."""
    return len(turn.text.split()) <= WORDS_THAT_NAME_IT and "?" not in turn.text


def _introduced(turn: Turn) -> str | None:
    """An introduction by the classifier whose role the words name: "ik ben een moeder en weet niet hoe te beginnen"."""
    reading = turn.reading
    if reading is None or reading.asserted or reading.intent is None or OWN_ACTS in remarks_in(turn.text):
        return None
    begins = reading.intent.name in STARTS or NO_BEGINNING in remarks_in(turn.text)
    return reading.role if begins else None


def _starts(dossier: Dossier, role: str, turn: Turn) -> None:
    """It is remembered with what stands beside it: an age and a place are not asked again, no sentence is lost."""
    if not dossier.role:
        dossier.note("reporter_role", role, turn.number, "afgeleid")
        set_address(dossier)
    if turn.reading and (len(turn.text.split()) > WORDS_OF_AN_INTRODUCTION or turn.reading.age or turn.reading.gemeente):
        dossier.add_reading(turn.reading, turn.number)


def _no_answer(dossier: Dossier, turn: Turn, open_ask: str | None) -> bool:
    return (
        open_ask is None or turn.reading is None or answers.parse(open_ask, turn.text, turn.reading) is None
    )


def _erase(dossier: Dossier, reply: Reply) -> bool:
    if dossier.erase_asked or "erase_once" in dossier.flags:
        do_erase(dossier, reply)
    else:
        dossier.erase_asked = True
        dossier.flags.append("erase_once")
    return True


def want_human(
    turn: Turn, reply: Reply, draft: Callable[[], dict[str, Any]], again: bool = False
) -> None:
    """A person now, or when one is there (said once) and whom to call until then."""
    if turn.context.get("staff_online"):
        reply.add("utter_want_human_now")
        reply.customs.append({"kind": "want_human", "reason": "asked", "draft": draft()})
        return
    if not again:
        reply.add("utter_want_human_closed", opening=str(turn.context.get("next_open") or ""))
    reply.add("utter_want_human_numbers")


def _correct(dossier: Dossier, turn: Turn, reply: Reply) -> None:
    reading = turn.reading
    if reading and (reading.age or (reading.gemeente and reading.gemeente != "?") or reading.moment):
        learnt = {"age_band": reading.age, "place": reading.gemeente, "when": reading.moment}
        changed = any(value and ask in dossier.answers for ask, value in learnt.items())
        dossier.answers.pop("when", None) if reading.moment else None
        dossier.add_reading(reading, turn.number)
        reply.add("utter_corrected" if changed else "utter_ack_short")
    else:
        reply.add("utter_correct_which")
