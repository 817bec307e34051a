"""The contract between bot and handover is published, and refuses what does not fit."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from meldpunt.report import Consent, Field, Report, StoreReport, WantHuman, read_directive, schema

ROOT = Path(__file__).parents[2]


def directive(**report):
    consents = {"opslaan_melding": {"waarde": "ja"}}
    return {"kind": "report", "contract": "1", "report": {"toestemming": consents, **report}}


def test_the_published_schema_is_that_of_the_code():
    assert json.loads((ROOT / "docs/report.schema.json").read_text()) == json.loads(json.dumps(schema()))


def test_a_report_reads_back_as_it_was_written():
    given = Report(toestemming={"opslaan_melding": Consent(waarde="ja")})
    read = read_directive(directive())
    assert isinstance(read, StoreReport)
    assert read.report == given
    assert Report.model_validate_json(given.model_dump_json()) == given


def test_a_report_needs_consent_to_be_stored():
    with pytest.raises(ValidationError, match="opslaan_melding"):
        read_directive({"kind": "report", "contract": "1", "report": {}})


def test_words_are_literal_only_with_consent():
    words = {"feiten": {"eigen_woorden": [{"message": 3, "tekst": "hij stuurt het door"}]}}
    with pytest.raises(ValidationError, match="bewaren_eigen_woorden"):
        read_directive(directive(**words))
    agreed = {"opslaan_melding": {"waarde": "ja"}, "bewaren_eigen_woorden": {"waarde": "ja"}}
    assert read_directive(directive(**words, toestemming=agreed)).report.keeps_own_words


def test_unknown_not_asked_and_rather_not_say_are_told_apart():
    assert Field[int]().status == "niet_gevraagd"
    assert Field[int](status="wil_niet_zeggen").value is None
    with pytest.raises(ValidationError):
        Field[int](value=15, status="onbekend")
    with pytest.raises(ValidationError):
        Field[int](status="bekend")


def test_a_person_can_be_asked_for_without_a_draft():
    assert read_directive({"kind": "want_human", "reason": "asked", "draft": None}) == WantHuman(
        kind="want_human", reason="asked"
    )


@pytest.mark.parametrize(
    "custom", [None, 3, [], {}, {"kind": "sing"}, {"kind": "report"}, {"kind": "erase", "x": 1}]
)
def test_what_does_not_fit_is_refused(custom):
    with pytest.raises(ValidationError):
        read_directive(custom)
