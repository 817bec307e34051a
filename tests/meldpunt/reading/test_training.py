"""Data, noise and calibration of the reader; what needs torch runs where torch is (``.venv-train``)."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from meldpunt.reading.training import data
from meldpunt.reading.training.augment import join, noisy, twents
from meldpunt.reading.training.calibrate import calibrate, fallback_threshold, label_thresholds, mix
from meldpunt.reading.training.data import DataError, Example
from meldpunt.reading.training.gold import Predictions
from meldpunt.reading.training.metrics import score
from meldpunt.reading.training.vocabulary import build_tokenizer, prune, same_segmentation


def a_message(text: str, *asserted: str) -> Example:
    return Example(text, dict.fromkeys(asserted, True) | {"acute": False}, complete=True, source="p01")


def test_rows_of_a_pass_become_examples(tmp_path: Path) -> None:
    row = {
        "text": "moet naar dat hotel",
        "indicators": ["hotelafspraak"],
        "not": ["bedreiging"],
        "acute": True,
    }
    (tmp_path / "p01.jsonl").write_text(json.dumps(row) + "\n")
    (example,) = data.read_messages(tmp_path)
    assert example.asserted == {"hotelafspraak", "acute"}
    assert example.hard == {"bedreiging"}
    assert example.complete


def test_a_broken_row_is_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "p01.jsonl").write_text(
        '{"text": "a", "indicators": [], "not": [], "acute": false}\n{"text": "b"}\n'
    )
    with pytest.raises(DataError, match=r"p01\.jsonl:2"):
        list(data.read_messages(tmp_path))


def test_entity_marks_are_taken_out_of_intent_examples(tmp_path: Path) -> None:
    (tmp_path / "greet.yml").write_text(
        'nlu:\n- intent: greet\n  examples: |\n    - moi uit [Almelo](place)\n    - [hoi]{"entity": "x"}\n'
    )
    assert [(e.text, e.intent) for e in data.read_intents(tmp_path)] == [
        ("moi uit Almelo", "greet"),
        ("hoi", "greet"),
    ]


def test_the_same_texts_are_kept_apart_however_the_data_grows() -> None:
    few = [a_message(f"bericht {i}") for i in range(500)]
    many = [*few, *(a_message(f"later bericht {i}") for i in range(500))]
    _, dev = data.split(few, data.DEV_SHARE)
    _, later = data.split(many, data.DEV_SHARE)
    assert 20 < len(dev) < 65
    assert {e.text for e in dev} <= {e.text for e in later}


def test_held_out_files_do_not_change_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "p01.jsonl").write_text("{}")
    before = data.fingerprint([tmp_path])
    (tmp_path / "heldout1.jsonl").write_text("{}")
    assert data.fingerprint([tmp_path]) == before
    (tmp_path / "p02.jsonl").write_text("{}")
    assert data.fingerprint([tmp_path]) != before


def test_joined_messages_assert_what_either_asserts() -> None:
    first = Example(
        "hij dreigt", {"bedreiging": True, "acute": False}, frozenset({"hotelafspraak"}), complete=True
    )
    second = Example("in een hotel", {"hotelafspraak": True, "acute": True}, complete=True)
    joined = join(first, second, random.Random(1))
    assert joined.asserted == {"bedreiging", "hotelafspraak", "acute"}
    assert joined.hard == frozenset()
    assert joined.text.startswith("hij dreigt")
    assert joined.text.endswith("in een hotel")


def test_noise_is_the_same_for_the_same_seed_and_keeps_the_text_readable() -> None:
    text = "Hij zegt dat ik morgen niet naar school mag, anders stuurt hij die foto door."
    copies = [noisy(text, random.Random(seed)) for seed in range(50)]
    assert copies == [noisy(text, random.Random(seed)) for seed in range(50)]
    assert len(set(copies)) > 20
    assert all(0.7 < len(copy) / len(text) < 1.3 for copy in copies)


def test_pruning_keeps_the_segmentation_of_what_the_data_uses() -> None:
    singles = [(letter, -9.0) for letter in "▁abcdefghijklmnopqrstuvwxyz:"]
    words = [
        ("▁hotel", -4.0),
        ("▁school", -4.1),
        ("▁zebra", -4.2),
        ("query", -5.0),
        ("▁query", -5.0),
        ("ção", -3.0),
    ]
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *singles, *words]
    vocabulary = prune(pieces, ["naar dat hotel", "op school"], size=35)
    kept = set(vocabulary.tokenizer.get_vocab())
    assert {"▁hotel", "▁school"} <= kept
    assert "ção" not in kept
    assert same_segmentation(build_tokenizer(pieces), vocabulary, ["hotel op school", "naar school"]) == (
        1.0,
        1.0,
    )
    assert [pieces[row][0] for row in vocabulary.rows] == [
        vocabulary.tokenizer.id_to_token(i) for i in range(len(vocabulary.rows))
    ]


def test_a_rare_indicator_gets_about_the_common_threshold() -> None:
    rng = np.random.default_rng(1)
    gold = rng.random((400, 3)) < np.array([0.4, 0.4, 0.3])
    gold[:, 1] = False
    gold[0, 1] = True
    sure = np.where(gold, rng.uniform(0.3, 0.9, gold.shape), rng.uniform(0.0, 0.35, gold.shape)).astype(
        np.float32
    )
    sure[0, 1] = 0.95
    thresholds, acute = label_thresholds(gold, sure, ["often", "rare"])
    assert abs(thresholds["rare"] - thresholds["often"]) < 0.05
    assert 0.1 < acute < 0.5


def test_the_linear_reader_is_mixed_in_only_where_it_helps() -> None:
    corpus = data.Corpus([], [], [], ("a", "b"), ())
    examples = [a_message(f"m{i}", *(["a"] if i % 2 else ["b"])) for i in range(60)]
    gold = np.array([[bool(i % 2), not i % 2, False] for i in range(60)])
    blind = Predictions(np.full((60, 3), 0.3, np.float32), np.zeros((60, 1), np.float32))
    seeing = (gold.astype(np.float32) * 0.8, np.zeros((60, 0), np.float32))
    assert calibrate(blind, seeing, examples, corpus).mixture["indicators"] > 0
    good = Predictions(seeing[0], np.zeros((60, 1), np.float32))
    assert calibrate(good, (blind.labels, seeing[1]), examples, corpus).mixture["indicators"] == 0
    assert mix(blind.labels, seeing[0], 0.0) is not None


def test_the_fallback_threshold_parts_right_from_wrong_guesses() -> None:
    intents = np.array([[0.9, 0.1], [0.8, 0.2], [0.45, 0.4], [0.43, 0.41]], np.float32)
    found = fallback_threshold(intents, np.array([0, 0, 1, 1]))
    assert 0.43 < found <= 0.6


def test_micro_f1_counts_all_labels_together() -> None:
    gold = np.array([[True, False], [True, True]])
    found = np.array([[True, True], [False, True]])
    figures = score(gold, found)
    assert figures.precision == pytest.approx(2 / 3)
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.macro_f1 == pytest.approx(2 / 3)


def test_twents_noise_changes_words_and_keeps_the_rest() -> None:
    text = "Mijn dochter komt 's avonds niet thuis uit school, 15 jaar."
    imitated = {twents(text, random.Random(seed)) for seed in range(20)}
    assert len(imitated) > 10
    assert all("15" in each for each in imitated)
    assert any("nich" in each or "neet" in each for each in imitated)
