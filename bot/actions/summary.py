"""The summary in plain Dutch: separate lines that the visitor can change or remove."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions.dossier import Dossier
from bot.actions.texts import Texts

FIELD_OF = {
    "reporter_role": "melder.rol",
    "age_band": "betrokkene.leeftijdsband",
    "place": "betrokkene.gemeente",
    "when": "feiten.wanneer",
    "platform": "feiten.platforms",
    "first_contact": "feiten.eerste_contact",
    "since_when": "feiten.begin",
    "age_at_start": "betrokkene.leeftijd_bij_begin",
    "says_no": "feiten.reactie_op_nee",
    "money_or_goods": "feiten.geld_of_spullen",
    "images_exist": "feiten.beelden",
    "free_to_go": "feiten.vrij_om_te_gaan",
    "others_involved": "feiten.anderen_betrokken",
    "who_knows": "hulp.wie_weet_ervan",
    "observed": "feiten.waargenomen",
    "already_done": "hulp.al_gedaan",
    "person_knows": "betrokkene.weet_van_melding",
    "wants": "hulp.wens",
    "contact_channel": "melder.contactwijze",
    "contact_detail": "melder.contactgegeven",
    "contact_safe_times": "melder.veilige_tijden",
}
OWN_LINE = {
    "reporter_role": "rol",
    "age_band": "leeftijd",
    "place": "plaats",
    "when": "wanneer",
    "wants": "wens",
    "contact_channel": "contact",
}
STILL_OPEN = ("age_band", "place", "when")
MAX_SHOWN = 120


@dataclass(frozen=True)
class Line:
    """One line: ``key`` is an ask or an indicator, ``field`` its place in the report, ``text`` what is shown."""

    key: str
    field: str
    text: str


def lines(dossier: Dossier, texts: Texts) -> list[Line]:
    """What was written down, indicators first, in the order of the form."""
    found = [
        Line(indicator, f"feiten.indicatoren.{indicator}", texts.get(f"utter_line_{indicator}"))
        for indicator in dossier.indicators()
        if texts.has(f"utter_line_{indicator}")
    ]
    for ask, field in FIELD_OF.items():
        answer = dossier.answers.get(ask)
        if answer is None or answer.status != "bekend" or ask in dossier.removed:
            continue
        found.append(Line(ask, field, _line(ask, _shown(ask, dossier), texts)))
    return found


def open_lines(dossier: Dossier, texts: Texts) -> list[Line]:
    """What staff would like to know and nobody told yet: it may be filled in at the summary."""
    return [
        Line(ask, FIELD_OF[ask], texts.get("utter_line_open", label=texts.get(f"utter_label_{ask}")))
        for ask in STILL_OPEN
        if ask not in dossier.answers and ask not in dossier.removed
    ]


def as_text(found: list[Line], texts: Texts) -> str:
    """All lines as one message."""
    rows = [f"{number}. {line.text}" for number, line in enumerate(found, 1)]
    return "\n".join([texts.get("utter_summary_intro"), *rows])


def _shown(ask: str, dossier: Dossier) -> str:
    if ask == "age_band" and dossier.age is not None:
        return str(dossier.age)
    value = dossier.answers[ask].value
    return "outside" if value == "buiten" else value


def _line(ask: str, value: str, texts: Texts) -> str:
    words = texts.value(value)[:MAX_SHOWN]
    if ask in OWN_LINE:
        return texts.get(f"utter_line_{OWN_LINE[ask]}", value=words)
    return texts.get("utter_line_antwoord", label=texts.get(f"utter_label_{ask}"), value=words)
