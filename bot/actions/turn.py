"""One visitor message: safety first, then interruptions, then the answer, then what was volunteered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.actions import answers
from bot.actions.dossier import Dossier
from bot.actions.flow import DISTRESS, is_short_story, level, next_ask
from bot.actions.summary import lines
from bot.actions.texts import Texts
from meldpunt.indicators import SEXUAL, catalogue
from meldpunt.reading import Reading

SURE_INTENT = 0.5
FAQ = "ask_"
FEELINGS = frozenset({"feel_ashamed", "feel_afraid", "distrust", "abusive_language"})
INTERRUPTIONS = frozenset(
    {
        "pause",
        "have_receipt_code",
        "offer_image",
        "other_language",
        "want_human",
        "stop_and_erase",
        "want_callback",
    }
)
SMALL_TALK = frozenset({"thank", "goodbye", "greet", "out_of_scope"})
FREE_TEXT_ASKS = answers.FREE | {"story"}
REVEALED_BY_YES = {"images_exist": "chantage_beeldmateriaal", "money_or_goods": "geld_afstaan"}
REVEALED_BY_NO = {"free_to_go": "controle_en_isolatie"}
QUOTE_WORDS = 10
STORY_WORDS = 6
QUESTION_WITH_STORY_WORDS = 8  # a shorter question is only a question, whatever the reader hears in it


@dataclass
class Reply:
    """What to say: response names with values, extra custom payloads, and choices made here."""

    say: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    customs: list[dict[str, Any]] = field(default_factory=list)
    repeat: bool = False

    def add(self, name: str, **values: str) -> None:
        self.say.append((name, values))


@dataclass(frozen=True)
class Turn:
    """The visitor's message as it came in."""

    text: str
    number: int
    reading: Reading | None
    choice: tuple[str, str] | None
    context: dict[str, Any]

    @property
    def intent(self) -> str | None:
        """The intent where the classifier is sure enough."""
        guess = self.reading.intent if self.reading else None
        return guess.name if guess and guess.confidence >= SURE_INTENT else None


def take(
    dossier: Dossier, turn: Turn, open_ask: str | None, texts: Texts, draft: Callable[[], dict[str, Any]]
) -> Reply:
    """Update the dossier with one message and say what must be said before the next question."""
    reply = Reply()
    dossier.turns += 1
    if turn.choice:
        ask, value = turn.choice
        answer(dossier, _slot(ask), value, turn.number, reply, texts)
        return reply
    if turn.reading is None:
        return reply
    cues = _safety(dossier, turn.reading, reply)
    if _interrupted(dossier, turn, open_ask, reply, draft, texts):
        return reply
    _answer_text(dossier, turn, open_ask, reply, bool(cues), texts)
    return reply


def _slot(ask: str) -> str:
    return ask.replace("consent:", "consent_")


def _safety(dossier: Dossier, reading: Reading, reply: Reply) -> list[str]:
    """Say the fitting safety text first, once per kind (conversation.md, "Safety")."""
    kinds = [cue.kind for cue in reading.safety]
    fresh = [kind for kind in dict.fromkeys(kinds) if kind not in dossier.said]
    hotel = {"afspraak_vandaag", "minderjarige_hotelafspraak"}
    for kind in fresh:
        if kind in hotel and (hotel - {kind}) & (set(dossier.said)):
            dossier.said.append(kind)
            continue
        dossier.said.append(kind)
        reply.add(f"utter_safety_{kind}")
        if kind == "suicidaal":
            reply.add("utter_safety_suicidaal_2")
        if kind == "dader_leest_mee":
            reply.customs.append({"kind": "safe_mode"})
    if set(fresh) & DISTRESS:
        dossier.distress = True
    return fresh


def _interrupted(
    dossier: Dossier,
    turn: Turn,
    open_ask: str | None,
    reply: Reply,
    draft: Callable[[], dict[str, Any]],
    texts: Texts,
) -> bool:
    """Questions back, feelings, and the ways out; True when the open question is simply put again."""
    intent = turn.intent
    if intent is None:
        return False
    tells = bool(turn.reading and turn.reading.asserted) or (
        open_ask == "story" and len(turn.text.split()) >= STORY_WORDS
    )
    if intent == "stop_and_erase":
        return _erase(dossier, reply)
    if intent == "want_human":
        _human(dossier, turn, reply, draft)
    elif intent == "ask_why_this_question":
        name = f"utter_why_{open_ask}"
        reply.add(name if texts.has(name) else "utter_why_consent")
    elif intent.startswith(FAQ):
        reply.add(f"utter_faq_{intent[len(FAQ) :]}", hours=str(turn.context.get("opening_hours") or ""))
        if tells and len(turn.text.split()) >= QUESTION_WITH_STORY_WORDS:
            return False
    elif intent in FEELINGS:
        reply.add(f"utter_{intent}")
        if tells:
            return False
    elif intent in INTERRUPTIONS:
        reply.add(f"utter_{intent}")
        if intent == "pause":
            reply.customs.append({"kind": "pause"})
        if intent == "other_language":
            dossier.misses = 0
    elif intent == "repeat_question":
        pass
    elif intent == "correct_answer" and turn.reading:
        _correct(dossier, turn, reply)
    elif (
        intent in SMALL_TALK
        and not tells
        and open_ask not in FREE_TEXT_ASKS
        and _no_answer(dossier, turn, open_ask)
    ):
        reply.add(f"utter_{intent}")
    else:
        return False
    reply.repeat = True
    return True


def _no_answer(dossier: Dossier, turn: Turn, open_ask: str | None) -> bool:
    return (
        open_ask is None or turn.reading is None or answers.parse(open_ask, turn.text, turn.reading) is None
    )


def _erase(dossier: Dossier, reply: Reply) -> bool:
    if dossier.erase_asked or "erase_once" in dossier.flags:
        _do_erase(dossier, reply)
    else:
        dossier.erase_asked = True
        dossier.flags.append("erase_once")
    return True


def _do_erase(dossier: Dossier, reply: Reply) -> None:
    address = dossier.address
    dossier.__dict__.update(Dossier(finished=True, address=address).__dict__)
    reply.add("utter_erased")
    reply.customs.append({"kind": "erase"})


def _human(dossier: Dossier, turn: Turn, reply: Reply, draft: Callable[[], dict[str, Any]]) -> None:
    if turn.context.get("staff_online"):
        reply.add("utter_want_human_now")
        reply.customs.append({"kind": "want_human", "reason": "asked", "draft": draft()})
        return
    reply.add("utter_want_human_closed", opening=str(turn.context.get("next_open") or ""))
    reply.add("utter_want_human_numbers")


def _correct(dossier: Dossier, turn: Turn, reply: Reply) -> None:
    reading = turn.reading
    if reading and (reading.age or (reading.gemeente and reading.gemeente != "?") or reading.moment):
        dossier.answers.pop("when", None) if reading.moment else None
        dossier.add_reading(reading, turn.number)
        reply.add("utter_corrected")
    else:
        reply.add("utter_correct_which")


def _answer_text(
    dossier: Dossier, turn: Turn, open_ask: str | None, reply: Reply, alarmed: bool, texts: Texts
) -> None:
    reading = turn.reading
    assert reading is not None
    value = answers.parse(open_ask, turn.text, reading) if open_ask and open_ask != "story" else None
    if open_ask == "story" and answers.is_done(turn.text) and dossier.texts:
        answer(dossier, "story", "done", turn.number, reply, texts)
        return
    told = _tells(dossier, turn, open_ask, value)
    if told:
        _take_story(dossier, turn, reply, alarmed)
    if value is not None and open_ask:
        if open_ask in answers.FREE and reading.asserted:
            dossier.add_reading(reading, turn.number)
        answer(dossier, open_ask, value, turn.number, reply, texts)
    elif told or alarmed:
        dossier.misses = 0
    else:
        _not_understood(dossier, open_ask, turn, reply)


def _tells(dossier: Dossier, turn: Turn, open_ask: str | None, value: str | None) -> bool:
    """True when the message is (also) story: at the story question, or facts at any other."""
    if open_ask == "story":
        return True
    reading = turn.reading
    assert reading is not None
    if reading.asserted:
        return True
    return (
        value is None
        and open_ask in ("safe_to_type", "in_danger_now", "reporter_role", None)
        and len(turn.text.split()) >= STORY_WORDS
    )


def _take_story(dossier: Dossier, turn: Turn, reply: Reply, alarmed: bool) -> None:
    reading = turn.reading
    assert reading is not None
    first = not dossier.texts
    dossier.add_reading(reading, turn.number)
    if (reading.role and not dossier.role and reading.role != "self") or (
        reading.role == "self" and not dossier.role
    ):
        dossier.note("reporter_role", reading.role, turn.number, "afgeleid")
        set_address(dossier)
    more = first and is_short_story(turn.text, dossier.indicators()) and not alarmed
    dossier.story_more = more
    dossier.note("story", "told", turn.number)
    if first:
        _acknowledge(dossier, reply, alarmed)
        _advise(dossier, reply)


def _acknowledge(dossier: Dossier, reply: Reply, alarmed: bool) -> None:
    """The visitor's own words, never a judgement; nothing sensitive is quoted."""
    for row in dossier.mentions:
        quote = " ".join(row["text"].split())
        usual = row["indicator"] not in SEXUAL and catalogue()[row["indicator"]].category != "acuut"
        if usual and not alarmed and 2 <= len(quote.split()) <= QUOTE_WORDS:
            reply.add("utter_ack_quote", quote=quote)
            return
    reply.add("utter_ack")


def _advise(dossier: Dossier, reply: Reply) -> None:
    found = set(dossier.indicators())
    band = dossier.facts().band
    if band == "under_12" and dossier.role == "self":
        reply.add("utter_under_12")
    if "chantage_beeldmateriaal" in found:
        reply.add("utter_advice_sextortion")
    elif any(catalogue()[i].article.startswith("lid 2: uitbuiting van strafbare") for i in found):
        reply.add("utter_advice_criminal")
    elif dossier.role == "parent":
        reply.add("utter_advice_parent")
    elif dossier.role == "professional":
        reply.add("utter_advice_professional")


def _not_understood(dossier: Dossier, open_ask: str | None, turn: Turn, reply: Reply) -> None:
    dossier.misses += 1
    reply.add("utter_not_understood" if dossier.misses == 1 else "utter_not_understood_twice")
    reply.repeat = True


def set_address(dossier: Dossier) -> None:
    """U for parents and professionals, je for all others (conversation.md, "Roles")."""
    dossier.address = "u" if dossier.role in ("parent", "professional") else "je"


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
        _do_erase(dossier, reply)
    else:
        reply.add("utter_not_erased")


def _consent(dossier: Dossier, item: str, value: str, reply: Reply) -> None:
    words = {"yes": "ja", "no": "nee", "unsure": "later"}
    dossier.consent[item] = {
        "waarde": words.get(value, "nee"),
        "tijdstip": None,
        "tekstversie": "",
        "gegeven_door": "zelf",
    }
    if item == "opslaan_melding" and value != "yes":
        dossier.finished = True
        reply.add("utter_not_stored")
        reply.add("utter_clear_traces")


def _plain(dossier: Dossier, ask: str, value: str, number: int, reply: Reply) -> None:
    if ask == "place":
        dossier.gemeente = value if value not in ("unknown", "rather_not_say") else None
        dossier.candidates = []
    if ask == "age_band" and value not in ("unknown", "rather_not_say"):
        dossier.age = (
            dossier.age if dossier.answers.get("age_band") and dossier.value("age_band") == value else None
        )
    dossier.note(ask, value, number)
    follow_up = ask not in (
        "safe_to_type",
        "story",
        "reporter_role",
        "wants",
        "contact_channel",
        "contact_detail",
        "contact_safe_times",
    )
    if follow_up:
        dossier.followups += 1
        dossier.dont_knows = dossier.dont_knows + 1 if value in ("unknown", "rather_not_say", "unsure") else 0
    if ask == "reporter_role":
        set_address(dossier)
    if ask == "in_danger_now" and value == "yes":
        reply.add("utter_safety_nu_in_gevaar") if "nu_in_gevaar" not in dossier.said else None
        dossier.said.append("nu_in_gevaar")
        _button_mention(dossier, "nu_in_gevaar", number)
    if ask == "safe_to_type" and value == "no":
        dossier.safe_mode = True
        reply.add("utter_safe_mode")
        reply.customs.append({"kind": "safe_mode"})
    revealed = (
        REVEALED_BY_YES.get(ask) if value == "yes" else REVEALED_BY_NO.get(ask) if value == "no" else None
    )
    if revealed:
        _button_mention(dossier, revealed, number)
    if ask == "others_involved" and value == "yes":
        dossier.flags.append("multiple_victims")


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
    keys = {line.key for line in lines(dossier, texts)}
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


def asked_next(dossier: Dossier) -> str | None:
    """The next ask, with what the summary buttons opened put first."""
    if dossier.finished or dossier.erase_asked:
        return next_ask(dossier)
    for flag in dossier.flags:
        if flag in ("change", "remove"):
            return f"summary_{flag}"
        if flag.startswith("reask:"):
            ask = flag.removeprefix("reask:")
            if ask in dossier.answers:
                dossier.flags.remove(flag)
                break
            return ask
    return next_ask(dossier)


__all__ = ["Reply", "Turn", "answer", "asked_next", "level", "take"]
