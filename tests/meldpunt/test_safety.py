"""Safety cues from the words themselves; a denial elsewhere never hides one (domain.md 1.3)."""

from __future__ import annotations

import pytest

from meldpunt.reading.normalise import normalise
from meldpunt.reading.safety import find_cues, heard_kinds
from meldpunt.reading.types import IntentGuess

CUES = [
    ("ik wil niet meer leven door dit", "suicidaal"),
    ("als die foto rondgaat maak ik er een eind aan", "suicidaal"),
    ("kheb geen zin meer in dit leven", "suicidaal"),
    ("hij heeft me nooit geslagen maar ik wil niet meer leven", "suicidaal"),
    ("de deur is op slot en ik kan er niet uit", "opgesloten_vastgehouden"),
    ("ik mag hier niet weg van hun al 3 dagen", "opgesloten_vastgehouden"),
    ("hij leest mee", "dader_leest_mee"),
    ("hij checkt me telefoon straks", "dader_leest_mee"),
    ("mijn dochter is sinds gisteravond weg en haar telefoon staat uit", "vermist_weggelopen"),
    ("ik ben weggelopen en slaap bij iemand die ik net ken", "vermist_weggelopen"),
    ("hij staat nu voor de deur en ik ben alleen", "nu_in_gevaar"),
    ("help ze komen me halen", "nu_in_gevaar"),
]
CALM = [
    "ik ga dood van het lachen", "ik heb geen zelfmoordgedachten, ik ben gewoon verdrietig", "onze kat is weggelopen",
    "ik zat opgesloten in een escape room", "mijn vriendin zit naast me om me te steunen",
    "stel dat er iemand voor de deur staat wat moet je dan doen", "ik heb vanavond een afspraak bij de tandarts",
    "hij heeft ja gezegd want die moest wel", "ze ziet alles want die ipad is gelinkt",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), CUES)
def test_words_of_danger_are_heard(text: str, kind: str) -> None:
    cues = find_cues(normalise(text))
    assert kind in {cue.kind for cue in cues}
    assert all(text[cue.start : cue.end] == cue.text for cue in cues)


@pytest.mark.parametrize("text", CALM)
def test_ordinary_words_raise_no_alarm(text: str) -> None:
    assert find_cues(normalise(text)) == ()


@pytest.mark.parametrize(
    ("intent", "confidence", "sure", "kinds"),
    [
        ("danger_now", 0.9, True, ("nu_in_gevaar", "opgesloten_vastgehouden")),
        ("danger_now", 0.42, False, ("nu_in_gevaar", "opgesloten_vastgehouden")),
        ("suicidal", 0.37, False, ("suicidaal",)),
        ("suicidal", 0.32, False, ()),
        ("someone_is_watching", 0.42, False, ()),  # it hides the conversation: half sure is not enough
        ("someone_is_watching", 0.8, True, ("dader_leest_mee",)),
        ("tell_story", 0.9, True, ()),
    ],
)
def test_danger_and_suicide_are_heard_when_the_classifier_is_half_sure(
    intent: str, confidence: float, sure: bool, kinds: tuple[str, ...]
) -> None:
    assert heard_kinds(IntentGuess(intent, confidence, (), sure)) == kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("pls call police i am in room and can not leave man outside", "nu_in_gevaar"),
        ("they locked us in the house, 5 girls, please come", "opgesloten_vastgehouden"),
        ("i want to die", "suicidaal"),
        ("i'm hiding in a toilet he is angry", "nu_in_gevaar"),
    ],
)
def test_danger_told_in_english_is_danger(text: str, kind: str) -> None:
    assert kind in {cue.kind for cue in find_cues(normalise(text))}
