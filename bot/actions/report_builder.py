"""From the dossier to the structured report of the contract (``meldpunt/report.py``)."""

from __future__ import annotations

from typing import Any

from bot.actions.dossier import Answer, Dossier
from bot.actions.flow import given
from bot.actions.summary import FIELD_OF, lines
from bot.actions.texts import Texts
from meldpunt import report as contract
from meldpunt.indicators import catalogue
from meldpunt.reading import reader_fingerprint
from meldpunt.triage import Assessment, assess, rule_set

BOT_VERSION = "0.1.0"
VALUES = {
    "reporter_role": contract.ROL,
    "age_band": contract.LEEFTIJDSBAND,
    "when": contract.WANNEER,
    "wants": contract.WENS,
    "contact_channel": contract.CONTACTWIJZE,
}
YES_NO = {"yes": "ja", "no": "nee", "unsure": "weet_niet"}
AS_LIST = frozenset({"platform"})


def build(dossier: Dossier, texts: Texts, now: str, finished: bool) -> dict[str, Any]:
    """The report as JSON; ``now`` is an ISO time, ``finished`` False for a draft."""
    assessment = assess(dossier.facts())
    keeps_words = given(dossier, "bewaren_eigen_woorden")
    blocks: dict[str, dict[str, Any]] = {"melder": {}, "betrokkene": {}, "feiten": {}, "hulp": {}}
    for ask, path in FIELD_OF.items():
        if answer := dossier.answers.get(ask):
            block, name = path.split(".")
            blocks[block][name] = _field(ask, answer)
    if dossier.age is not None:
        blocks["betrokkene"]["leeftijd"] = {"value": dossier.age, "status": "bekend", "source": "afgeleid"}
    blocks["feiten"]["indicatoren"] = [_mention(row, keeps_words) for row in dossier.mentions]
    blocks["feiten"]["samenvatting"] = [
        {"veld": line.field, "tekst": line.text} for line in lines(dossier, texts)
    ]
    if keeps_words:
        blocks["feiten"]["eigen_woorden"] = [
            {"message": int(number), "tekst": text[:2000]} for number, text in dossier.texts.items()
        ]
    report = contract.Report.model_validate(
        {
            "melding": _melding(dossier, now, finished),
            **blocks,
            "veiligheid": _safety(dossier),
            "toestemming": dict(dossier.consent.items()),
            "triage": _triage(assessment),
            "kwaliteit": {
                "volledigheid": assessment.completeness,
                "ontbreekt": list(assessment.missing),
                "beurten": dossier.turns,
                "mogelijk_niet_serieus": dossier.not_serious and not _signals(dossier),
            },
        }
    )
    return report.model_dump(mode="json")


def _field(ask: str, answer: Answer) -> dict[str, Any]:
    if answer.status != "bekend":
        return {"status": answer.status, "source": answer.source, "message": answer.message}
    value: Any = VALUES.get(ask, {}).get(answer.value, YES_NO.get(answer.value, answer.value))
    if ask in AS_LIST:
        value = [part.strip() for part in answer.value.split(",")]
    return {"value": value, "status": "bekend", "source": answer.source, "message": answer.message}


def _mention(row: dict[str, Any], keeps_words: bool) -> dict[str, Any]:
    return {
        "indicator": row["indicator"], "message": row["message"], "start": row["start"], "eind": row["end"],
        "tekst": row["text"][:2000] if keeps_words else None, "polariteit": row["polarity"], "modaliteit": row["modality"],
        "tijd": row["time"], "wie": row["experiencer"], "bron": row["source"], "herkend_door": row["recognised_by"],
        "regel": row["rule"], "zekerheid": row["certainty"], "versie": row["version"],
        "vervallen_omdat": row["dropped_because"],
    }  # fmt: skip


def _melding(dossier: Dossier, now: str, finished: bool) -> dict[str, Any]:
    return {
        "begonnen_op": dossier.started, "afgerond_op": now if finished else None, "afgebroken": not finished,
        "botversie": BOT_VERSION, "ontologieversie": catalogue().version, "regelversie": rule_set().version,
        "leesversie": reader_fingerprint(),
    }  # fmt: skip


def _safety(dossier: Dossier) -> dict[str, Any]:
    found: dict[str, Any] = {"signalen": _signals(dossier)}
    for ask, name in (("safe_to_type", "veilig_typen"), ("in_danger_now", "nu_in_gevaar")):
        if (answer := dossier.answers.get(ask)) and answer.value in YES_NO:
            found[name] = {"value": YES_NO[answer.value], "status": "bekend", "message": answer.message}
    return found


def _signals(dossier: Dossier) -> list[str]:
    """The safety kinds that Sam heard."""
    return [k for k in dossier.said if k in catalogue().indicators or k == "minderjarige_hotelafspraak"]


def _triage(assessment: Assessment) -> dict[str, Any]:
    return {
        "voorstel": assessment.level,
        "regels": [
            {"id": r.id, "titel": r.title, "level": r.level, "because": list(r.because)}
            for r in assessment.rules
        ],
        "afgeleid": list(assessment.derived),
        "scoredelen": [{"deel": part, "punten": points} for part, points in assessment.score_parts],
        "score": assessment.score,
    }
