"""Which question comes next (conversation.md, "Order"). Pure: from what is known to the next ask."""

from __future__ import annotations

from bot.actions.dossier import Dossier
from meldpunt.triage import LEVELS, assess, open_questions, rule_set

SHORT_STORY_WORDS = 8
DONT_KNOWS_TO_STOP = 2
FIRST = ("safe_to_type", "in_danger_now", "story", "reporter_role")
DISTRESS = frozenset({"suicidaal", "dader_leest_mee", "nu_in_gevaar"})
CORE_FIRST = ("age_band", "place", "when")
WORTH_OBSERVING = ("laag", "onvoldoende_informatie")


def level(dossier: Dossier) -> str:
    """The level the rules propose now; never shown to the visitor."""
    return assess(dossier.facts()).level


def next_ask(dossier: Dossier) -> str | None:
    """The next question, or None when the conversation is finished."""
    if dossier.finished:
        return None
    if dossier.erase_asked:
        return "confirm_erase"
    for ask in (_opening, _follow_up, _ending):
        if name := ask(dossier):
            return name
    return None


def _opening(dossier: Dossier) -> str | None:
    answers = dossier.answers
    if "safe_to_type" not in answers and not dossier.texts:
        return "safe_to_type"
    if dossier.value("safe_to_type") == "no":
        return "safe_to_type"
    if "story" not in answers or dossier.story_more:
        return "story"
    return None if dossier.role else "reporter_role"


def _follow_up(dossier: Dossier) -> str | None:
    """Only what is unknown and can still change the level or a core field (conversation.md, order 5)."""
    if dossier.followups >= rule_set().max_follow_ups or dossier.dont_knows >= DONT_KNOWS_TO_STOP:
        return None
    if dossier.distress and dossier.followups:
        return None
    wanted = list(open_questions(dossier.facts()))
    if level(dossier) not in WORTH_OBSERVING and "observed" in wanted:
        wanted.remove("observed")  # the story itself held what was seen
    if _danger_unknown(dossier):
        wanted.insert(0, "in_danger_now")
    first = [ask for ask in CORE_FIRST if ask in wanted] + [ask for ask in wanted if ask not in CORE_FIRST]
    return first[0] if first and dossier.followups < _budget(dossier, first) else None


def _budget(dossier: Dossier, wanted: list[str]) -> int:
    """How many follow-ups this report is worth: a short talk finishes, an unclear one may ask six."""
    now = level(dossier)
    if now == "acuut":
        return 2
    if now == "hoog":
        return 3
    if now == "verhoogd":
        return max(2, dossier.followups + sum(ask in CORE_FIRST for ask in wanted))
    return 4


def _danger_unknown(dossier: Dossier) -> bool:
    return (
        "in_danger_now" not in dossier.answers
        and level(dossier) == "hoog"
        and dossier.value("when") in (None, "now", "unknown")
    )


def _ending(dossier: Dossier) -> str | None:
    answers = dossier.answers
    if "wants" not in answers and level(dossier) != "acuut":
        return "wants"
    if (item := next((i for i in consent_items(dossier) if i not in dossier.consent), None)) is not None:
        return f"consent_{item}"
    if given(dossier, "contact_terug"):
        if "contact_channel" not in answers:
            return "contact_channel"
        if dossier.value("contact_channel") != "code_only":
            if "contact_detail" not in answers:
                return "contact_detail"
            if "contact_safe_times" not in answers and dossier.value("contact_channel") == "phone":
                return "contact_safe_times"
    return None if "summary" in answers else "summary"


def consent_items(dossier: Dossier) -> tuple[str, ...]:
    """The consent items that make sense for this role and report; after a no to keeping it, none (domain.md 3.3)."""
    if "opslaan_melding" in dossier.consent and not given(dossier, "opslaan_melding"):
        return ("opslaan_melding",)
    items = ["opslaan_melding", "bewaren_eigen_woorden", "contact_terug"]
    now = LEVELS.index(level(dossier))
    if now >= LEVELS.index("hoog"):
        items.append("delen_zorgcoordinator")
    wants = dossier.value("wants")
    if wants == "police_question":
        items.append("delen_politie")
    if "uitbuiting_door_familie" in dossier.indicators():
        items.append("delen_veilig_thuis")
    elif wants == "help" and now < LEVELS.index("hoog"):
        items.append("delen_gemeente")
    if now < LEVELS.index("hoog") and wants == "only_tell":
        items.append("anonieme_statistiek")
    return tuple(items)


def given(dossier: Dossier, item: str) -> bool:
    """True when the visitor said yes to a consent item ("weet ik nog niet" counts as no for now)."""
    return dossier.consent.get(item, {}).get("waarde") == "ja"


def is_short_story(text: str, indicators: list[str]) -> bool:
    """A story so short that the visitor is invited to go on before the first question."""
    return len(text.split()) < SHORT_STORY_WORDS and not indicators
