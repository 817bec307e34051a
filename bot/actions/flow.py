"""Which question comes next (conversation.md, "Order"). Pure: from what is known to the next ask."""

from __future__ import annotations

from bot.actions.dossier import Dossier
from meldpunt.indicators import catalogue
from meldpunt.reading.remarks import KEEP_FROM_PARENTS
from meldpunt.triage import LEVELS, assess, open_questions, raising_questions, rule_set

SHORT_STORY_WORDS = 8
DONT_KNOWS_TO_STOP = 2
FIRST = ("safe_to_type", "in_danger_now", "story", "reporter_role")
DISTRESS = frozenset({"suicidaal", "dader_leest_mee", "nu_in_gevaar"})
CORE_FIRST = ("age_band", "place")
WORTH_KNOWING = ("when", "since_when", "already_done", "person_knows", "who_knows")
# How many follow-ups a report is worth: whoever needs help soon gets to the end soon, an unclear story is asked more.
BUDGET = {"acuut": 2, "hoog": 2, "verhoogd": 2, "laag": 3, "onvoldoende_informatie": 3}
MANY_FOLLOW_UPS = 3  # after so many, sharing is left for staff to ask
THREATS = frozenset(
    {
        "bedreiging", "fysiek_geweld", "controle_en_isolatie", "onderdak_bij_uitbuiter", "gedwongen_seks",
        "gedwongen_prostitutie",
    }
)  # fmt: skip
FIRST_ITEMS = ("opslaan_melding", "bewaren_eigen_woorden", "contact_terug")
MORE_ITEMS = ("toestemming_betrokkene_bekend", "ouders_informeren", "delen_comensha")
CONTACT_ASKS = ("contact_channel", "contact_detail", "contact_safe_times")
MOST_TURNS = 12
FAMILY = "uitbuiting_door_familie"
UNDER_16, FROM_16 = frozenset({"under_12", "12_15"}), frozenset({"16_17", "18_23", "24_plus"})
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
    if dossier.safe_mode or ("safe_to_type" not in answers and not dossier.texts):
        return "safe_to_type"
    if dossier.value("safe_to_type") == "no":
        return "safe_to_type"
    if "story" not in answers or dossier.story_more:
        return "story"
    return None if "reporter_role" in answers else "reporter_role"


def _follow_up(dossier: Dossier) -> str | None:
    """Only what is unknown and can still change the level or a core field (conversation.md, order 5)."""
    if dossier.followups >= rule_set().max_follow_ups or dossier.dont_knows >= DONT_KNOWS_TO_STOP:
        return None
    if dossier.distress and dossier.followups:
        return None
    asked_of_danger = "in_danger_now" in dossier.answers
    return _most_wanted(dossier) if dossier.followups < BUDGET[level(dossier)] + asked_of_danger else None


def _most_wanted(dossier: Dossier) -> str | None:
    """Danger first, then age and place, then what can raise the level, then what else is missing."""
    if _danger_unknown(dossier):
        return "in_danger_now"
    facts = dossier.facts()
    wanted, raising = open_questions(facts), raising_questions(facts)
    first = [ask for ask in CORE_FIRST if ask in wanted]
    order = [*first, *raising, *(ask for ask in WORTH_KNOWING if ask in wanted)]
    if level(dossier) not in WORTH_OBSERVING:
        order = [ask for ask in order if ask != "observed"]  # the story itself held what was seen
    elif "observed" in dossier.answers and dossier.role != "self":
        order = first  # who told what they saw, and it was little, is not led to more
    return order[0] if order else None


def _danger_unknown(dossier: Dossier) -> bool:
    """A threat of which nobody said that it is over (conversation.md, order 2)."""
    return (
        "in_danger_now" not in dossier.answers
        and level(dossier) == "hoog"
        and dossier.value("when") != "longer_ago"
        and bool(THREATS & set(dossier.indicators()))
    )


def _ending(dossier: Dossier) -> str | None:
    answers = dossier.answers
    if "wants" not in answers and level(dossier) != "acuut":
        return "wants"
    if (item := next((i for i in consent_items(dossier) if i not in dossier.consent), None)) is not None:
        return f"consent_{item}"
    if (ask := _contact(dossier)) is not None:
        return ask
    return None if "summary" in answers else "summary"


def _contact(dossier: Dossier) -> str | None:
    """How to reach somebody who wants that. When it is safe to call is asked with the number; again only at home."""
    answers = dossier.answers
    if not given(dossier, "contact_terug"):
        return None
    if "contact_channel" not in answers:
        return "contact_channel"
    if dossier.value("contact_channel") == "code_only":
        return None
    if "contact_detail" not in answers:
        return "contact_detail"
    by_phone = dossier.value("contact_channel") == "phone"
    at_home = dossier.role != "professional"
    return "contact_safe_times" if by_phone and at_home and "contact_safe_times" not in answers else None


def consent_items(dossier: Dossier) -> tuple[str, ...]:
    """The consent items that make sense for this role and report; after a no to keeping it, none (domain.md 3.3).

    Who arranges help must be able to reach somebody, so those items wait for a yes to contact. At ``acuut`` only what
    staff need to act is asked (domain.md 2.2); they ask the rest themselves.
    """
    if "opslaan_melding" in dossier.consent and not given(dossier, "opslaan_melding"):
        return ("opslaan_melding",)
    items = list(FIRST_ITEMS)
    now, wants = level(dossier), dossier.value("wants")
    if now == "acuut":
        return tuple(items)
    high = LEVELS.index(now) >= LEVELS.index("hoog")
    if wants == "police_question":
        items.append("delen_politie")
    if FAMILY in dossier.indicators():
        items.append("delen_veilig_thuis")
    elif wants == "help" and given(dossier, "contact_terug") and dossier.followups < MANY_FOLLOW_UPS:
        items.append("delen_zorgcoordinator" if high else "delen_gemeente")
    if not high and wants == "only_tell":
        items.append("anonieme_statistiek")
    return (*items, *_where_room(dossier, items))


def _where_room(dossier: Dossier, items: list[str]) -> list[str]:
    """What is asked as well while the conversation stays short; staff ask the rest."""
    asked = [item for item in MORE_ITEMS if item in dossier.consent]
    if not given(dossier, "opslaan_melding"):
        return asked
    waiting = [item for item in items if item not in dossier.consent]
    turns = 1 + dossier.turns + len(waiting) + _contact_turns(dossier) + 1  # what was said, what is to come, the summary
    fresh = [item for item in MORE_ITEMS if item not in dossier.consent and _fits(dossier, item)]
    return asked + fresh[: max(MOST_TURNS - turns, 0)]


def _contact_turns(dossier: Dossier) -> int:
    """How many questions about contact may still come."""
    if not given(dossier, "contact_terug") or dossier.value("contact_channel") == "code_only":
        return 0
    asks = CONTACT_ASKS[:-1] if dossier.role == "professional" else CONTACT_ASKS
    return len([ask for ask in asks if ask not in dossier.answers])


def _fits(dossier: Dossier, item: str) -> bool:
    """Whether an item is for this role, age and form of exploitation (domain.md 3.3, 3.4)."""
    role, band, found = dossier.role, dossier.facts().band, set(dossier.indicators())
    if item == "toestemming_betrokkene_bekend":  # who does not know of it cannot agree; a parent speaks for a child
        knows = dossier.value("person_knows") not in ("no", "unknown", "rather_not_say")
        return knows and (role == "professional" or (role == "parent" and band in FROM_16))
    if item == "ouders_informeren":
        at_home = FAMILY in found or KEEP_FROM_PARENTS in dossier.said
        return role == "self" and band in UNDER_16 and not at_home
    exploited = any(catalogue()[indicator].category == "uitbuitingsvorm" for indicator in found)
    signs = (role == "self" and band in FROM_16) or (role == "parent" and band in UNDER_16)
    return exploited and signs and given(dossier, "contact_terug")  # the written form follows (domain.md 3.4)


def given(dossier: Dossier, item: str) -> bool:
    """True when the visitor said yes to a consent item ("weet ik nog niet" counts as no for now)."""
    return dossier.consent.get(item, {}).get("waarde") == "ja"


def is_short_story(text: str, indicators: list[str]) -> bool:
    """A story so short that the visitor is invited to go on before the first question."""
    return len(text.split()) < SHORT_STORY_WORDS and not indicators
