"""Small facts in a message: platform, moment and the reporter's role."""

from __future__ import annotations

import re

from meldpunt.reading.types import Role, When

PLATFORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("snapchat", r"\bsnap(?:chat|je|t|te|pen)?\b"),
        ("instagram", r"\binsta(?:gram)?\b"),
        ("tiktok", r"\btik ?tok\b"),
        ("telegram", r"\btelegram\w*\b"),
        ("discord", r"\bdis(?:cord|co)\b"),
        ("whatsapp", r"\b(?:whatsapp|appt|appte)\b"),
        ("roblox", r"\broblox\b"),
        ("fortnite", r"\bfortnite\b"),
        ("facebook", r"\b(?:facebook|fb|messenger)\b"),
        ("datingapp", r"\b(?:tinder|badoo|grindr|datingapp|dating app|bumble|happn|lexa)\b"),
        ("omegle", r"\b(?:omegle|ome tv|ometv|monkey app)\b"),
        ("onlyfans", r"\b(?:onlyfans|of account|f2f)\b"),
        ("marktplaats", r"\b(?:marktplaats|vinted)\b"),
        ("twitch", r"\btwitch\b"),
        ("signal", r"\bsignal\b"),
    )
)
# When somebody told it is not when it happens: "vertelde mij vandaag dat zij vrijdag moet werken".
TOLD = re.compile(
    r"\b(?:vertel\w*|zei|zegt|belde|appte|mailde|kwam|hoorde|bekende|liet weten|gaf aan)(?: \w+){0,3} "
    r"(?:vandaag|vanmiddag|vanmorgen|vanochtend|vanavond|gister\w*|zojuist|net)\b"
    r"|\b(?:vandaag|vanmiddag|vanmorgen|vanochtend|gister\w*) (?:vertel\w*|zei|belde|appte|hoorde|bekende|gaf|kwam)\b"
)
MOMENTS: tuple[tuple[When, re.Pattern[str]], ...] = (
    ("today_tomorrow", re.compile(r"\b(?:vandaag|vanavond|vannacht|vanmiddag|straks|morgen\w*|zo meteen|zometeen|over (?:een|twee|\d+) (?:uur|minuten)|overmorgen)\b")),
    ("now", re.compile(
        r"\b(?:elke|iedere|ieder|elk) (?:\w+ )?(?:dag|week|weekend|avond|nacht|keer|middag|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)"
        r"|\b(?:steeds|de hele tijd|telkens|al (?:\w+ )?(?:dagen|weken|maanden)|sinds (?:een|twee|drie|vier|\d+|vorige|deze))\b")),
    ("this_week", re.compile(
        r"\b(?:deze week|komend weekend|dit weekend|(?:a\.?s\.? |komende |aanstaande )?(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)"
        r"(?:avond|middag|ochtend|nacht)?)\b")),
    ("now", re.compile(r"\b(?:op dit moment|momenteel|nu nog steeds|nog steeds bezig|is nu bezig)\b")),
    ("longer_ago", re.compile(r"\b(?:vorig jaar|vorige maand|maanden geleden|jaren geleden|jaar geleden|weken geleden|vroeger|toen ik (?:klein|jonger))\b")),
)  # fmt: skip
PARENT = re.compile(
    r"\b(?:mijn|onze|ons|mien|oonze)(?: (?:jongste|oudste|eigen|lieve|kleine|pleeg|stief|enige|middelste))? "
    r"(?:dochter\w*|zoon\w*|kind|kinderen|pleeg(?:kind|zoon|dochter)|stief(?:kind|zoon|dochter)|klein(?:kind|zoon|dochter))\b"
    r"|\bals (?:moeder|vader|ouder|opa|oma|voogd)\b|\bik ben (?:de |een )?(?:moeder|vader|opa|oma|papa|mama|pleegmoeder|pleegvader|voogd)\b"
)
PROFESSIONAL = re.compile(
    r"\b(?:leerling\w*|lln|cliënt\w*|client\w*|pupil|patiënt\w*|patient\w*|bewoonster|onze (?:groep|school|praktijk|instelling)|mentor van|"
    r"zorgcoördinator|ib-er|jeugdbescherm\w*|hulpverlener|ik werk als|namens|casus|"
    r"(?:als|ik ben) (?:een |de |haar |zijn )?(?:docent|leraar|lerares|mentor|juf|meester|huisarts|jongerenwerker|begeleider|wijkagent|arts|verpleegkundige|"
    r"maatschappelijk werker|coach|conciërge|receptionist|gezinscoach|wijkverpleegkundige|pleegzorgwerker|groepsleider|schoolmaatschappelijk werker|intern begeleider))\b"
)
SELF = re.compile(
    r"\b(?:ik moet|ik moest|ben ik|ik ben|mij|mezelf|ik heb|ik wil|ik durf|ik krijg|ik kreeg|ik werk|ik breng|ik bracht|ik slaap|ik werd|ik woon bij|ik stuur\w*|ik heb gestuurd|van hem moet ik|dreigt mij|ik word|moet ik|dat ik|mijn (?:pas|pasje|bankpas|rekening|naam|nudes|foto|fotos|foto's|filmpje|filmpjes|video|beelden|naaktfoto's|naaktfoto|account))\b"
)
# Somebody else stands in the words, but it is about the reporter: "ik moet pakketjes brengen, anders pakken ze mijn broertje".
SURELY_SELF = re.compile(
    r"\bik (?:moet|moest)\b(?! (?:haar|hem|iets doen|wat doen|doen|beloven|helpen|melden|denken|zeggen|toegeven|er iets mee))"
    r"|\banders (?:pakken|pakt|slaan|slaat|doen|doet|zetten|zet|komen|komt|gaan|gaat) (?:ze|hij|zij)\b"
    r"|\b(?:dreigt|chanteert|dwingt|bedreigt|slaat) (?:mij|ons)\b|\bmijn (?:vriend|vriendje|vrient|ex)(?: \w+){0,3} (?:wil|zegt) dat ik\b|\bwil(?:len)? (?:dat|dak) ik\b"
)
BYSTANDER = re.compile(
    r"\b(?:mijn (?:vriendin|vriend|bestie|beste vriendin|klasgenoot|klasgenote|zus\w*|broer\w*|buurmeisje|buurjongen|buren|nicht\w*|neef\w*|"
    r"huisgenoot|collega|maat)|een (?:vriendin|vriend|klasgenoot|collega) van mij|buurmeisje|buurjongen|de buren|hiernaast|overbuurvrouw|"
    r"meisje uit mijn klas|jongen uit mijn klas|bij (?:mij|ons) in de (?:straat|buurt|flat|wijk|portiek)|naast (?:mij|ons) (?:woont|wonen)|"
    r"(?:mijn|onze|ons) (?:straat|buurt|flat)|aan de overkant|overburen|omwonenden)\b"
)


def find_platforms(text: str) -> tuple[str, ...]:
    """Online platforms named in the plain text, in a fixed order."""
    return tuple(name for name, pattern in PLATFORMS if pattern.search(text))


def find_moment(text: str) -> When | None:
    """When it happens or is planned, in the values of the ask ``when``; None when the message does not say."""
    happening = TOLD.sub(" ", text)
    return next((value for value, pattern in MOMENTS if pattern.search(happening)), None)


def find_role(text: str) -> Role | None:
    """The reporter's role as far as the words give it; None when it must be asked."""
    if PARENT.search(text):
        return "parent"
    if PROFESSIONAL.search(text):
        return "professional"
    if SURELY_SELF.search(text):
        return "self"
    if BYSTANDER.search(text):
        return "bystander"
    return "self" if SELF.search(text) else None
