"""The language model: which one is used, and each context component by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from meldpunt.reading import Reader
from meldpunt.reading.language import MODEL, Language, components
from meldpunt.reading.normalise import normalise
from meldpunt.reading.surroundings import Surroundings

Component = Callable[[Doc], Doc]


@cache
def bare_dutch() -> spacy.language.Language:
    return spacy.blank("nl")


@cache
def without_model() -> Language:
    return Language.load("nl_model_that_is_not_there")


def around(text: str, words: str, *steps: Component, own: bool | None = None) -> Surroundings:
    """The surroundings of ``words`` after only these components, on spaCy's bare Dutch."""
    doc = bare_dutch()(text)
    found = Surroundings(text.index(words), text.index(words) + len(words), own)
    doc._.message, doc._.mentions = normalise(text), [found]
    for step in (components.clauses, *steps):
        doc = step(doc)
    return found


def test_clauses_finds_the_words_their_clause_and_their_sentence_in_plain_dutch() -> None:
    found = around("Kheb geslapen. hij dreigt mij egt, maar ik zeg niks", "dreigt mij egt")
    assert found.words == "dreigt mij echt"
    assert found.clause.strip() == "hij dreigt mij echt"
    assert found.sentence.strip().startswith("hij dreigt mij echt , maar")


@pytest.mark.parametrize(
    ("text", "polarity"),
    [("hij heeft me nooit bedreigd", "ontkend"), ("hij heeft me bedreigd", "bevestigd"),
     ("ik mag niet weg want hij heeft me bedreigd", "bevestigd")],
)  # fmt: skip
def test_polarity_hears_a_denial_that_governs_the_words(text: str, polarity: str) -> None:
    assert around(text, "bedreigd", components.polarity).polarity == polarity


@pytest.mark.parametrize(
    ("text", "modality"),
    [("stel dat iemand wordt bedreigd", "hypothetisch"), ("in de film wordt iemand bedreigd", "citaat/media"),
     ("ik vermoed dat hij wordt bedreigd", "vermoeden"), ("hij wordt bedreigd", "feit")],
)  # fmt: skip
def test_modality_keeps_fact_suspicion_and_film_apart(text: str, modality: str) -> None:
    assert around(text, "bedreigd", components.modality).modality == modality


@pytest.mark.parametrize(
    ("text", "time"),
    [("vanavond word ik opgehaald", "<24u"), ("vrijdag word ik opgehaald", "toekomst"),
     ("vorig jaar was het anders. ik word opgehaald", "onbekend"), ("vorig jaar werd ik opgehaald", ">3m")],
)  # fmt: skip
def test_time_is_what_the_clause_names(text: str, time: str) -> None:
    assert around(text, "opgehaald", components.time).time == time


def test_experiencer_is_the_reporter_where_the_words_say_so() -> None:
    assert around("hij dreigt mij te slaan", "dreigt mij", components.experiencer).experiencer == "melder"
    assert (
        around("hij dreigt haar te slaan", "dreigt haar", components.experiencer).experiencer == "betrokkene"
    )
    assert around("ze dreigen", "dreigen", components.experiencer, own=True).experiencer == "melder"


@pytest.mark.parametrize(
    ("text", "source"),
    [("Zij vertelde mij gisteren dat zij wordt bedreigd", "gehoord_van_betrokkene"),
     ("Ik heb gezien dat zij wordt bedreigd", "zelf_gezien"), ("Het viel op: zij wordt bedreigd", "vermoeden"),
     ("Ik hoorde via anderen dat zij wordt bedreigd", "gehoord_van_ander")],
)  # fmt: skip
def test_source_follows_the_verb_of_the_sentence_in_any_form(text: str, source: str) -> None:
    language = without_model()
    doc = language.parse(normalise(text))
    found = Surroundings(text.index("bedreigd"), len(text))
    language.place(doc, [found])
    assert found.source == source


def test_components_are_registered_under_their_names() -> None:
    nlp = spacy.blank("nl")
    for name in components.CONTEXT:
        nlp.add_pipe(name)
    assert nlp.pipe_names == list(components.CONTEXT)
    assert nlp("zomaar een zin").text == "zomaar een zin"


def test_without_the_model_the_start_up_line_says_so() -> None:
    assert (
        "nl_model_that_is_not_there is not installed"
        in Language.load("nl_model_that_is_not_there").describe()
    )


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], str]:
    """Installs a tiny Dutch model as a package, whole or damaged; gives its name."""

    def install(whole: bool) -> str:
        name = "nl_tiny_whole" if whole else "nl_tiny_damaged"
        nlp = spacy.blank("nl", meta={"name": name[3:], "version": "3.0.1"})
        nlp.add_pipe("sentencizer")
        nlp.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Sanne"}])  # type: ignore[attr-defined]
        package = tmp_path / name
        data = package / f"{name}-3.0.1"
        package.mkdir()
        nlp.to_disk(data)
        (package / "meta.json").write_bytes((data / "meta.json").read_bytes())
        (package / "__init__.py").write_text(
            "from spacy.util import load_model_from_init_py\n\n\n"
            "def load(**chosen):\n    return load_model_from_init_py(__file__, **chosen)\n"
        )
        if not whole:
            (data / "config.cfg").write_text("[nlp\n")
        info = tmp_path / f"{name}-3.0.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 3.0.1\n")
        monkeypatch.syspath_prepend(tmp_path)
        return name

    return install


def test_an_installed_model_is_used_and_gives_names_of_persons(installed: Callable[[bool], str]) -> None:
    language = Language.load(installed(True))
    assert language.describe() == "nl_tiny_whole 3.0.1"
    text = "Ik ken Sanne. hij dreigt Sanne en mij"
    reading = Reader(None, language).read(text)
    assert [text[start:end] for start, end in reading.persons] == ["Sanne", "Sanne"]
    doc = language.parse(normalise(text))
    found = Surroundings(text.index("hij"), len(text))
    language.place(doc, [found])
    assert found.sentence == "hij dreigt sanne en mij"
    assert found.experiencer == "betrokkene"


def test_a_damaged_model_is_not_used_and_named(installed: Callable[[bool], str]) -> None:
    described = Language.load(installed(False)).describe()
    assert "lookup lemmas" in described
    assert "nl_tiny_damaged" in described


def test_the_start_up_line_names_the_reader_and_the_language_model(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="meldpunt.reading"):
        Reader.load()
    assert any("language model: " in record.getMessage() for record in caplog.records)
    assert MODEL in caplog.text or "nl" in caplog.text
