"""The readable analysis of a message: as text, as JSON and as marked words."""

from __future__ import annotations

import json

import pytest

from meldpunt.indicators.__main__ import main
from meldpunt.indicators.analysis import as_html, as_json, as_text
from meldpunt.indicators.labels import labels
from meldpunt.reading.types import Age, IntentGuess, Mention, Place, Reading, SafetyCue

TEXT = "ik ben 15 en hij dreigt <b>alles</b> door te sturen in Hengelo, hij heeft me nooit geslagen"


def mention(indicator: str, words: str, **known: object) -> Mention:
    start = TEXT.index(words)
    return Mention(indicator, start, start + len(words), words, **known)  # type: ignore[arg-type]


READING = Reading(
    text=TEXT,
    mentions=(
        mention(
            "chantage_beeldmateriaal", "dreigt <b>alles</b> door te sturen", time="nu", experiencer="melder", certainty=0.83
        ),
        mention("bedreiging", "hij dreigt", rule="bedreiging:7", recognised_by="regel"),
        mention("fysiek_geweld", "nooit geslagen", polarity="ontkend"),
    ),
    safety=(SafetyCue("nu_in_gevaar", 0, 6, "ik ben", "reader"),),
    acute=True,
    age=Age(15, 7, 9, "melder"),
    places=(Place("Hengelo", "Hengelo", ("Hengelo",), "zeker", 52, 59),),
    gemeente="Hengelo",
    platforms=("snapchat",),
    moment="now",
    role="self",
    intent=IntentGuess("tell_story", 0.4, sure=False),
)  # fmt: skip


def test_the_text_names_words_context_and_what_recognised_them() -> None:
    lines = [" ".join(line.split()) for line in as_text(READING).splitlines()]
    assert (
        "1. Chantage met foto's of filmpjes (sextortion) (chantage_beeldmateriaal), dwangmiddel, gewicht 4"
        in lines
    )
    for line in (
        "woorden «dreigt <b>alles</b> door te sturen» (17-51)", "tijd nu", "wie melder", "zekerheid 83 %",
        "herkend door regel: bedreiging:7", "polariteit ontkend", "leeftijd 15 jaar (melder)",
        "plaats Hengelo: Hengelo", "platform snapchat", "moment nu", "melder zelf",
        "Nu in gevaar: «ik ben» (model)", "tell_story (40 %, onzeker)", "niveau hoog",
    ):  # fmt: skip
        assert line in lines


def test_the_text_says_which_rules_fire_by_which_indicators() -> None:
    assert "H3 Chantage met beelden van een minderjarige (hoog); door: chantage_beeldmateriaal" in as_text(
        READING
    )
    assert "H10" in as_text(READING)
    assert "nog te vragen" in as_text(READING)


def test_what_is_denied_is_shown_and_moves_no_rule() -> None:
    assert "Lichamelijk geweld" in as_text(READING)
    assert all("fysiek_geweld" not in line for line in as_text(READING).splitlines() if "regel" in line)


def test_a_message_that_says_nothing_is_said_to_give_nothing() -> None:
    said = as_text(Reading(text="hoi"))
    assert "geen regel geldt" in said
    assert "niet gezegd" in said


def test_the_json_holds_the_reading_and_the_proposal() -> None:
    data = json.loads(json.dumps(as_json(READING)))
    assert Reading.from_dict(data) == READING
    assert data["triage"]["level"] == "hoog"
    assert {"H3", "H10"} <= {rule["id"] for rule in data["triage"]["rules"]}


def test_the_page_marks_the_words_and_lets_no_markup_through() -> None:
    page = as_html(READING)
    assert "<b>" not in page
    assert "&lt;b&gt;alles&lt;/b&gt;" in page
    assert "Chantage met foto&#x27;s of filmpjes (sextortion)" in page
    assert "Lichamelijk geweld (telt niet mee)" in page
    assert labels().colours["dwangmiddel"] in page
    assert 'lang="nl"' in page


@pytest.mark.parametrize("shape", [[], ["--json"], ["--html"]])
def test_the_command_reads_a_message(shape: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["hij dreigt mijn foto door te sturen", "--role", "zelf", *shape])
    assert "chantage_beeldmateriaal" in capsys.readouterr().out or shape == ["--html"]
