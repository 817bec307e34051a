"""The tokenizer: e5's Unigram pieces and scores, pruned to what Dutch chat uses.

Taking a piece away changes the segmentation of a word only if it stood in it; so all that the data uses
stays, and the other places go to the pieces that look most like Dutch. ``same_segmentation`` measures it.
"""

from __future__ import annotations

import math
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

from meldpunt.reading.training.augment import noisy

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
PREFIX = "query:"
SIZE = 40_000  # 30,000 cut 1 word in 55 of unseen texts otherwise than e5; more would break the 40 MB
LAST_SINGLE = (
    0x3000  # single characters below: all alphabets but the thousands of CJK signs, which read as unknown
)
DUTCH = re.compile(r"▁?[a-zA-Zéëèêïîöôüûáàâóçñ0-9'’.,!?:;\-]+")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
TRIGRAM_WEIGHT = 1.0
NOISY_COPIES = 2


@dataclass(frozen=True)
class Vocabulary:
    """The pruned tokenizer and, of each of its pieces, the row in the base model's embedding table."""

    tokenizer: Tokenizer
    rows: NDArray[np.int64]

    @property
    def prefix(self) -> list[int]:
        """Ids that open every text: ``<s>`` and e5's ``query:``."""
        return [0, *self.tokenizer.encode(PREFIX).ids]


def build_tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """Unigram over ``pieces`` with NFKC and metaspace, as the base model's own; offsets are the text's."""
    tokenizer = Tokenizer(Unigram(list(pieces), unk_id=SPECIAL.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(
                Regex(r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2060\ufeff]"), ""
            ),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    return tokenizer


def prune(pieces: Sequence[tuple[str, float]], texts: Sequence[str], size: int = SIZE) -> Vocabulary:
    """Keep about ``size`` pieces: all in ``texts`` (also hastily typed), single letters, the most Dutch."""
    full = build_tokenizer(pieces)
    keep = set(range(len(SPECIAL))) | set(full.encode(PREFIX).ids)
    rng = random.Random(1)
    copies = [text.lower() for text in texts] + [
        noisy(text, rng) for _ in range(NOISY_COPIES) for text in texts
    ]
    for encoding in full.encode_batch([*texts, *copies]):
        keep.update(encoding.ids)
    keep.update(i for i, (piece, _) in enumerate(pieces) if _is_single(piece))
    trigrams = _Trigrams(texts)
    likely = [
        (score + TRIGRAM_WEIGHT * trigrams.score(piece), i)
        for i, (piece, score) in enumerate(pieces)
        if i not in keep and DUTCH.fullmatch(piece)
    ]
    keep.update(i for _, i in sorted(likely, reverse=True)[: max(0, size - len(keep))])
    rows = np.array(sorted(keep), dtype=np.int64)
    return Vocabulary(build_tokenizer([pieces[i] for i in rows]), rows)


def same_segmentation(full: Tokenizer, vocabulary: Vocabulary, texts: Sequence[str]) -> tuple[float, float]:
    """Share of texts and of words that both tokenizers cut into the same pieces."""
    same_texts = same_words = words = 0
    for text in texts:
        same_texts += full.encode(text).tokens == vocabulary.tokenizer.encode(text).tokens
        for word in text.split():
            words += 1
            same_words += full.encode(word).tokens == vocabulary.tokenizer.encode(word).tokens
    return same_texts / max(1, len(texts)), same_words / max(1, words)


def _is_single(piece: str) -> bool:
    letter = piece.removeprefix("▁")
    if len(letter) != 1:
        return False
    return ord(letter) < LAST_SINGLE or bool(EMOJI.match(letter)) or unicodedata.category(letter)[0] in "PSN"


class _Trigrams:
    """Add-one letter trigrams of the data: how Dutch does a piece look?"""

    def __init__(self, texts: Iterable[str]) -> None:
        words = Counter(word for text in texts for word in re.findall(r"[^\W\d_]+", text.lower()))
        self._three: Counter[str] = Counter()
        self._two: Counter[str] = Counter()
        for word in words:
            for gram in _grams(f"^{word}$"):
                self._three[gram] += 1
                self._two[gram[:2]] += 1

    def score(self, piece: str) -> float:
        """Mean log probability of the piece's trigrams."""
        grams = _grams(piece.lower().replace("▁", "^"))
        if not grams:
            return 0.0
        return sum(math.log((self._three[g] + 0.1) / (self._two[g[:2]] + 4)) for g in grams) / len(grams)


def _grams(word: str) -> list[str]:
    return [word[i : i + 3] for i in range(len(word) - 2)]
