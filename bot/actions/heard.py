"""What a message shows before it is an answer: danger first, then what it is, and whether somebody is safe again."""

from __future__ import annotations

from bot.actions import answers
from bot.actions.dossier import Dossier
from bot.actions.flow import DISTRESS
from bot.actions.reply import Reply, Turn
from meldpunt.reading import normalise
from meldpunt.reading.intent_rules import questions_in
from meldpunt.reading.remarks import (
    ALONE,
    KEEP_FROM_PARENTS,
    LITTLE_DUTCH,
    NO_DANGER,
    NOT_SERIOUS,
    OWN_ACTS,
    remarks_in,
)
from meldpunt.reading.safety import heard_kinds
from meldpunt.triage import assess

WAYS_OUT = frozenset({"stop_and_erase", "want_human"})
HOTEL = frozenset({"afspraak_vandaag", "minderjarige_hotelafspraak"})
YOUNG = frozenset({"under_12", "12_15", "16_17"})
YOUNG_AND_HOTEL = "A4"  # triage.json
OPENING_ASKS = ("safe_to_type", "in_danger_now", "reporter_role", None)
CHOICES = frozenset({"when", "age_band", "place", "reporter_role"})
WORDS_OF_A_CHOICE = 2
WORDS_OF_BACK = 5
WORDS_OF_AN_OPENING = 12
DENIED_BY = {"nu_in_gevaar": NO_DANGER, "dader_leest_mee": ALONE}  # "geen gevaar"; "ik zit alleen in de keuken"


def say_safety(dossier: Dossier, turn: Turn, reply: Reply, open_ask: str | None = None) -> list[str]:
    """Say the fitting safety text first, once per kind (conversation.md, "Safety")."""
    kinds = _kinds_heard(turn, open_ask)
    fresh = [kind for kind in dict.fromkeys(kinds) if kind not in dossier.said]
    for kind in fresh:
        if kind in HOTEL and (HOTEL - {kind}) & (set(dossier.said)):
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


def say_what_follows(dossier: Dossier, reply: Reply) -> None:
    """A hotel that is told in one message and a young age in another call for the same text as both at once.

    Beside somebody who reads along nothing is shown of it; it is said once that is over.
    """
    facts = dossier.facts()
    if dossier.finished or dossier.safe_mode or facts.band not in YOUNG or HOTEL & set(dossier.said):
        return
    if any(rule.id == YOUNG_AND_HOTEL for rule in assess(facts).rules):
        dossier.said.append("minderjarige_hotelafspraak")
        safety = [name for name, _ in reply.say if name.startswith("utter_safety_")]
        reply.say.insert(len(safety), ("utter_safety_minderjarige_hotelafspraak", {}))


def _kinds_heard(turn: Turn, open_ask: str | None) -> list[str]:
    """From the phrases, from the reader, and from the classifier, which hears what no phrase family holds."""
    reading = turn.reading
    if reading is None:
        return []
    if is_plain_choice(turn, open_ask):
        return []  # "nu" where Sam asks whether it is now
    kinds: list[str] = [cue.kind for cue in reading.safety]
    heard = heard_kinds(reading.intent)
    if heard and not set(heard) & set(kinds) and DENIED_BY.get(heard[0]) not in remarks_in(turn.text):
        kinds.append(heard[0])
    return kinds


def is_plain_choice(turn: Turn, open_ask: str | None) -> bool:
    """A word or two that are one of the answers to the open question, with no phrase of danger in them."""
    if open_ask not in CHOICES or turn.reading is None or len(turn.text.split()) > WORDS_OF_A_CHOICE:
        return False
    if any(cue.rule != "reader" for cue in turn.reading.safety):
        return False
    if open_ask == "place":
        return answers.is_place(turn.text)
    return answers.parse(open_ask, turn.text, turn.reading) is not None


def sounds_unsafe(turn: Turn) -> bool:
    return bool(turn.reading and (turn.reading.safety or heard_kinds(turn.reading.intent)))


def take_remarks(dossier: Dossier, turn: Turn, reply: Reply) -> None:
    """What the message shows about itself: a prank is marked for staff, and never said; help for own acts is named."""
    shown = remarks_in(turn.text)
    if NOT_SERIOUS in shown and not sounds_unsafe(turn):
        dossier.not_serious = True
    if KEEP_FROM_PARENTS in shown:
        dossier.said.append(KEEP_FROM_PARENTS)
    if OWN_ACTS in shown and OWN_ACTS not in dossier.said:
        dossier.said.append(OWN_ACTS)
        reply.add("utter_own_acts")
        if not dossier.role:
            dossier.note("reporter_role", "self", turn.number, "afgeleid")
    if LITTLE_DUTCH in shown and LITTLE_DUTCH not in dossier.said:
        dossier.said.append(LITTLE_DUTCH)
        reply.add("utter_little_dutch")


def only_introduces(dossier: Dossier, turn: Turn, open_ask: str | None, reply: Reply) -> bool:
    """Somebody says to be alone, or to know little Dutch: heard, and no story yet."""
    shown = remarks_in(turn.text)
    if open_ask not in (*OPENING_ASKS, "story") or len(turn.text.split()) > WORDS_OF_AN_OPENING:
        return False
    if turn.reading is None or turn.reading.asserted or not shown & {ALONE, LITTLE_DUTCH}:
        return False
    if ALONE in shown:
        dossier.safe_mode = False
        dossier.note("safe_to_type", "yes", turn.number)
    reply.repeat = True
    return True


def is_back(dossier: Dossier, turn: Turn, reply: Reply) -> bool:
    """Somebody was not safe to type; whatever they write now says that they are (conversation.md, order 1)."""
    if turn.intent in WAYS_OUT or turn.intent == "pause":
        return False
    if not dossier.safe_mode:
        short = len(turn.text.split()) <= WORDS_OF_BACK
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


def answer_questions(turn: Turn, reply: Reply, but: frozenset[str] = frozenset()) -> None:
    """A question that stands beside a story or an answer is answered too, all ``but`` those."""
    said = {name for name, _ in reply.say}
    for question in questions_in(normalise(turn.text).text):
        if question in but:
            continue
        name = f"utter_faq_{question.removeprefix('ask_')}"
        if name not in said:
            reply.add(name, hours=str(turn.context.get("opening_hours") or ""))
