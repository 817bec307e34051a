"""Free text as an answer to the open question: its value, or None when it does not answer it (words: ``answers.tsv``)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import get_args

import meldpunt
from meldpunt.data_files import DataFileError
from meldpunt.pattern_tables import PatternTable, read_table
from meldpunt.places import find_answered_place
from meldpunt.reading import Reading, normalise
from meldpunt.reading.details import find_platforms, find_role
from meldpunt.reading.types import When
from meldpunt.triage import Facts

DATA = Path(meldpunt.__file__).parent / "data" / "answers.tsv"
NAMES = frozenset(
    {
        "yes", "no", "leading_yes", "unsure", "rather_not", "done", "enough", "meaning", "alone_again", "about_me",
        "heard", "no_place", "safe_times", "some_time",
        *(f"when.{value}" for value in get_args(When) if value != "unknown"),
        *(f"{what}.{value}" for what in ("wants", "wish") for value in ("help", "advice", "only_tell", "police_question")),
        "wants.unsure",
        *(f"contact_channel.{value}" for value in ("email", "phone", "code_only")),
        *(f"summary.{value}" for value in ("correct", "change", "remove", "erase")),
    }
)  # fmt: skip
NUMBER = re.compile(r"\b(\d{1,2})\b")
PHONE = re.compile(r"(?:\+|\b)(?:\d[\s-]?){8,12}\d\b")
EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
PLAIN_ANSWERS = {  # free-text asks: words that can only be the answer, whatever the classifier makes of them
    "contact_detail": lambda text, plain: bool(PHONE.search(text) or EMAIL.search(text)),
    "contact_channel": lambda text, plain: bool(PHONE.search(text) or EMAIL.search(text)),
    "contact_safe_times": lambda text, plain: _says("safe_times", plain),
    "since_when": lambda text, plain: _says("some_time", plain),
    "age_at_start": lambda text, plain: bool(re.search(r"\d", plain)),
    "platform": lambda text, plain: bool(find_platforms(plain)),
}
FREE = frozenset({"first_contact", "platform", "since_when", "age_at_start", "says_no", "observed", "already_done", "contact_detail", "contact_safe_times"})  # fmt: skip
YES_NO = frozenset({"safe_to_type", "in_danger_now", "money_or_goods", "images_exist", "free_to_go", "others_involved", "who_knows", "person_knows", "confirm_erase"})  # fmt: skip
NOT_YES_OR_NO = frozenset(
    {"since_when", "age_at_start", "platform", "first_contact", "contact_detail", "contact_safe_times"}
)
FACTS = YES_NO - {"safe_to_type", "confirm_erase"}
UNSURE_VALUE = frozenset({"safe_to_type", "in_danger_now", "wants"})
MUNICIPALITY_WORDS = 4
FEW_WORDS = 8
FEW_BEFORE = 3
BY_INTENT = {"affirm": "yes", "deny": "no", "not_sure": "unknown", "rather_not_say": "rather_not_say"}
NEVER_SKIPPED = frozenset({"story", "summary", "confirm_erase"})
WHICH = "?"  # begins the answer to the place question that names several municipalities


class AnswerWordsError(DataFileError):
    """``answers.tsv`` holds a mistake; the message names the line and the remedy."""


@lru_cache(maxsize=1)
def answer_words() -> PatternTable:
    """The words that answer, by name; raises :class:`AnswerWordsError`."""
    return load_answer_words(DATA)


def load_answer_words(file: Path) -> PatternTable:
    """Read and check the words in ``file``; raises :class:`AnswerWordsError`."""
    return read_table(file, AnswerWordsError, NAMES)


def parse(ask: str, text: str, reading: Reading) -> str | None:
    """The value that ``text`` gives for ``ask``; free-text asks take any words. Where the words alone do not tell, what
    the classifier is sure of counts: yes, no, not knowing, rather not saying."""
    if only_heard(ask, text):
        return None
    value = _from_words(ask, text, reading)
    guess = reading.intent
    if value is not None or guess is None or not guess.sure or len(text.split()) > FEW_WORDS:
        return value
    said = BY_INTENT.get(guess.name)
    if ask in YES_NO or ask.startswith("consent_"):
        return "unsure" if said == "unknown" and ask not in YES_NO - UNSURE_VALUE else said
    if said == "rather_not_say" and ask not in NEVER_SKIPPED:
        return said
    return None


def _from_words(ask: str, text: str, reading: Reading) -> str | None:
    plain = normalise(text).text
    if ask.startswith("consent_"):
        return _yes_no(plain) or ("unsure" if _says("unsure", plain) else None)
    if _refuses(plain, reading) and ask not in ("story", "summary"):
        return "rather_not_say"
    if _is_unsure(plain) and ask not in ("story", "observed"):
        return "unsure" if ask in UNSURE_VALUE else "unknown"
    if ask in YES_NO:
        return _yes_no(plain) or (
            text
            if len(plain.split()) >= 4 and ask not in ("safe_to_type", "in_danger_now", "confirm_erase")
            else None
        )
    return _special(ask, plain, text, reading)


def _special(ask: str, plain: str, text: str, reading: Reading) -> str | None:
    if ask == "reporter_role":
        return _role(plain)
    if ask == "age_band":
        return Facts(age=reading.age.years).band if reading.age else _bare_age(plain)
    if ask == "place":
        return _place(plain, text)
    if answer_words().has_choices(ask):
        return answer_words().choice(ask, plain)
    if ask in NOT_YES_OR_NO and len(plain.split()) <= 2 and _yes_no(plain):
        return None
    if ask == "platform" and (found := find_platforms(plain)):
        return ", ".join(found)
    return text.strip() if ask in FREE else None


def is_plainly(ask: str, text: str) -> bool:
    """Whether the words can only be an answer to this free-text ask: a number where a number was asked."""
    plain = normalise(text).text
    return ask in PLAIN_ANSWERS and "?" not in text and PLAIN_ANSWERS[ask](text, plain)


def asks_what_it_means(text: str) -> bool:
    """Whether somebody does not understand the question."""
    return _says("meaning", normalise(text).text)


def is_enough(text: str) -> bool:
    """Whether somebody asks for no more questions."""
    return _says("enough", normalise(text).text)


def says_yes(text: str) -> bool:
    """Whether the words begin with a yes."""
    return _says("yes", normalise(text).text)


def only_heard(ask: str | None, text: str) -> bool:
    """Whether "oké" answers what Sam said, not a question about facts: a yes to that must be plain."""
    return ask in FACTS and _says("heard", normalise(text).text.strip(" .!,"))


def says_no(text: str) -> bool:
    """Whether the words begin with a no."""
    return _says("no", normalise(text).text)


def is_alone_again(text: str) -> bool:
    """Whether somebody who was not alone says that it is safe again."""
    return _says("alone_again", normalise(text).text)


def wish_in(text: str) -> str | None:
    """What the reporter wants, where the story itself says so."""
    return answer_words().choice("wish", normalise(text).text)


def contact_in(text: str) -> dict[str, str]:
    """The contact asks that these words answer: a number or an address, and when it is safe."""
    found = {}
    number, address = PHONE.search(text), EMAIL.search(text)
    if number or address:
        found["contact_channel"] = "phone" if number else "email"
        found["contact_detail"] = (number or address).group().strip()  # type: ignore[union-attr]
    rest = PHONE.sub(" ", EMAIL.sub(" ", text))
    if _says("safe_times", normalise(rest).text):
        found["contact_safe_times"] = (
            answer_words()["leading_yes"].sub("", " ".join(rest.split())).strip(" ,.;")
        )
    return found


def is_done(text: str) -> bool:
    """True when the visitor says that the story is told."""
    return _says("done", normalise(text).text)


def _says(name: str, plain: str) -> bool:
    return bool(answer_words()[name].search(plain))


def _refuses(plain: str, reading: Reading) -> bool:
    """Rather not say; in a story only at its beginning: "ze heeft geld en wil niet zeggen van wie" tells."""
    found = answer_words()["rather_not"].search(plain)
    return bool(found) and (not reading.asserted or len(plain[: found.start()].split()) < FEW_BEFORE)


def _is_unsure(plain: str) -> bool:
    """Not to know; of many words at their beginning: "nee maar ik weet niet meer wat ik moet" answers no place."""
    found = answer_words()["unsure"].search(plain)
    return bool(found) and (len(plain.split()) <= FEW_WORDS or len(plain[: found.start()].split()) < FEW_BEFORE)


def _yes_no(plain: str) -> str | None:
    if _says("no", plain):
        return "no"
    return "yes" if _says("yes", plain) else None


def _place(plain: str, text: str) -> str | None:
    """A municipality, ``buiten``, ``?A,B`` where it must be asked which of them, or the words of a short answer."""
    if found := find_answered_place(text):
        if found.status == "vragen" and len(found.candidates) > 1:
            return WHICH + ",".join(found.candidates)
        return "buiten" if found.status == "buiten" else found.municipality
    few = len(plain.split()) <= MUNICIPALITY_WORDS and not _says("no_place", plain)
    return text.strip() if few else None


def municipality(text: str) -> str | None:
    """The place that a few words are, in the form of an answer to ``place``; None where they are none."""
    found = find_answered_place(text)
    return _place(normalise(text).text, text) if found and found.status != "vragen" else None


def is_place(text: str) -> bool:
    """Whether the words are a place that the gazetteer knows, or a way of not saying one."""
    plain = normalise(text).text
    return find_answered_place(text) is not None or _says("rather_not", plain) or _says("unsure", plain)


def years_in(text: str, reading: Reading) -> int | None:
    """The age in years that these words give, where they give one."""
    if reading.age:
        return reading.age.years
    match = NUMBER.search(normalise(text).text)
    return int(match.group(1)) if match else None


def _bare_age(plain: str) -> str | None:
    match = NUMBER.search(plain)
    return Facts(age=int(match.group(1))).band if match and 5 <= int(match.group(1)) <= 80 else None


def _role(plain: str) -> str | None:
    return "self" if _says("about_me", plain) else find_role(plain)
