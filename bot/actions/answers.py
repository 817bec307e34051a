"""Free text as an answer to the open question: its value, or None when it does not answer it."""

from __future__ import annotations

import re

from meldpunt.places import find_answered_place
from meldpunt.reading import Reading, normalise
from meldpunt.reading.details import find_platforms, find_role
from meldpunt.triage import Facts

YES = re.compile(
    r"^(?:ja\w*|jep|yes|yep|jazeker|zeker|klopt|oke|ok|oké|okay|graag|goed|prima|is goed|mag|dat mag|doe maar|tuurlijk|natuurlijk|joa|akkoord|mij best)\b|^👍"
)
NO = re.compile(r"^(?:nee\w*|nope|neen|no|niet|liever niet|nooit|geen|absoluut niet|doe maar niet)\b|^👎")
UNSURE = re.compile(
    r"\b(?:weet (?:ik |het |'t )*(?:nog )?(?:niet|echt niet)|geen idee|ik weet niet|misschien|twijfel|onbekend|niet zeker)\b"
)
RATHER_NOT = re.compile(
    r"\b(?:zeg (?:ik )?(?:dat )?liever niet|liever niet|wil (?:ik )?(?:dat )?niet (?:zeggen|vertellen)|sla (?:maar )?over|overslaan|volgende vraag|gaat (?:je|jou|u|niemand) ni(?:ks|ets) aan|geen antwoord|skip)\b"
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
    ("phone", re.compile(r"\b(?:bel\w*|telefoon\w*|nummer|app\w*|06)\b|\b(?:\d[ -]?){9,}")),
    ("code_only", re.compile(r"\b(?:code|hier|chat)\b")),
)
SUMMARY = (
    ("erase", re.compile(r"\b(?:wis|wissen|verwijder alles)\b")),
    ("remove", re.compile(r"\b(?:weg|weghalen|verwijder\w*)\b")),
    ("change", re.compile(r"\b(?:verander\w*|wijzig\w*|anders|klopt niet|fout)\b")),
    ("correct", re.compile(r"\b(?:klopt|ja|goed|correct|oke|ok|prima|juist)\b")),
)
WISHES = (  # what somebody wants, said in the story itself
    ("police_question", re.compile(r"\b(?:aangifte (?:doen|wil|kan)|wil (?:ik )?aangifte|(?:moet|kan|zal) ik (?:hiermee )?naar de politie)\b")),
    ("advice", re.compile(
        r"\bwat (?:moet|moeten|kan|kunnen|zal|zullen|mot) (?:ik|we|wij) (?:nu |hier |hiermee |hieraan |het beste |er )*doen\b"
        r"|\bweten? (?:echt |zelf )?niet (?:meer |goed )?(?:wat|hoe) (?:ik|we|wij) (?:nu |hier |hiermee |verder |er )*(?:moet|moeten|kan|kunnen)\b"
        r"|\b(?:graag|zoek|zoeken|wil|willen|vraag|vragen|heb|hebben)(?: [a-z]+){0,3} (?:advies|raad|tips)\b|\bwat raden? (?:jullie|u|je)\b"
        r"|\bhoe kan ik (?:haar|hem|ze|mijn \w+) (?:het beste )?helpen\b")),
    ("help", re.compile(r"\b(?:ik|we|wij) (?:wil|willen|heb|hebben|zoek|zoeken)(?: [a-z]+){0,3} hulp\b|\bhulp nodig\b|\bkunnen jullie (?:mij|mijn|ons|haar|hem)? ?helpen\b|\b(?:ik )?wil (?:dat het|hiermee|ermee|ervan|er) (?:stopt|stoppen|vanaf|uit)\b")),
    ("only_tell", re.compile(r"\bwil (?:ik )?(?:dit |het |dat )?(?:alleen |gewoon |even |alleen maar )+(?:kwijt|vertellen|melden|doorgeven|delen)\b")),
)  # fmt: skip
PHONE = re.compile(r"(?:\+|\b)(?:\d[\s-]?){8,12}\d\b")
EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
TIMES = re.compile(
    r"\b(?:(?:na|voor|tussen|vanaf|tot|om|rond) (?:schooltijd|school|het werk|werktijd|\d\w*|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien)"
    r"|\d{1,2} ?(?:uur|u\b|: ?\d\d)|ochtends?|'?s? ?(?:ochtends|middags|avonds)|middags?|avonds?|overdag|doordeweeks|weekend|werkdagen"
    r"|(?:maan|dins|woens|donder|vrij|zater|zon)dag\w*|altijd|maakt niet uit|pauze)\b"
)
SOME_TIME = re.compile(
    r"\d|\b(?:dag|dagen|week|weken|maand|maanden|jaar|jaren|gister\w*|zomer|winter|herfst|lente|vakantie|januari|februari|maart|april"
    r"|mei|juni|juli|augustus|september|oktober|november|december|kort|lang|altijd|kerst|klas)\b"
)
LEADING_YES = re.compile(r"^(?:ja|jawel|jazeker|prima|ok|oke|oké|goed|graag|dat mag)\b[ ,.;]*(?:maar\b|alleen\b)?", re.I)
PLAIN_ANSWERS = {  # free-text asks: words that can only be the answer, whatever the classifier makes of them
    "contact_detail": lambda text, plain: bool(PHONE.search(text) or EMAIL.search(text)),
    "contact_channel": lambda text, plain: bool(PHONE.search(text) or EMAIL.search(text)),
    "contact_safe_times": lambda text, plain: bool(TIMES.search(plain)),
    "since_when": lambda text, plain: bool(SOME_TIME.search(plain)),
    "age_at_start": lambda text, plain: bool(re.search(r"\d", plain)),
    "platform": lambda text, plain: bool(find_platforms(plain)),
}
FREE = frozenset({"first_contact", "platform", "since_when", "age_at_start", "says_no", "observed", "already_done", "contact_detail", "contact_safe_times"})  # fmt: skip
YES_NO = frozenset({"safe_to_type", "in_danger_now", "money_or_goods", "images_exist", "free_to_go", "others_involved", "who_knows", "person_knows", "confirm_erase"})  # fmt: skip
NOT_YES_OR_NO = frozenset({"since_when", "age_at_start", "platform", "first_contact", "contact_detail", "contact_safe_times"})
UNSURE_VALUE = frozenset({"safe_to_type", "in_danger_now", "wants"})
MUNICIPALITY_WORDS = 4
FEW_WORDS = 8
BY_INTENT = {"affirm": "yes", "deny": "no", "not_sure": "unknown", "rather_not_say": "rather_not_say"}
NEVER_SKIPPED = frozenset({"story", "summary", "confirm_erase"})
NO_PLACE = re.compile(r"\b(?:ik|je|jij|hou|stop|wil|niet|geen|nee|ja|waarom|wat|vragen|hij|ze|help|mens|ok|oke)\b")
ENOUGH = re.compile(
    r"\b(?:(?:hou|houd|stop|kap|hoal) (?:nou |nu |maar |eens )*op|stop|ophouden|klaar) met (?:die |al die |dat )?(?:vragen|gevraag|vraag)\b"
    r"|\b(?:geen|niet (?:nog )?meer|genoeg|te veel|zoveel|zo veel) (?:vragen|gevraag)\b"
)
MEANING = re.compile(
    r"^(?:wat|hoe)(?: (?:nou|nu|dan|precies))? (?:is|zijn|betekent|bedoel\w*|houdt|bedoelt)\b|\b(?:snap|begrijp) (?:ik )?(?:de|je|deze|uw|die) vraag\b"
    r"|\bwat (?:bedoel|bedoelt|betekent)\b"
)
ALONE_AGAIN = re.compile(
    r"\b(?:weer alleen|nu alleen|alleen nu|(?:hij|ze|zij|iemand|mijn \w+) is (?:weer |nu )?(?:weg|naar bed|vertrokken)|kan weer (?:praten|typen)"
    r"|weer veilig|nu veilig|is veilig|ben er weer|ben terug)\b"
)
WHICH = "?"  # begins the answer to the place question that names several municipalities


def parse(ask: str, text: str, reading: Reading) -> str | None:
    """The value that ``text`` gives for ``ask``; free-text asks take any words. Where the words alone do not tell, what
    the classifier is sure of counts: yes, no, not knowing, rather not saying."""
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
    return bool(MEANING.search(normalise(text).text))


def is_enough(text: str) -> bool:
    """Whether somebody asks for no more questions."""
    return bool(ENOUGH.search(normalise(text).text))


def is_alone_again(text: str) -> bool:
    """Whether somebody who was not alone says that it is safe again."""
    return bool(ALONE_AGAIN.search(normalise(text).text))


def wish_in(text: str) -> str | None:
    """What the reporter wants, where the story itself says so."""
    plain = normalise(text).text
    return next((value for value, pattern in WISHES if pattern.search(plain)), None)


def contact_in(text: str) -> dict[str, str]:
    """The contact asks that these words answer: a number or an address, and when it is safe."""
    found = {}
    number, address = PHONE.search(text), EMAIL.search(text)
    if number or address:
        found["contact_channel"] = "phone" if number else "email"
        found["contact_detail"] = (number or address).group().strip()  # type: ignore[union-attr]
    rest = PHONE.sub(" ", EMAIL.sub(" ", text))
    if TIMES.search(normalise(rest).text):
        found["contact_safe_times"] = LEADING_YES.sub("", " ".join(rest.split())).strip(" ,.;")
    return found


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
    few = len(plain.split()) <= MUNICIPALITY_WORDS and not NO_PLACE.search(plain)
    return text.strip() if few else None


def municipality(text: str) -> str | None:
    """The place that a few words are, in the form of an answer to ``place``; None where they are none."""
    found = find_answered_place(text)
    return _place(normalise(text).text, text) if found and found.status != "vragen" else None


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
