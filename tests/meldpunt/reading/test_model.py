"""The trained reader as the product uses it: evidence, long texts, and clear words when it is broken."""

from __future__ import annotations

import hashlib
import json
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

from meldpunt.reading import model as reading_model
from meldpunt.reading.linear import BUCKETS, LinearReader, hashed
from meldpunt.reading.model import (
    ReaderModel,
    ReaderModelDamaged,
    ReaderModelMissing,
    ReaderModelUnfit,
    read_card,
)

ARTEFACT = Path(__file__).resolve().parents[3] / "models" / "reader"
needs_artefact = pytest.mark.skipif(
    not (ARTEFACT / "reader.json").exists(), reason="models/reader isn't made yet"
)

LETTERS = "abcdefghijklmnopqrstuvwxyz.,!?'0123456789"
WORDS = ("▁pasje", "▁hotel", "▁help")
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *LETTERS, *WORDS]
LABELS = ("documenten_afgenomen", "hotelafspraak", "acute")
CARD: dict[str, Any] = {
    "version": "test",
    "data_fingerprint": "0",
    "indicators": list(LABELS[:-1]),
    "intents": ["greet", "tell_story"],
    "thresholds": {"documenten_afgenomen": 0.5, "hotelafspraak": 0.5},
    "acute_threshold": 0.4,
    "temperature": 1.0,
    "intent_threshold": 0.4,
    "mixture": {"indicators": 0.0, "intents": 0.0},
    "prefix": [0],
    "end": 2,
    "max_tokens": 160,
}


class WordSession:
    """Stands in for the network: each known word gives its label 6 points, at its own token."""

    def run(self, _outputs: None, inputs: dict[str, Any]) -> list[Any]:
        ids = inputs["ids"][0]
        parts = np.zeros((1, len(ids), len(LABELS)), np.float32)
        for label, word in enumerate(WORDS):
            parts[0, ids == PIECES.index(word), label] = 6
        labels = parts.sum(1) - 3
        return [labels, np.array([[0.0, 1.0]], np.float32), parts]


def a_tokenizer() -> Tokenizer:
    scores = dict.fromkeys(WORDS, -1.0)
    tokenizer = Tokenizer(Unigram([(piece, scores.get(piece, -5.0)) for piece in PIECES], unk_id=3))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def a_model(linear: LinearReader | None = None, **changes: Any) -> ReaderModel:
    return ReaderModel({**CARD, **changes}, WordSession(), a_tokenizer(), linear)


def an_artefact(folder: Path) -> Path:
    files = {"model.onnx": b"no network", "tokenizer.json": a_tokenizer().to_str().encode()}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    (folder / "reader.json").write_text(json.dumps({**CARD, "format": reading_model.FORMAT, "files": hashes}))
    return folder


def test_an_asserted_indicator_comes_with_the_words_that_carry_it() -> None:
    text = "hij hield mijn PASJE  pasje, zei ze"
    (found,) = a_model().predict(text).asserted
    name, certainty, start, end = found
    assert (name, text[start:end]) == ("documenten_afgenomen", "pasje")
    assert certainty > 0.9


def test_the_surest_indicator_comes_first_and_those_below_their_threshold_stay_out() -> None:
    output = a_model(thresholds={"documenten_afgenomen": 0.9, "hotelafspraak": 0.99}).predict("pasje hotel")
    assert [row[0] for row in output.asserted] == ["documenten_afgenomen"]


def test_evidence_points_into_the_text_as_typed_also_after_odd_characters() -> None:
    text = "\ufdfa\ufdfa 😀😀  ﬁjn\n\nhotel!!"
    (found,) = a_model().predict(text).asserted
    assert text[found[2] : found[3]] == "hotel"


def test_what_stands_at_the_end_of_a_very_long_message_is_read() -> None:
    text = "een heel verhaal over van alles. " * 60 + "en toen naar dat hotel"
    output = a_model().predict(text)
    assert len(output.windows) > 3
    (found,) = output.asserted
    assert text[found[2] : found[3]] == "hotel"


def test_windows_together_hold_every_token_of_a_text() -> None:
    model = a_model()
    text = "abc " * 200
    tokens = {offset for window in model.predict(text).windows for offset in window.offsets}
    assert tokens == set(a_tokenizer().encode(text).offsets)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "😀", "/greet", "\ufdfa" * 50])
def test_anything_a_stranger_types_gives_an_answer(text: str) -> None:
    output = a_model().predict(text)
    assert output.asserted == ()
    assert sum(p for _, p in output.intents) == pytest.approx(1)


def test_the_acute_head_has_its_own_threshold() -> None:
    assert a_model().predict("help").acute
    assert not a_model().predict("pasje").acute


def test_an_unsure_intent_is_known_to_be_unsure() -> None:
    assert a_model(intent_threshold=0.7).predict("hoi").intent_is_sure
    assert not a_model(intent_threshold=0.8).predict("hoi").intent_is_sure


def test_the_linear_reader_moves_the_probabilities_by_its_share() -> None:
    outputs = len(LABELS) + 2
    silent = LinearReader.quantised(
        np.zeros((BUCKETS, outputs), np.float32), np.zeros(outputs, np.float32), np.ones(BUCKETS, np.float32)
    )
    alone = a_model().predict("pasje").indicators["documenten_afgenomen"]
    mixed = a_model(silent, mixture={"indicators": 0.5, "intents": 0.5}).predict("pasje")
    odds = (alone / (1 - alone)) ** 0.5  # the silent reader's log odds are 0: half of the network's remain
    assert mixed.indicators["documenten_afgenomen"] == pytest.approx(odds / (1 + odds), abs=1e-4)
    assert sum(p for _, p in mixed.intents) == pytest.approx(1)


def test_hashed_ngrams_are_the_same_on_every_machine() -> None:
    places, often = hashed("Hij zegt hij")
    assert len(set(places.tolist())) == len(places)
    assert int(places.sum()) == 1008073
    assert often.max() == pytest.approx(1 + np.log(2))


def test_a_missing_artefact_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ReaderModelMissing, match="make train-reader"):
        ReaderModel.load(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (an_artefact(tmp_path) / "tokenizer.json").unlink()
    with pytest.raises(ReaderModelMissing, match=r"tokenizer\.json"):
        ReaderModel.load(tmp_path)


def test_a_file_of_another_training_is_refused(tmp_path: Path) -> None:
    (an_artefact(tmp_path) / "tokenizer.json").write_text("{}")
    with pytest.raises(ReaderModelDamaged, match=r"tokenizer\.json"):
        ReaderModel.load(tmp_path)


def test_an_unreadable_card_is_refused(tmp_path: Path) -> None:
    (an_artefact(tmp_path) / "reader.json").write_text("{")
    with pytest.raises(ReaderModelDamaged, match=r"reader\.json"):
        ReaderModel.load(tmp_path)


def test_an_artefact_for_other_code_is_refused(tmp_path: Path) -> None:
    card = json.loads((an_artefact(tmp_path) / "reader.json").read_text())
    (tmp_path / "reader.json").write_text(json.dumps({**card, "format": reading_model.FORMAT + 1}))
    with pytest.raises(ReaderModelUnfit, match="format"):
        ReaderModel.load(tmp_path)


def test_a_network_that_cannot_be_loaded_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReaderModelUnfit, match="cannot be loaded"):
        ReaderModel.load(an_artefact(tmp_path))


@needs_artefact
def test_the_shipped_reader_is_whole_and_small() -> None:
    card = read_card(ARTEFACT)
    assert len(card["indicators"]) == 50
    assert set(card["thresholds"]) == set(card["indicators"])
    assert sum(file.stat().st_size for file in ARTEFACT.iterdir()) <= 40e6


@needs_artefact
def test_the_shipped_reader_reads_fast_enough() -> None:
    begun = time.perf_counter()
    model = ReaderModel.load(ARTEFACT)
    assert time.perf_counter() - begun < 3
    texts = [
        "hij heeft mijn pasje en ik moet vrijdag naar een hotel in hengelo anders stuurt ie die foto door"
    ] * 20
    times = []
    for text in texts:
        begun = time.perf_counter()
        assert model.predict(text).asserted is not None
        times.append(time.perf_counter() - begun)
    assert statistics.median(times) < 0.1  # 15 ms on an idle core; a busy one must not make the test fail
