"""Why something that the model found in a message doesn't count after all: it is asked, an opening, or too little is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meldpunt.indicators.catalogue import catalogue
from meldpunt.reading import context
from meldpunt.reading.intent_rules import questions_in
from meldpunt.reading.lexicon import TODAY, is_risk
from meldpunt.reading.normalise import Normalised
from meldpunt.reading.remarks import OWN_ACTS, remarks_in
from meldpunt.reading.types import Mention

if TYPE_CHECKING:
    from meldpunt.reading.model import ModelOutput

FEW_WORDS = 7
SURE_OF_NOTHING = 0.85
SHORT_OPENING = "korte_opening_of_vraag"
SURE_IN_FEW_WORDS = 0.35
TOO_FEW_WORDS = "te_weinig_woorden"
GENERAL_QUESTION = "algemene_vraag"
OWN_RISK = "suicidaal"
SURE_OF_OWN_RISK = 0.5
ABOUT_OWN_ACTS = "over_eigen_daden"  # "bang dat ik een kind iets aandoe" is no wish to die
ASKED = {"dader_leest_mee": "ask_can_it_be_seen"}
NO_RISK_BESIDE = "geen_ander_signaal"
SURE_OF_TODAY = 0.5  # where nothing else in the message is a risk, an appointment today must be read with this certainty
TELLS_NOTHING = frozenset(
    {
        "greet", "goodbye", "thank", "affirm", "deny", "pause", "have_receipt_code", "repeat_question", "out_of_scope",
        "start_self", "start_parent", "start_professional", "start_bystander", "want_human", "want_callback",
        "ask_why_this_question", "ask_is_this_anonymous", "ask_what_is_stored", "ask_who_reads_this", "ask_when_reply",
        "ask_what_happens_next", "ask_opening_hours", "ask_are_you_a_bot", "ask_help_organisations",
    }
)  # fmt: skip
SAYS_WHO_ONE_IS = frozenset({"start_self", "start_parent", "start_professional", "start_bystander"})
WORDS_OF_AN_OPENING = 20
SURE_IN_AN_OPENING = 0.8


def _tells_nothing(message: Normalised, output: ModelOutput | None, found: Mention) -> bool:
    """A few words that are surely a greeting or a question to Sam claim nothing, nor does who says why they come
    ("ik kom voor mijn dochter", "ik ben docent en maak me zorgen over een leerling").

    Acute indicators are never dropped for it.
    """
    if output is None or not output.intents or catalogue()[found.indicator].category == "acuut":
        return False
    name, probability = output.intents[0]
    words = len(message.text.split())
    if name in SAYS_WHO_ONE_IS and words <= WORDS_OF_AN_OPENING and found.certainty < SURE_IN_AN_OPENING:
        return True
    return words <= FEW_WORDS and name in TELLS_NOTHING and probability >= SURE_OF_NOTHING


def why_doubted(message: Normalised, output: ModelOutput | None, found: Mention) -> str | None:
    """Why what the model found in the whole message doesn't count: it is asked, an opening, or too little is said."""
    acute = catalogue()[found.indicator].category == "acuut"
    if not acute and context.has("general_question", message.text):
        return GENERAL_QUESTION
    if _is_asked(message, found.indicator) or _tells_nothing(message, output, found):
        return SHORT_OPENING
    if found.indicator == OWN_RISK and found.certainty < SURE_OF_OWN_RISK and OWN_ACTS in remarks_in(message.typed):
        return ABOUT_OWN_ACTS
    few = len(message.text.split()) <= FEW_WORDS
    unsure = few and not acute and found.certainty < SURE_IN_FEW_WORDS
    return TOO_FEW_WORDS if unsure else None


def _is_asked(message: Normalised, indicator: str) -> bool:
    """Whether the message asks Sam about it, and does not tell it ("kan hij zien dat ik dit typ")."""
    return indicator in ASKED and ASKED[indicator] in questions_in(message.text)


def today_beside_a_risk(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """An appointment today counts beside another risk indicator (domain.md 1.4, 49), or when the model is surer of it."""
    if any(mention.asserted and mention.indicator != TODAY and is_risk(mention.indicator) for mention in mentions):
        return mentions
    return tuple(
        replace(mention, dropped_because=NO_RISK_BESIDE)
        if mention.indicator == TODAY and mention.recognised_by == "nlu" and mention.certainty < SURE_OF_TODAY
        else mention
        for mention in mentions
    )
