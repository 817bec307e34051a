"""What the words of one message answer to the open question, the rest of the message considered."""

from __future__ import annotations

from bot.actions import answers
from bot.actions.heard import WAYS_OUT, sounds_unsafe
from bot.actions.reply import Turn
from bot.actions.volunteered import ONLY_WHEN_ASKED, said_of
from meldpunt.reading import normalise
from meldpunt.reading.intent_rules import questions_in
from meldpunt.reading.remarks import CONTACT_HERE, DONT_KNOW, NO_DANGER, THINKS_AGAIN, remarks_in

FEW_WORDS = 4
WORDS_OF_AN_AGE = 3
NO_ANSWER = frozenset({"unknown", "rather_not_say"})
KEEP_IT = "consent_opslaan_melding"


def is_clear_answer(turn: Turn, open_ask: str | None) -> bool:
    """A few words that answer the open question are that answer, whatever the classifier makes of them ("goor")."""
    if open_ask is None or turn.reading is None or turn.intent in (*WAYS_OUT, "other_language"):
        return False
    if questions_in(normalise(turn.text).text):
        return False
    if open_ask == "consent_contact_terug" and value_of(turn, open_ask) == "yes":
        return True
    if answers.is_plainly(open_ask, turn.text):
        return True
    if open_ask in answers.FREE | {"story"} or len(turn.text.split()) > FEW_WORDS:
        return False
    value = value_of(turn, open_ask)
    return value is not None and (open_ask != "place" or answers.is_place(turn.text))


def value_of(turn: Turn, open_ask: str | None) -> str | None:
    """What the message answers to the open question; None where it is no answer to it."""
    reading = turn.reading
    if reading is None or open_ask is None or open_ask == "story":
        return None
    shown = remarks_in(turn.text)
    value = answers.parse(open_ask, turn.text, reading)
    if open_ask.startswith("consent_"):
        return _consent_value(turn, open_ask, value, shown)
    if open_ask == "place" and value == turn.text.strip() and not _may_be_a_name(turn):
        return None
    if open_ask == "age_band" and not reading.age and len(turn.text.split()) > WORDS_OF_AN_AGE and value not in NO_ANSWER:
        return None  # "kamer met 8 man"
    if open_ask in answers.YES_NO and value == turn.text and (reading.gemeente or reading.age):
        return None  # "we wonen in Borne" is no answer to whether somebody is free to go
    if open_ask == "wants" and value in (None, "unsure"):  # "advies, en misschien een melding", "dat het stopt"
        return said_of("wants", turn.text) or said_of(ONLY_WHEN_ASKED, turn.text) or value
    if open_ask == "safe_to_type" and value is None and len(turn.text.split()) <= FEW_WORDS:
        return answers.parse(open_ask, turn.text.partition(",")[2].strip(), reading)  # "goedemiddag, ja"
    return value


def _consent_value(turn: Turn, open_ask: str, value: str | None, shown: frozenset[str]) -> str | None:
    """Only what is plainly about the consent itself; a cry of danger or "geen gevaar" is not."""
    if sounds_unsafe(turn) or NO_DANGER in shown:
        return None
    if DONT_KNOW in shown:
        return "unsure"
    if value is None and open_ask == KEEP_IT and THINKS_AGAIN in shown:
        return "yes"
    gives_way = CONTACT_HERE in shown or "contact_detail" in answers.contact_in(turn.text)
    if value is None and open_ask == "consent_contact_terug" and gives_way:
        return "yes"  # who gives a number to be called on wants to be called
    return value


def _may_be_a_name(turn: Turn) -> bool:
    """Whether words that the gazetteer does not know may be a place all the same."""
    guess = turn.reading.intent if turn.reading else None
    said = bool(guess and guess.sure and guess.name in ("affirm", "deny", "thank", "not_sure"))
    return not said and any(letter.isalpha() for letter in turn.text)
