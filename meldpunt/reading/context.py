"""What surrounds the words of an indicator: denied or hypothetical, when, whose experience, seen or heard.

Rules that can be read, in the manner of ContextD for Dutch (BMC Bioinformatics 2014, 15:373): a trigger works within its
clause. They sharpen what the trained reader decided; they never invent an indicator.
"""

from __future__ import annotations

import re

from meldpunt.reading.types import Experiencer, Modality, Polarity, Source, Time

CLAUSE_END = re.compile(r"[.!?;\n…]+|,| (?:maar|want|omdat|dus|en toen|daarna|behalve|terwijl|alleen) ")
NEGATION = re.compile(
    r"\b(?:niet|geen|nooit|nog nooit|niets|niemand|nergens|gin|nich|neet|zonder|noch|evenmin|uitgesloten|geenszins)\b"
)
NEGATION_THAT_ASSERTS = re.compile(
    r"\b(?:(?:mag|mocht|kan|kon|kunnen|mogen|durf\w*|wil|wou|wilde|willen|weet|weten|snap|begrijp\w*|ken|kent|kende|"
    r"gekozen|zelf) (?:[a-z]+ ){0,4}(?:niet|geen|niets|niemand|nich|neet|nooit)|niet meer|nich meer|niet alleen|"
    r"niet (?:thuis|weg|stoppen|gewild|naar huis|naar buiten|durf\w*|willen|wil|goed|normaal|eens)|als (?:ik|ze|zij|hij) "
    r"(?:[a-z]+ ){0,3}niet|geen (?:geld|loon|nee|kant|contract|eigen|uitweg|kans|toegang|keus|idee|andere)|anders)\b"
)
HYPOTHETICAL = re.compile(
    r"\b(?:stel dat|stel je voor|stel ,|wat als|wat zou|hypothetisch|in theorie|mocht (?:er|iemand|een|ik ooit)|"
    r"zou (?:je|jij|u|iemand|het) |als iemand|wanneer iemand|als je ooit|bestaat er|is het waar dat)\b"
)
JOKE = re.compile(
    r"\b(?:grapje|grapjes|grap|haha\w*|hahah\w*|lol|lmao|geintje|joh|dolletje|xd|voor de gein|mop)\b|😂|🤣"
)
MEDIA = re.compile(
    r"\b(?:film|films|serie|series|boek|boeken|netflix|videoland|documentaire|podcast|nieuws|krant|artikel|journaal|"
    r"les|lessen|spreekbeurt|werkstuk|profielwerkstuk|voorlichting|gastles|theaterstuk|toneelstuk|game|aflevering|"
    r"opdracht voor school|scriptie|training|cursus|webinar|liedje|rap|tiktok filmpje over|presentatie|quiz)\b"
)
GENERAL = re.compile(
    r"\b(?:in het algemeen|over het algemeen|mensen die|jongeren die|meisjes die|slachtoffers van)\b"
)
SUSPICION = re.compile(
    r"\b(?:volgens mij|denk|denken|vermoed\w*|misschien|lijkt|lijken|bang dat|zou kunnen|waarschijnlijk|mogelijk|"
    r"vraag mij af|gevoel dat|niet pluis|verdenk\w*|schijnt|blijkbaar|indruk)\b"
)
TIMES: tuple[tuple[Time, re.Pattern[str]], ...] = (
    ("nu", re.compile(r"\b(?:nu|nou|noe|op dit moment|momenteel|zojuist|net nog)\b")),
    ("<24u", re.compile(r"\b(?:vandaag|vanavond|vannacht|vanmiddag|straks|gisteren|gister\w*|vanochtend|vanmorgen|afgelopen nacht|zometeen)\b")),
    ("toekomst", re.compile(
        r"\b(?:morgen\w*|overmorgen|volgende|komende|aanstaande|aankomende|binnenkort|deze zomer|in de zomer|"
        r"(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)(?:avond|middag|ochtend|nacht)?|dit weekend)\b")),
    ("1-7d", re.compile(r"\b(?:deze week|afgelopen (?:week|weekend|dagen)|eergisteren|vorig weekend|paar dagen|dagen geleden|vorige week)\b")),
    ("8d-3m", re.compile(r"\b(?:weken|vorige maand|maand geleden|sinds (?:een|twee|drie) (?:week|weken|maand|maanden)|afgelopen maand\w*|maanden)\b")),
    (">3m", re.compile(r"\b(?:vorig jaar|jaren geleden|jaar geleden|vroeger|ooit|toen ik (?:klein|jonger)|destijds|al jaren|half jaar)\b")),
)  # fmt: skip
OVER = re.compile(
    r"\b(?:vorig jaar|jaren geleden|jaar geleden|vroeger|destijds|gestopt|voorbij|nu (?:weer )?(?:thuis|veilig|goed))\b"
)
SAW = re.compile(
    r"\b(?:zie|zag|zien|gezien|zagen|vond|vonden|merk\w*|hoor(?:de)? (?:ik )?door|observ\w*|gesignaleerd)\b"
)
HEARD = re.compile(
    r"\b(?:vertel\w*|zegt|zei|gezegd|bekende|toevertrouwd|aangeeft|geeft aan|gaf aan|volgens (?:haar|hem)|appte|noemt)\b"
)
HEARSAY = re.compile(
    r"\b(?:gehoord|hoorde|schijnt|verteld door|zeggen dat|er wordt gezegd|via via|geruchten?)\b"
)
SELF = re.compile(r"\b(?:ik|mij|mijn|mezelf|mie|mien|wij|ons)\b")


def clause_around(text: str, start: int, end: int) -> str:
    """The clause of the plain ``text`` that holds ``start:end``, with half a clause of context on each side."""
    left, right = 0, len(text)
    for stop in CLAUSE_END.finditer(text):
        if stop.end() <= start:
            left = stop.end()
        elif stop.start() >= end:
            right = stop.start()
            break
    return text[left:right]


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds ``start:end``; unpunctuated messages count as one sentence."""
    left = max((m.end() for m in re.finditer(r"[.!?\n]", text[:start])), default=0)
    stop = re.search(r"[.!?\n]", text[end:])
    return text[left : end + stop.start() if stop else len(text)]


def polarity_of(clause: str) -> Polarity:
    """``ontkend`` when a plain denial governs the clause ("hij heeft me nooit bedreigd")."""
    return "ontkend" if NEGATION.search(NEGATION_THAT_ASSERTS.sub(" ", clause)) else "bevestigd"


def modality_of(sentence: str) -> Modality:
    """Hypothetical, joke, quotation/media, suspicion or fact."""
    if HYPOTHETICAL.search(sentence):
        return "hypothetisch"
    if MEDIA.search(sentence):
        return "citaat/media"
    if JOKE.search(sentence):
        return "grap"
    return "vermoeden" if SUSPICION.search(sentence) else "feit"


def time_of(clause: str, sentence: str) -> Time:
    """The time named in the clause, else in the sentence, else unknown (unknown counts as now, domain.md 2.1)."""
    for scope in (clause, sentence):
        for time, pattern in TIMES:
            if pattern.search(scope):
                return time
    return "onbekend"


def experiencer_of(clause: str, reporter_is_self: bool | None) -> Experiencer:
    """Whose experience it is: the reporter's own, that of the person concerned, or of people in general."""
    if GENERAL.search(clause):
        return "algemeen"
    if reporter_is_self or (reporter_is_self is None and SELF.search(clause)):
        return "melder"
    return "betrokkene"


def source_of(sentence: str, reporter_is_self: bool | None) -> Source:
    """Observation, statement or inference kept apart (domain.md 3.2: waarneming, mededeling, conclusie)."""
    if reporter_is_self:
        return "zelf_meegemaakt"
    if SAW.search(sentence):
        return "zelf_gezien"
    if HEARD.search(sentence):
        return "gehoord_van_betrokkene"
    return "gehoord_van_ander" if HEARSAY.search(sentence) else "vermoeden"
