"""The age of the young person concerned, where the message says it (never the age of someone else)."""

from __future__ import annotations

import re

from meldpunt.reading.normalise import Normalised
from meldpunt.reading.types import Age

NUMBER_WORDS = {
    "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15,
    "zestien": 16, "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20, "eenentwintig": 21,
    "tweeentwintig": 22, "tweeëntwintig": 22, "drieentwintig": 23, "drieëntwintig": 23, "vierentwintig": 24,
    "vijfentwintig": 25, "dertig": 30, "veeertien": 14, "zesien": 16, "viertien": 14, "achtien": 18, "acht": 8,
    "zesentwintig": 26, "zevenentwintig": 27, "achtentwintig": 28, "negenentwintig": 29, "veertig": 40, "vijftig": 50,
    "viefteen": 15, "vieftien": 15, "vieftiene": 15, "vertien": 14, "veertiene": 14, "vertiene": 14, "darteen": 13,
    "dartien": 13, "zesteen": 16, "zestiene": 16, "zeuventien": 17, "zeuvntien": 17, "zeuventiene": 17, "zeumtien": 17,
    "achttiene": 18, "neegntien": 19, "negntien": 19, "negentiene": 19, "twaolf": 12, "twaalve": 12, "ölf": 11,
    "zeventiene": 17, "vijftiene": 15,
}  # fmt: skip
WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
NUM = rf"(?P<n>\d{{1,2}}|(?:{WORDS})(?=jo?ari|[^a-zë]|$))"
NOT_UNIT = (
    r"(?!\s*(?:(?:ste|de|e|x|u|k|h|jaar ervaring|jaar getrouwd|klas|havo|vmbo|vwo|mavo|punten|stuks|sims?|berichten|nachten|"
    r"nachte|klanten|adressen|kilo|gram|meter|bv|auto|toestellen|sloten|huizen|euri|eur|doekoe|biljetten|briefjes|%|euro|€|uur|keer|dagen|dage|dag|weken|week|maanden|maand|minuten|min|km|kilometer|man|mensen|"
    r"jongens|meisjes|meiden|mannen|graden|procent|personen|kinderen|leerlingen|abonnementen|telefoons|foto|ruggen|"
    r"per (?:week|dag|maand|keer|avond)|klasgenoten|jongeren|appels|terug|"
    r"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    r"jaar (?:geleden|lang|samen|getrouwd|terug|ouder|jonger|verkering))\b|[.,:/]\d|\d))"
)
YOUNG = (
    r"(?:dochter\w*|zoon\w*|zoontje|kind|meisje\w*|meid|meisie|jongen\w*|jongetje|jongere|leerling\w*|lln|pupil|"
    r"cliënt\w*|client\w*|cl|"
    r"pleegdochter|pleegzoon|pleegkind|stiefdochter|stiefzoon|kleindochter|kleinzoon|nicht\w*|neef\w*|zus\w*|"
    r"broer\w*|vriendin\w*|bestie|buurmeisje|buurjongen|huisgenoot|klasgenoot|klasgenote|student\w*|scholier\w*|"
    r"patiënt\w*|patient\w*|bewoner|bewoonster|puber|tiener|oudste|jongste|middelste|collega|stagiair\w*|amv\w*|"
    r"matti\w*|maat|maatje|ploegmaat|stiefzus\w*|stiefkind|klant|brugklasser|weekendhulp|deerntje|deern|jong|gozertje|"
    r"klasgenoot|klasgenoten|ex|tante|schoonzus|zwager|nichtje|neefje|broertje|zusje|kleinkind|"
    r"vriend|kerel|vrouw|man|kok|medewerker|medewerkster|werknemer|deelnemer|deelneemster|spits|keeper|speler|"
    r"speelster|gast|knul|dame|jongeman|jongedame|kleine|kleintje|tienermeisje|bijbaner|vakkenvuller|hulp)"
)
OTHER = (
    r"(?:vriend(?:je)?|man|vent|kerel|gast|jongen|gozer|baas|eigenaar|leraar|trainer|oom|stiefvader|vader|"
    r"moeder|ex|daders?|sugardaddy|hij)"
)
OFFENDER_CUES = re.compile(
    r"\b(?:(?:een|die|de|haar|mijn|zijn|oudere?|met|door|van) (?:[a-z]+ ){0,2}" + OTHER
    + r"|hij|hij is|is hij|zegt dat hij|man van|vent van|jongen van|vriend van|kerel van|gast van|jongens van|"
    r"mannen van|meisje van op|denkt|schat hem|eind|begin|rond de|tegen de|over de|boven de)"
    r"(?: [a-z]+){0,2}$"
)  # fmt: skip
TAKEN_FOR = re.compile(r"\b(?:hij|ze|zij|die|iedereen) (?:denkt|dacht|schat|gelooft)(?: [a-z]+){0,3} $")
FUTURE_MINUS = re.compile(r"\b(?:bijna|haast|binnenkort|volgende (?:week|maand))\b(?: [a-z]+){0,2} ?$")

SELF = [
    rf"\b{NUM} (?:bin|ben)(?: ?ik|'?k)\b",
    rf"\bik (?:m|v|j|f)? ?{NUM}(?: jaar| jr| net)?(?: ?[.,;!]|$| (?:en|maar|hij|hoor|bang|m|f|v)\b)",
    rf"\b(?:toen|sinds|wanneer) ik {NUM} (?:werd|was|ben)\b",
    rf"\bben {NUM}(?: ?[.,;!]|$| (?:en|maar|hij|hoor)\b)",
    rf"(?:^|[a-zë.,!?)] ){NUM}(?: jaar| jr)?(?: (?:f|m|v|j|net|btw))?(?: [.!])?$",
    rf"[,.;] {NUM}(?: jaar| jr)? ?(?:[,.;]|en (?:mijn|ik|nog)\b)",
    rf"\bik (?:ben|bin|word|werd)(?: [a-z]+){{0,4}}? {NUM}(?: jaar| jr)?{NOT_UNIT}",
    rf"\bben (?:ik )?(?:pas |nog |net |bijna |nu |zelf |al |maar |een (?:jongen|meisje|meid) van )*{NUM}(?: jaar| jr)?{NOT_UNIT}",
    rf"\b(?:ik|meisje|jongen|meid|m|v|j) ?\(? ?{NUM} ?\)",
    rf"\bals (?:meisje|jongen|meid) van {NUM}{NOT_UNIT}",
    rf"\bdat ik (?:pas |nog |maar |net |al )*{NUM} ben",
    rf"\bik (?:pas |nog |maar |net |al |ook |toch )*{NUM} ben",
    rf"\bmijn leeftijd is {NUM}{NOT_UNIT}",
    rf"\bwas ik (?:pas |nog |maar |net )*{NUM}{NOT_UNIT}",
    rf"\bik was (?:toen |pas |nog |maar |net )*{NUM}{NOT_UNIT}",
]
CONCERNED = [
    rf"\b{YOUNG}\b(?: [a-zë]+){{0,4}}? ?[(,] ?(?:(?:pas|net|bijna|nu|nog|m|v|jongen|meisje|meid|vrouw|man) ?,? ?)*{NUM}(?: jaar| jr| j)?(?: oud)? ?(?:[),.;]|$)",
    rf"\b{YOUNG} (?:[a-zë]+ ){{0,3}}?van (?:pas |net |bijna |nog |maar |nog geen |een jaar of |ongeveer |rond de )*{NUM}{NOT_UNIT}",
    rf"\b{YOUNG} (?:is|was|wordt) (?:[a-zë]+ ){{0,3}}?{NUM}(?: jaar| jr)?{NOT_UNIT}",
    rf"\b(?:zij|ze|die|zelf) (?:is|was|wordt) (?:toen |nu |pas |nog |net |bijna |zelf |maar |ook |al |nog geen )*{NUM}(?: jaar)?{NOT_UNIT}",
    rf"\bis (?:ze|zij) (?:pas |nog |net |bijna |nu |maar |toen |al )*{NUM}(?: jaar)?{NOT_UNIT}",
    rf"\b(?:hij|die jongen|het kind) (?:is|was) (?:nu |pas |nog |net |bijna |zelf |maar |ook |al |nog geen )*{NUM}(?: jaar)?{NOT_UNIT}",
    rf"\b{NUM} ?-? ?(?:jarige?n?|jarig|joarigen?)\b",
    rf"\bvan (?:een|'n|n) jaar of {NUM}{NOT_UNIT}",
    rf"\b{YOUNG} {NUM} (?:jaar|jr)\b(?! (?:geleden|lang|samen))",
    rf"\bhet gaat om (?:een )?[a-zë]+ van {NUM}{NOT_UNIT}",
    rf"\b(?:van|met|als) (?:pas |net )*{NUM} ?(?:jaar)? (?:moet|mag|kan|hoor|loop|zit|doe)",
    rf"\b(?:zij|ze|hij) van {NUM}{NOT_UNIT}",
    rf"\b(?:is|was) (?:zij|ze|hij) met {NUM}{NOT_UNIT}",
    rf"\b(?:leeftijd|lft)\.? ?:? ?{NUM}{NOT_UNIT}",
    rf"\( ?{NUM} ?(?:jaar|jr|j)? ?\)",
    rf"\b{YOUNG},? (?:[a-zë]+ )?{NUM}{NOT_UNIT}",
    rf"\b{NUM} (?:is|was) (?:ze|zij|hij|e|he|hee)\b",
    rf"\b(?:deze|dee|die|een|de|n|ne|'n) {NUM} ?-?jarige?\b",
    rf"\b{NUM} jaar\b(?! (?:geleden|lang|samen|getrouwd|terug|ouder|jonger|verkering|ervaring|cel|bij|werk|woon))",
]
# Of somebody's husband or wife, told by another: labour exploitation is reported by partners too.
SPOUSE_RE = [re.compile(rf"\bmijn (?:man|vrouw|partner|echtgenoot|echtgenote),? (?:is )?{NUM}(?: jaar| jr)\b")]
BAND = re.compile(rf"{NUM} (?:of|tot|a|à|en|-) (?:\d{{1,2}})")
SELF_RE = [re.compile(p) for p in SELF]
CONCERNED_RE = [re.compile(p) for p in CONCERNED]
MIN_AGE, MAX_AGE = 6, 70
YOUNGEST, OLDEST = 10, 24  # a bare number is taken for an age only here
BARE = re.compile(rf"(?<![\w.,:/€-])(?<!\d ){NUM}\b{NOT_UNIT}(?! ?(?:op|van|uit|bij) (?:de|het)\b)")
NO_AGE_BEFORE = re.compile(
    r"(?:\b(?:om|voor|rond|na|tot|vanaf|lokaal|huisje|deur|nummer|nr|nrs|groep|kamer|bus|breefkes van|briefjes van|lijn|blok|hal|perron|vak|klas|maar|"
    r"meer dan|minder dan|ongeveer|wel|alle|met|nog|de|en|of|per|elke|in|op|x|van de|ruim|samen|al)|€|tegen|tussen) ?$"
)


def find_age(message: Normalised, reporter_is_self: bool | None = None) -> Age | None:
    """The age in whole years of the young person concerned, or None. "Bijna 16" is 15 (domain.md 2.1: lower is safer)."""
    own = _first(SELF_RE, message, "melder")
    if own and reporter_is_self is not False:
        return own
    spouse = _first(SPOUSE_RE, message, "partner") if reporter_is_self is False else None
    other = spouse or _first(CONCERNED_RE, message, "betrokkene")
    return other or own or _only_number(message, reporter_is_self)


def _only_number(message: Normalised, reporter_is_self: bool | None) -> Age | None:
    """A bare number that can hardly be anything but the age: "snap planet, hij wil afspreken, 14"."""
    found = [m for m in BARE.finditer(message.text) if YOUNGEST <= _years(m.group("n")) <= OLDEST]
    found = [m for m in found if not NO_AGE_BEFORE.search(message.text[: m.start("n")][-30:])]
    found = [m for m in found if not _of_someone_else(message.text[: m.start("n")], m, _years(m.group("n")))]
    if len(found) != 1:
        return None
    start, end = message.span(found[0].start("n"), found[0].end("n"))
    about = "melder" if reporter_is_self or reporter_is_self is None else "betrokkene"
    return Age(_years(found[0].group("n")), start, end, about)  # type: ignore[arg-type]


def _first(patterns: list[re.Pattern[str]], message: Normalised, about: str) -> Age | None:
    for pattern in patterns:
        for match in pattern.finditer(message.text):
            years = _years(match.group("n"))
            if not MIN_AGE <= years <= MAX_AGE:
                continue
            head = message.text[: match.start("n")]
            if about == "betrokkene" and _of_someone_else(head, match, years):
                continue
            if about == "melder" and TAKEN_FOR.search(head[-40:]):
                continue
            if FUTURE_MINUS.search(head[-40:]):
                years -= 1
            start, end = message.span(match.start("n"), match.end("n"))
            return Age(years, start, end, "melder" if about == "melder" else "betrokkene")
    return None


def _of_someone_else(head: str, match: re.Match[str], years: int) -> bool:
    """True when the number belongs to the older friend, boss or stranger rather than to the young person."""
    near = head[-45:]
    if re.search(
        r"\b(?:dochter|zoon|leerling|kind|meisje|pupil|zus\w*|broer\w*|nicht\w*|neef\w*|jongere)\b",
        near[-22:],
    ):
        return False
    if years >= 19 and OFFENDER_CUES.search(near):
        return True
    return (
        bool(
            re.search(
                r"\b(?:man|vent|kerel|vriend|vriendje|gast|jongens|mannen|hij denkt|baas)\b(?: [a-z]+){0,3} $",
                near,
            )
        )
        and years >= 18
    )


def _years(text: str) -> int:
    return int(text) if text.isdigit() else NUMBER_WORDS[text]
