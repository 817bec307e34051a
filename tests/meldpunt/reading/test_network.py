"""The network itself, on a tiny one: only where torch is (``.venv-train``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from meldpunt.reading.training.base_weights import BaseModel, _four_bits  # noqa: E402
from meldpunt.reading.training.batches import NO_INTENT, Batcher  # noqa: E402
from meldpunt.reading.training.data import Corpus, Example  # noqa: E402
from meldpunt.reading.training.export import compare, export_network  # noqa: E402
from meldpunt.reading.training.loop import Settings, predict, train  # noqa: E402
from meldpunt.reading.training.network import FourBitEmbedding, ReaderNetwork, chosen_layers  # noqa: E402
from meldpunt.reading.training.vocabulary import Vocabulary, build_tokenizer  # noqa: E402

torch.set_num_threads(1)
HIDDEN, HEADS, GROWN, LAYERS = 32, 2, 64, 2
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -5.0), (":", -5.0)]
PIECES += [(letter, -6.0) for letter in "abcdefghijklmnopqrstuvwxyz"]
PIECES += [("▁hotel", -2.0), ("▁pasje", -2.0), ("▁hoi", -2.0), ("▁doei", -2.0)]
MESSAGES = [("hotel", "hotelafspraak"), ("pasje", "documenten_afgenomen")]


def a_base() -> BaseModel:
    rng = np.random.default_rng(0)
    shapes = {"emb.word": len(PIECES) * HIDDEN, "emb.pos": 200 * HIDDEN, "emb.type": 2 * HIDDEN}
    sizes = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": GROWN, "fo": HIDDEN}
    tensors = {name: rng.normal(0, 0.1, size).astype(np.float32) for name, size in shapes.items()}
    blocks = rng.integers(0, 16, (len(PIECES), HIDDEN)) - 8
    blocks[:, 0] = -8
    tensors["emb.word"] = (blocks * np.float32(0.03125)).astype(np.float32).ravel()
    for layer in range(LAYERS):
        for part, out in sizes.items():
            width = GROWN if part == "fo" else HIDDEN
            tensors[f"l{layer}.{part}.w"] = rng.normal(0, 0.1, out * width).astype(np.float32)
            tensors[f"l{layer}.{part}.b"] = np.zeros(out, np.float32)
        for norm in ("aln", "oln"):
            tensors[f"l{layer}.{norm}.w"] = np.ones(HIDDEN, np.float32)
            tensors[f"l{layer}.{norm}.b"] = np.zeros(HIDDEN, np.float32)
    tensors["emb.ln.w"], tensors["emb.ln.b"] = np.ones(HIDDEN, np.float32), np.zeros(HIDDEN, np.float32)
    return BaseModel(HIDDEN, LAYERS, HEADS, GROWN, 200, 1e-12, PIECES, tensors)


def a_corpus() -> Corpus:
    messages = [
        Example(f"{word} {extra}", {label: True, "acute": False}, complete=True)
        for word, label in MESSAGES
        for extra in "abcdefgh"
    ]
    intents = [
        Example(f"{w} {x}", intent=i) for w, i in (("hoi", "greet"), ("doei", "goodbye")) for x in "abcdefgh"
    ]
    everything = [*messages, *intents]
    return Corpus(everything, everything, [], ("documenten_afgenomen", "hotelafspraak"), ("goodbye", "greet"))


def a_reader(settings: Settings) -> tuple[ReaderNetwork, Batcher, Corpus]:
    torch.manual_seed(0)
    vocabulary = Vocabulary(build_tokenizer(PIECES), np.arange(len(PIECES)))
    corpus = a_corpus()
    network = ReaderNetwork(a_base(), vocabulary.rows, range(LAYERS), len(corpus.labels), len(corpus.intents))
    return network, Batcher(corpus, vocabulary, settings.batch), corpus


SETTINGS = Settings(epochs=12, layers=LAYERS, batch=4, rate=3e-3, head_rate=1e-2)


def test_both_heads_learn_and_the_export_says_the_same(tmp_path: Path) -> None:
    network, batcher, corpus = a_reader(SETTINGS)
    train(network, corpus, batcher, SETTINGS, tmp_path / "c.pt", lambda line: None)
    found = predict(network, batcher, corpus.dev)
    gold = np.array([[name in e.asserted for name in corpus.labels] for e in corpus.dev])
    messages = np.array([e.complete for e in corpus.dev])
    assert ((found.labels[messages] > 0.5) == gold[messages]).mean() > 0.95
    names = [corpus.intents.index(e.intent) for e in corpus.dev if e.intent]
    assert (found.intents[~messages].argmax(1) == names).mean() > 0.9
    export_network(network, tmp_path / "model.onnx")
    agreement = compare(network, tmp_path / "model.onnx", batcher, [e.text for e in corpus.dev])
    assert agreement.largest < 0.1
    assert agreement.same_intents == 1


def test_an_interrupted_training_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    whole, batcher, corpus = a_reader(SETTINGS)
    train(whole, corpus, batcher, SETTINGS, tmp_path / "whole.pt", lambda line: None)

    class Interrupted(Exception):
        pass

    def stop_after_four(line: str) -> None:
        if line.startswith("epoch 5/"):
            raise Interrupted

    part, batcher, corpus = a_reader(SETTINGS)
    with pytest.raises(Interrupted):
        train(part, corpus, batcher, SETTINGS, tmp_path / "part.pt", stop_after_four)
    again, batcher, corpus = a_reader(SETTINGS)
    said: list[str] = []
    train(again, corpus, batcher, SETTINGS, tmp_path / "part.pt", said.append)
    assert said[0].startswith("resuming after epoch 4")
    one, other = predict(whole, batcher, corpus.dev), predict(again, batcher, corpus.dev)
    np.testing.assert_allclose(one.labels, other.labels, atol=1e-4)


def test_padding_does_not_change_what_is_read() -> None:
    network, batcher, _ = a_reader(SETTINGS)
    network.eval()
    ids = torch.tensor([batcher.encode("hotel a")])
    padded = torch.cat([ids, torch.ones(1, 7, dtype=ids.dtype)], 1)
    mask = torch.cat([torch.ones_like(ids), torch.zeros(1, 7, dtype=ids.dtype)], 1)
    with torch.no_grad():
        plain, longer = network(ids, torch.ones_like(ids)), network(padded, mask)
    torch.testing.assert_close(plain[0], longer[0], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(plain[1], longer[1], atol=1e-5, rtol=1e-4)


def test_the_four_bit_table_is_kept_exactly() -> None:
    table = a_base().matrix("emb.word")
    found = FourBitEmbedding(table)(torch.arange(len(table)))
    np.testing.assert_array_equal(found.numpy(), table)


def test_four_bit_blocks_are_read_low_nibbles_first() -> None:
    raw = np.float16(0.5).tobytes() + bytes([0x10] * 16)
    weights = _four_bits(raw, 32)
    assert weights[:16].tolist() == [-4.0] * 16
    assert weights[16:].tolist() == [-3.5] * 16


def test_near_misses_weigh_more_and_unknown_labels_nothing() -> None:
    _, batcher, _ = a_reader(SETTINGS)
    near = Example("hotel", {"acute": False}, frozenset({"hotelafspraak"}), complete=True)
    seed = Example("pasje", {"documenten_afgenomen": True})
    asked = Example("hoi", intent="greet")
    (batch,) = batcher.plain([near, seed, asked])
    assert batch.weights.tolist() == [[1, 3, 1], [1, 0, 0], [0, 0, 0]]
    assert batch.intents.tolist() == [NO_INTENT, NO_INTENT, 1]


def test_fewer_layers_are_spread_over_all_with_the_last_among_them() -> None:
    assert chosen_layers(12, 12) == tuple(range(12))
    assert chosen_layers(6, 12) == (1, 3, 5, 7, 9, 11)
    assert chosen_layers(1, 12) == (11,)
