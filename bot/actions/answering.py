"""Writing down the answer to an ask, and what follows from it."""

from __future__ import annotations

from bot.actions.answers import WHICH, contact_in
from bot.actions.dossier import Dossier
from bot.actions.erasing import do_erase
from bot.actions.reply import Reply
from bot.actions.story import set_address, young_child
from bot.actions.summary import lines, open_lines
from bot.actions.texts import Texts
from meldpunt.help import fitting
from meldpunt.indicators import catalogue
from meldpunt.report_values import LEEFTIJDSBAND

REVEALED_BY_YES = {"images_exist": "chantage_beeldmateriaal", "money_or_goods": "geld_afstaan"}
REVEALED_BY_NO = {"free_to_go": "controle_en_isolatie"}
WORDS_TELL = frozenset({"observed", "others_involved", "already_done", "says_no", "first_contact", "since_when"})
NO_FOLLOW_UP = frozenset(
    {
        "safe_to_type",
        "story",
        "reporter_role",
        "wants",
        "contact_channel",
        "contact_detail",
        "contact_safe_times",
    }
)
THINKING = "thinking_it_over"
DONT_KNOW = frozenset({"unknown", "rather_not_say", "unsure"})


def answer(dossier: Dossier, ask: str, value: str, number: int, reply: Reply, texts: Texts) -> None:
    """Write down the answer to an ask and do what follows from it."""
    dossier.misses = 0
    if ask == "confirm_erase":
        _confirmed(dossier, value, reply)
    elif ask in ("summary", "summary_change", "summary_remove"):
        _summary(dossier, ask, value, number, texts)
    elif ask.startswith("consent_"):
        _consent(dossier, ask[len("consent_") :], value, reply)
    elif ask == "story":
        dossier.story_more = False
        dossier.note("story", "told", number)
    else:
        _plain(dossier, ask, value, number, reply)


def _confirmed(dossier: Dossier, value: str, reply: Reply) -> None:
    dossier.erase_asked = False
    if value == "yes":
        do_erase(dossier, reply)
    else:
        reply.add("utter_not_erased")


def _consent(dossier: Dossier, item: str, value: str, reply: Reply) -> None:
    if item == "opslaan_melding" and value != "yes" and value != "no" and THINKING not in dossier.said:
        dossier.said.append(THINKING)
        reply.add("utter_think_it_over")  # not yet is a no for now: nothing is kept, and the question stays open
        return
    words = {"yes": "ja", "no": "nee", "unsure": "later"}
    dossier.consent[item] = {
        "waarde": words.get(value, "nee"),
        "tijdstip": None,
        "tekstversie": "",
        "gegeven_door": _given_by(dossier, item),
        "leeftijdsband": LEEFTIJDSBAND.get(dossier.facts().band),
    }
    if item == "contact_terug" and value == "yes":
        _contact_told_before(dossier)
    if item == "opslaan_melding" and value != "yes":
        dossier.finished = True
        reply.add("utter_not_stored")
        say_where_help_is(dossier, reply)
        reply.add("utter_clear_traces")


def _given_by(dossier: Dossier, item: str) -> str:
    """A parent speaks for a child where the item is the child's own (domain.md 3.4)."""
    if item == "toestemming_betrokkene_bekend":
        return "nvt"
    return "wettelijk_vertegenwoordiger" if item == "delen_comensha" and dossier.role == "parent" else "zelf"


def say_where_help_is(dossier: Dossier, reply: Reply) -> None:
    """At most three fitting organisations (domain.md 5)."""
    fit = fitting(dossier.indicators(), dossier.role or "self", dossier.facts().band, dossier.said)
    reply.add("utter_help", organisations=", ".join(each.say() for each in fit))


def _contact_told_before(dossier: Dossier) -> None:
    """A number in the story is not asked again; it stands in the summary to be looked at."""
    for number, text in dossier.texts.items():
        found = contact_in(text)
        if "contact_detail" in found:
            found.pop("contact_safe_times", None)  # days and hours in a story are about what happens
            for ask, value in found.items():
                dossier.note(ask, value, int(number))


def _plain(dossier: Dossier, ask: str, value: str, number: int, reply: Reply) -> None:
    if ask == "place" and not answer_place(dossier, value, number):
        return
    if ask == "contact_detail" and value == "code_only":
        ask = "contact_channel"
    if ask == "age_band" and value not in ("unknown", "rather_not_say"):
        dossier.age = (
            dossier.age if dossier.answers.get("age_band") and dossier.value("age_band") == value else None
        )
    dossier.note(ask, value, number)
    if ask in WORDS_TELL:
        dossier.add_flags(value)
    if ask not in NO_FOLLOW_UP:
        dossier.followups += 1
        dossier.dont_knows = dossier.dont_knows + 1 if value in DONT_KNOW else 0
    if value == "rather_not_say":
        reply.add("utter_skip")
    if ask == "reporter_role":
        set_address(dossier)
    young_child(dossier, reply)
    if ask == "in_danger_now" and value == "yes":
        reply.add("utter_safety_nu_in_gevaar") if "nu_in_gevaar" not in dossier.said else None
        dossier.said.append("nu_in_gevaar")
        _button_mention(dossier, "nu_in_gevaar", number)
    if ask == "safe_to_type":
        dossier.safe_mode = value == "no"
    if ask == "safe_to_type" and value == "no":
        reply.add("utter_safe_mode")
        reply.customs.append({"kind": "safe_mode"})
    revealed = (
        REVEALED_BY_YES.get(ask) if value == "yes" else REVEALED_BY_NO.get(ask) if value == "no" else None
    )
    if revealed:
        _button_mention(dossier, revealed, number)
    if ask == "others_involved" and value == "yes" and "multiple_victims" not in dossier.flags:
        dossier.flags.append("multiple_victims")


def answer_place(dossier: Dossier, value: str, number: int) -> bool:
    """Write down a place; False where several municipalities hold it and one must be chosen."""
    if value.startswith(WHICH):
        dossier.candidates = value.removeprefix(WHICH).split(",")
        return False
    dossier.gemeente = value if value not in ("unknown", "rather_not_say") else None
    dossier.candidates = []
    dossier.note("place", value, number)
    return True


def _button_mention(dossier: Dossier, indicator: str, number: int) -> None:
    if indicator in dossier.indicators():
        return
    dossier.mentions.append(
        {
            "indicator": indicator, "start": 0, "end": 0, "text": "", "polarity": "bevestigd", "modality": "feit",
            "time": "onbekend", "experiencer": "melder" if dossier.role == "self" else "betrokkene",
            "source": "zelf_meegemaakt" if dossier.role == "self" else "vermoeden", "recognised_by": "knop", "rule": None,
            "certainty": 1.0, "version": "", "dropped_because": None, "message": number,
        }
    )  # fmt: skip


def _summary(dossier: Dossier, ask: str, value: str, number: int, texts: Texts) -> None:
    if ask == "summary":
        if value == "correct":
            dossier.note("summary", "correct", number)
        elif value == "erase":
            dossier.erase_asked = True
        else:
            dossier.flags = [f for f in dossier.flags if f not in ("change", "remove")] + [value]
        return
    dossier.flags = [f for f in dossier.flags if f not in ("change", "remove")]
    keys = {line.key for line in (*lines(dossier, texts), *open_lines(dossier, texts))}
    if value not in keys:
        return
    if value in catalogue().indicators:
        dossier.removed.append(value)
        dossier.mentions = [row for row in dossier.mentions if row["indicator"] != value]
    else:
        dossier.answers.pop(value, None)
        if value == "age_band":
            dossier.age = None
        if value == "place":
            dossier.gemeente = None
        if ask == "summary_change":
            dossier.flags.append(f"reask:{value}")
        else:
            dossier.note(value, "", number, status="wil_niet_zeggen")
