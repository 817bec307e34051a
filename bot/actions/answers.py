"""Free text as an answer to the open question: its value, or None when it does not answer it."""

from __future__ import annotations

import re

from meldpunt.places import find_answered_place
from meldpunt.reading import Reading, normalise
from meldpunt.reading.details import find_platforms, find_role
from meldpunt.triage import Facts

YES = re.compile(
    r"^(?:ja\w*|jep|yes|yep|jazeker|zeker|klopt|oke|ok|oké|okay|graag|goed|prima|is goed|mag|dat mag|doe maar|tuurlijk|natuurlijk|joa|👍)\b"
)
NO = re.compile(r"^(?:nee\w*|nope|neen|no|niet|liever niet|nooit|geen|absoluut niet|doe maar niet|👎)\b")
UNSURE = re.compile(
    r"\b(?:weet (?:ik |het |'t )*(?:nog )?(?:niet|echt niet)|geen idee|ik weet niet|misschien|twijfel|onbekend|niet zeker)\b"
)
RATHER_NOT = re.compile(
    r"\b(?:zeg (?:ik )?(?:dat )?liever niet|liever niet|wil (?:ik )?(?:dat )?niet (?:zeggen|vertellen)|sla (?:maar )?over|overslaan|volgende vraag|gaat je niks aan|geen antwoord|skip)\b"
)
DONE = re.compile(
    r"^(?:klaar|dat was het|dit was het|dat is alles|meer niet|verder niks|verder niets|is alles|einde|that's it)\b"
)
WHEN = (
    ("longer_ago", re.compile(r"\b(?:langer|geleden|vorig|vroeger|toen|voorbij|maanden|jaren)\b")),
    ("today_tomorrow", re.compile(r"\b(?:vandaag|vanavond|vannacht|vanmiddag|morgen\w*|straks|zo)\b")),
    ("this_week", re.compile(r"\b(?:week|weekend|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|gepland|komt nog)\b")),
    ("now", re.compile(r"\b(?:nu|bezig|steeds|elke|altijd|momenteel|nog)\b")),
)  # fmt: skip
WANTS = (
    ("police_question", re.compile(r"\b(?:politie|aangifte|agent)\b")),
    ("only_tell", re.compile(r"\b(?:alleen (?:maar )?(?:vertellen|kwijt)|kwijt|delen|doorgeven|melden)\b")),
    ("help", re.compile(r"\b(?:hulp|help|helpen|stoppen|weg|veilig)\b")),
    ("advice", re.compile(r"\b(?:advies|raad|tips?|wat moet ik doen|meedenken|overleg)\b")),
)
CHANNEL = (
    ("email", re.compile(r"\b(?:mail\w*|e-mail)\b|@")),
    ("phone", re.compile(r"\b(?:bel\w*|telefoon\w*|nummer|app\w*|06)\b")),
    ("code_only", re.compile(r"\b(?:code|hier|chat)\b")),
)
SUMMARY = (
    ("erase", re.compile(r"\b(?:wis|wissen|verwijder alles)\b")),
    ("remove", re.compile(r"\b(?:weg|weghalen|verwijder\w*)\b")),
    ("change", re.compile(r"\b(?:verander\w*|wijzig\w*|anders|klopt niet|fout)\b")),
    ("correct", re.compile(r"\b(?:klopt|ja|goed|correct|oke|ok|prima|juist)\b")),
)
FREE = frozenset({"first_contact", "platform", "since_when", "age_at_start", "says_no", "observed", "already_done", "contact_detail", "contact_safe_times"})  # fmt: skip
YES_NO = frozenset({"safe_to_type", "in_danger_now", "money_or_goods", "images_exist", "free_to_go", "others_involved", "who_knows", "person_knows", "confirm_erase"})  # fmt: skip
UNSURE_VALUE = frozenset({"safe_to_type", "in_danger_now", "wants"})
MUNICIPALITY_WORDS = 5
WHICH = "?"  # begins the answer to the place question that names several municipalities


def parse(ask: str, text: str, reading: Reading) -> str | None:
    """The value that ``text`` gives for ``ask``; free-text asks take any words."""
    plain = normalise(text).text
    if ask.startswith("consent_"):
        return _yes_no(plain) or ("unsure" if UNSURE.search(plain) else None)
    if RATHER_NOT.search(plain) and ask not in ("story", "summary"):
        return "rather_not_say"
    if UNSURE.search(plain) and ask not in ("story", "observed"):
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
    tables = {"when": WHEN, "wants": WANTS, "contact_channel": CHANNEL, "summary": SUMMARY}
    if ask in tables:
        return next((value for value, pattern in tables[ask] if pattern.search(plain)), None)
    if ask == "platform" and (found := find_platforms(plain)):
        return ", ".join(found)
    return text.strip() if ask in FREE else None


def is_done(text: str) -> bool:
    """True when the visitor says that the story is told."""
    return bool(DONE.search(normalise(text).text))


def _yes_no(plain: str) -> str | None:
    if NO.search(plain):
        return "no"
    return "yes" if YES.search(plain) else None


def _place(plain: str, text: str) -> str | None:
    """A municipality, ``buiten``, ``?A,B`` where it must be asked which of them, or the words of a short answer."""
    if found := find_answered_place(text):
        if found.status == "vragen" and len(found.candidates) > 1:
            return WHICH + ",".join(found.candidates)
        return "buiten" if found.status == "buiten" else found.municipality
    return text.strip() if len(plain.split()) <= MUNICIPALITY_WORDS else None


def is_place(text: str) -> bool:
    """Whether the words are a place that the gazetteer knows, or a way of not saying one."""
    plain = normalise(text).text
    return find_answered_place(text) is not None or bool(RATHER_NOT.search(plain) or UNSURE.search(plain))


def _bare_age(plain: str) -> str | None:
    match = re.search(r"\b(\d{1,2})\b", plain)
    return Facts(age=int(match.group(1))).band if match and 5 <= int(match.group(1)) <= 80 else None


def _role(plain: str) -> str | None:
    if re.search(
        r"\b(?:mijzelf|mezelf|mij zelf|mijn zelf|over mij|ikzelf|ik zelf|zelf)\b|^(?:mij|mijn|ik)$", plain
    ):
        return "self"
    return find_role(plain)
