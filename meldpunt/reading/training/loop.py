"""The training loop: both tasks in mixed batches, a checkpoint an epoch, resumed where it stopped."""

from __future__ import annotations

import hashlib
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from meldpunt.reading.training.batches import NO_INTENT, Batch, Batcher
from meldpunt.reading.training.data import Corpus, Example
from meldpunt.reading.training.gold import Predictions, gold_intents, gold_labels
from meldpunt.reading.training.metrics import best_threshold, score
from meldpunt.reading.training.network import ReaderNetwork

CLIP = 1.0
INTENT_WEIGHT = 1.5
SMOOTHING = 0.05
SHOW_EVERY = 20.0  # seconds between lines of progress


@dataclass(frozen=True)
class Settings:
    """What decides the outcome of a training, besides data and code."""

    epochs: int = 10
    layers: int = 12
    batch: int = 32
    rate: float = 2e-4
    head_rate: float = 2e-3
    layer_decay: float = 0.9
    warm_up: float = 0.06
    averaging: float = 0.999  # share of the mean that stays at each step: about the last two epochs weigh
    seed: int = 20261124
    threads: int = 2


def train(
    network: ReaderNetwork,
    corpus: Corpus,
    batcher: Batcher,
    settings: Settings,
    checkpoint: Path,
    say: Callable[[str], None],
) -> None:
    """Train ``network`` in place; goes on from a ``checkpoint`` of the same settings and data.

    Beside it a moving average of the weights is kept (Polyak and Juditsky 1992); what does better on dev stays.
    """
    start_bias(network, corpus)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(settings.averaging))
    optimiser = torch.optim.AdamW(_groups(network, settings), weight_decay=0.01, fused=True)
    steps = settings.epochs * math.ceil(len(corpus.train) / settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps, settings.warm_up))
    mark = {**asdict(settings), "data": _fingerprint(corpus)}
    done = _resume(network, averaged, optimiser, schedule, checkpoint, mark)
    if done:
        say(f"resuming after epoch {done} from {checkpoint}")
    for epoch in range(done, settings.epochs):
        torch.manual_seed(settings.seed + epoch)
        rng = random.Random(settings.seed + epoch)
        _epoch(
            network,
            averaged,
            optimiser,
            schedule,
            batcher.training(corpus.train, rng),
            f"epoch {epoch + 1}/{settings.epochs}",
            say,
        )
        say(f"epoch {epoch + 1}: dev {summary(predict(network, batcher, corpus.dev), corpus)}")
        state = {
            "mark": mark,
            "epoch": epoch + 1,
            "network": network.state_dict(),
            "averaged": averaged.state_dict(),
            "optimiser": optimiser.state_dict(),
        }
        _save({**state, "schedule": schedule.state_dict()}, checkpoint)
    _keep_the_better(network, averaged.module, batcher, corpus, say)


def _keep_the_better(
    network: ReaderNetwork, averaged: ReaderNetwork, batcher: Batcher, corpus: Corpus, say: Callable[[str], None]
) -> None:
    last, mean = (_on_dev(each, batcher, corpus) for each in (network, averaged))
    say(f"dev micro-F1 of the last weights {last:.4f}, of the averaged {mean:.4f}")
    if mean >= last:
        network.load_state_dict(averaged.state_dict())


def _on_dev(network: ReaderNetwork, batcher: Batcher, corpus: Corpus) -> float:
    messages, gold = gold_labels(corpus.dev, corpus)
    found = predict(network, batcher, corpus.dev).labels[messages][:, :-1]
    return score(gold[:, :-1], found >= best_threshold(gold[:, :-1], found)).micro_f1


def predict(network: ReaderNetwork, batcher: Batcher, examples: Sequence[Example]) -> Predictions:
    """Probabilities and intent logits for ``examples``, in their order."""
    network.eval()
    labels, intents = [], []
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].text))
    with torch.no_grad():
        for batch in batcher.plain([examples[i] for i in order]):
            found, guess, _ = network(batch.ids, batch.mask)
            labels.append(found.sigmoid().numpy())
            intents.append(guess.numpy())
    if not labels:
        return Predictions(
            np.zeros((0, len(batcher.labels)), np.float32),
            np.zeros((0, max(1, len(batcher.intents))), np.float32),
        )
    back = np.argsort(order)
    return Predictions(np.concatenate(labels)[back], np.concatenate(intents)[back])


def summary(found: Predictions, corpus: Corpus) -> str:
    """One line on the dev part."""
    messages, gold = gold_labels(corpus.dev, corpus)
    probabilities = found.labels[messages][:, :-1]
    threshold = best_threshold(gold[:, :-1], probabilities)
    line = f"{score(gold[:, :-1], probabilities >= threshold)} at {threshold:.2f}"
    asked, names = gold_intents(corpus.dev, corpus)
    if len(asked):
        line += f"; intents {float((found.intents[asked].argmax(1) == names).mean()):.3f}"
    return line


def start_bias(network: ReaderNetwork, corpus: Corpus) -> None:
    """Begin at how often each label occurs, so that the first steps are not spent on that."""
    _, gold = gold_labels(corpus.train, corpus)
    share = torch.from_numpy((gold.sum(0) + 1) / (len(gold) + 50)).float()
    with torch.no_grad():
        network.indicators.whole.bias.copy_(torch.logit(share))


def loss_of(network: ReaderNetwork, batch: Batch) -> torch.Tensor:
    """Weighted BCE summed over labels plus cross entropy of intents, a mean over the texts."""
    with torch.autocast("cpu", torch.bfloat16, enabled=fast_bfloat16()):
        labels, intents, _ = network(batch.ids, batch.mask)
    each = F.binary_cross_entropy_with_logits(labels.float(), batch.targets, batch.weights, reduction="none")
    loss = each.sum() / len(batch.ids)
    if (batch.intents != NO_INTENT).any():
        ce = F.cross_entropy(
            intents.float(), batch.intents, ignore_index=NO_INTENT, label_smoothing=SMOOTHING, reduction="sum"
        )
        loss = loss + INTENT_WEIGHT * ce / len(batch.ids)
    return loss


def fast_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 by itself: two to three times as fast, same figures."""
    return bool(torch.cpu._is_avx512_bf16_supported())


def _epoch(network, averaged, optimiser, schedule, batches, title: str, say: Callable[[str], None]) -> None:  # type: ignore[no-untyped-def]
    network.train()
    begun = shown = time.monotonic()
    total, texts = 0.0, 0
    for batch in batches:
        loss = loss_of(network, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimiser.step()
        schedule.step()
        averaged.update_parameters(network)
        optimiser.zero_grad(set_to_none=True)
        total, texts = total + float(loss.detach()) * len(batch.ids), texts + len(batch.ids)
        if time.monotonic() - shown > SHOW_EVERY:
            shown = time.monotonic()
            say(f"{title}: {texts} texts, loss {total / texts:.3f}, {texts / (shown - begun):.0f} texts/s")
    say(f"{title}: done, loss {total / max(1, texts):.3f}, {texts / (time.monotonic() - begun):.0f} texts/s")


def _groups(network: ReaderNetwork, settings: Settings) -> list[dict[str, object]]:
    """Parameter groups: lower layers learn more slowly, the new heads faster."""
    depth = len(network.layers)
    groups: list[dict[str, object]] = [
        {"params": list(layer.parameters()), "lr": settings.rate * settings.layer_decay ** (depth - 1 - i)}
        for i, layer in enumerate(network.layers)
    ]
    groups.append(
        {"params": list(network.norm.parameters()), "lr": settings.rate * settings.layer_decay**depth}
    )
    heads = [*network.indicators.parameters(), *network.intents.parameters()]
    return [*groups, {"params": heads, "lr": settings.head_rate}]


def _rate(step: int, steps: int, warm_up: float) -> float:
    first = max(1, int(steps * warm_up))
    if step < first:
        return (step + 1) / first
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, (step - first) / max(1, steps - first))))


def _fingerprint(corpus: Corpus) -> str:
    rows = [(e.text, sorted(e.asserted), e.intent) for e in corpus.train]
    return hashlib.sha256(repr((rows, corpus.labels, corpus.intents)).encode()).hexdigest()


def _save(state: dict[str, object], checkpoint: Path) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    partial = checkpoint.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(checkpoint)


def _resume(network, averaged, optimiser, schedule, checkpoint: Path, mark: dict[str, object]) -> int:  # type: ignore[no-untyped-def]
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    if state["mark"] != mark:
        return 0
    network.load_state_dict(state["network"])
    averaged.load_state_dict(state["averaged"])
    optimiser.load_state_dict(state["optimiser"])
    schedule.load_state_dict(state["schedule"])
    return int(state["epoch"])
