"""The network: e5's encoder (post-norm BERT) with a head for intents and one for indicators.

Shapes: B texts, T tokens, H hidden (384), L labels (indicators and ``acute``), I intents.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from meldpunt.reading.training.base_weights import BLOCK, BaseModel

DROPOUT = 0.1
FAR = -1e4
NIBBLES = 16


class FourBitEmbedding(nn.Module):
    """The base model's own 4-bit table, frozen: packed bytes and scales, exact and small when exported."""

    def __init__(self, table: NDArray[np.float32]) -> None:
        super().__init__()
        blocks = torch.from_numpy(table).reshape(len(table), -1, BLOCK)
        # Weight = (nibble - 8) * scale: the smallest step between the values of a block is the scale again.
        packed, scale = pack_four_bits(blocks)
        self.register_buffer("packed", packed)
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """Ids (B, T) → vectors (B, T, H)."""
        packed = self.packed[ids].float().unflatten(-1, (-1, BLOCK // 2))
        high = torch.floor(packed / NIBBLES)
        nibbles = torch.cat([packed - NIBBLES * high, high], dim=-1)
        return ((nibbles - NIBBLES // 2) * self.scale[ids].float().unsqueeze(-1)).flatten(-2)


def pack_four_bits(blocks: Tensor) -> tuple[Tensor, Tensor]:
    """Blocks (V, H/32, 32) → packed bytes (V, H/2) and float16 scales (V, H/32)."""
    largest = blocks.gather(-1, blocks.abs().argmax(-1, keepdim=True))
    scale = torch.where(largest == 0, torch.ones_like(largest), -largest / 8).half()
    nibbles = torch.round(blocks / scale.float() + 8).clamp(0, 15).to(torch.uint8)
    half = BLOCK // 2
    packed = nibbles[..., :half] | (nibbles[..., half:] << 4)
    return packed.flatten(1), scale.squeeze(-1)


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, hidden: int, heads: int, feed_forward: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.attention_out = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, eps)
        self.grow = nn.Linear(hidden, feed_forward)
        self.shrink = nn.Linear(feed_forward, hidden)
        self.out_norm = nn.LayerNorm(hidden, eps)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """States (B, T, H), additive mask (B, 1, 1, T) → states (B, T, H)."""
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5) + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).flatten(-2)
        x = self.attention_norm(x + self.dropout(self.attention_out(mixed)))
        return self.out_norm(x + self.dropout(self.shrink(F.gelu(self.grow(x)))))


class LabelAttention(nn.Module):
    """A query and a value per label over the tokens; a label's score is a sum over tokens,
    so every token's part in it is known: the evidence."""

    def __init__(self, hidden: int, labels: int) -> None:
        super().__init__()
        self.query = nn.Linear(hidden, labels, bias=False)
        self.value = nn.Linear(hidden, labels, bias=False)
        self.whole = nn.Linear(hidden, labels)
        nn.init.normal_(self.query.weight, std=0.02)
        nn.init.normal_(self.value.weight, std=0.02)

    def forward(self, states: Tensor, pooled: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """States (B, T, H), pooled (B, H), mask (B, T, 1) → logits (B, L), token parts (B, T, L)."""
        attention = (self.query(states) + mask).softmax(1)
        parts = attention * self.value(states)
        return parts.sum(1) + self.whole(pooled), parts


class ReaderNetwork(nn.Module):
    """Encoder and both heads."""

    def __init__(
        self, base: BaseModel, rows: NDArray[np.int64], layers: Sequence[int], labels: int, intents: int
    ) -> None:
        super().__init__()
        self.words = FourBitEmbedding(base.matrix("emb.word")[rows])
        place = base.matrix("emb.pos") + base.tensors["emb.type"][: base.hidden]
        self.register_buffer("places", torch.from_numpy(place))
        self.norm = nn.LayerNorm(base.hidden, base.eps)
        self.dropout = nn.Dropout(DROPOUT)
        sizes = (base.hidden, base.heads, base.feed_forward, base.eps)
        self.layers = nn.ModuleList(Layer(*sizes) for _ in layers)
        self.indicators = LabelAttention(base.hidden, labels)
        self.intents = nn.Linear(base.hidden, max(1, intents))
        _copy_norm(self.norm, base, "emb.ln")
        for layer, number in zip(self.layers, layers, strict=True):
            _copy_layer(layer, base, number)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Ids and mask (B, T) → indicator logits (B, L), intent logits (B, I), token parts (B, T, L)."""
        states, pooled = self.encode(ids, mask)
        logits, parts = self.indicators(states, pooled, ((1 - mask.to(states.dtype)) * FAR).unsqueeze(-1))
        return logits, self.intents(pooled), parts

    def encode(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Ids and mask (B, T) → token states (B, T, H) and their mean (B, H)."""
        real = mask.float()
        states = self.dropout(self.norm(self.words(ids) + self.places[: ids.shape[1]]))
        additive = ((1 - real) * FAR)[:, None, None, :]
        for layer in self.layers:
            states = layer(states, additive)
        weights = real.unsqueeze(-1)
        pooled = (states * weights).sum(1) / weights.sum(1)
        return states, pooled


def chosen_layers(wanted: int, available: int) -> tuple[int, ...]:
    """Which layers of the base are used: all, or ``wanted`` spread evenly, the last one included."""
    return tuple(round((i + 1) * available / wanted) - 1 for i in range(wanted))


def _copy_layer(layer: Layer, base: BaseModel, number: int) -> None:
    names = [f"l{number}.{part}" for part in "qkv"]
    weight = np.concatenate([base.matrix(f"{name}.w") for name in names])
    bias = np.concatenate([base.tensors[f"{name}.b"] for name in names])
    with torch.no_grad():
        layer.qkv.weight.copy_(torch.from_numpy(weight))
        layer.qkv.bias.copy_(torch.from_numpy(bias))
        for linear, part in ((layer.attention_out, "ao"), (layer.grow, "fi"), (layer.shrink, "fo")):
            linear.weight.copy_(torch.from_numpy(base.matrix(f"l{number}.{part}.w")))
            linear.bias.copy_(torch.from_numpy(base.tensors[f"l{number}.{part}.b"]))
    _copy_norm(layer.attention_norm, base, f"l{number}.aln")
    _copy_norm(layer.out_norm, base, f"l{number}.oln")


def _copy_norm(norm: nn.LayerNorm, base: BaseModel, name: str) -> None:
    with torch.no_grad():
        norm.weight.copy_(torch.from_numpy(base.tensors[f"{name}.w"]))
        norm.bias.copy_(torch.from_numpy(base.tensors[f"{name}.b"]))
