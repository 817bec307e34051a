"""What people change on the triage: mentions confirmed, rejected or added, and the level.

The rules only ever raise; lowering needs a reason and, from acuut or hoog, a second person (domain.md 2.1
and 2.5).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from handover.desk import SYSTEM, Actor, Desk
from handover.hub import QUEUE
from handover.queue.cases import held, must_explain, must_hold, note_event, opened
from handover.queue.filled import PLACE, Filled, Ground, as_filled, value_of
from handover.queue.problems import Refused, SecondPersonNeeded
from handover.queue.proposal import RANK, proposed_level
from handover.queue.words import report_of
from handover.store import ReportRow
from handover.store.database import announce
from handover.vault import ConversationKeys, Keyring
from meldpunt.indicators.catalogue import catalogue
from meldpunt.report import Level, Report

Verdict = Literal["bevestigd", "verworpen"]
Outcome = Literal["changed", "awaits_second_person"]
TWO_PEOPLE_FROM = RANK["hoog"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A person's word on the mention at ``index`` of ``feiten.indicatoren``."""

    index: int
    verdict: Verdict
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Added:
    """An indicator that a person found and the reader did not."""

    indicator: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lowering:
    """A lower level that waits for a second person."""

    to: Level
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything people changed on the triage of one case."""

    judged: dict[int, Judged] = field(default_factory=dict)
    added: tuple[Added, ...] = ()
    lowering: Lowering | None = None
    filled: tuple[Filled, ...] = ()

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Review:
        lowering = data["lowering"]
        return cls(
            {int(row["index"]): Judged(**row) for row in data["judged"].values()},
            tuple(Added(**row) for row in data["added"]),
            Lowering(**lowering) if lowering else None,
            tuple(Filled(**row) for row in data.get("filled", ())),
        )


def review_of(keys: ConversationKeys, row: ReportRow) -> Review:
    """The review of a case; empty where nobody changed anything."""
    if row.sealed_review is None:
        return Review()
    return Review.of_json(keys.open(row.part, 0, "review", row.sealed_review))


async def review_mention(
    desk: Desk,
    actor: Actor,
    keyring: Keyring,
    reference: str,
    index: int,
    verdict: Verdict,
    reason: str = "",
) -> None:
    """Confirm or reject the mention at ``index``; rejecting needs a reason. The level is never lowered by
    it.
    """
    if verdict == "verworpen":
        reason = must_explain(reason)
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, desk.clock())
        keys = await opened(session, keyring, conversation.id)
        report = _report(keys, row)
        if not 0 <= index < len(report.feiten.indicatoren):
            raise Refused("there is no such mention")
        judged = Judged(index, verdict, actor.id, _now(desk), reason)
        review = review_of(keys, row)
        review = replace(review, judged={**review.judged, index: judged})
        _keep(keys, row, review)
        await desk.record(session, actor, "case.mention", reference, index=str(index), verdict=verdict)
        await _propose_again(desk, session, keys, row, report, review)


async def add_mention(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, indicator: str, reason: str
) -> None:
    """Add an indicator that a person found, with where it shows; the rules are applied again."""
    tidy = must_explain(reason)
    if indicator not in catalogue().indicators:
        raise Refused("there is no such indicator")
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, desk.clock())
        keys = await opened(session, keyring, conversation.id)
        review = review_of(keys, row)
        review = replace(review, added=(*review.added, Added(indicator, actor.id, _now(desk), tidy)))
        _keep(keys, row, review)
        await desk.record(session, actor, "case.mention_added", reference, indicator=indicator)
        await _propose_again(desk, session, keys, row, _report(keys, row), review)


async def fill_field(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, field: str, text: str, ground: Ground
) -> None:
    """Fill in a field oneself, beside what the bot has; the rules are applied again. Raises what ``value_of`` does."""
    value = value_of(field, text)
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, desk.clock())
        keys = await opened(session, keyring, conversation.id)
        review = review_of(keys, row)
        review = replace(review, filled=(*review.filled, Filled(field, value, ground, actor.id, _now(desk))))
        _keep(keys, row, review)
        if field == PLACE and row.municipality is None:
            row.municipality = value  # what the queue and the figures sort by; nothing was there
        await note_event(session, row, "filled", actor.id, desk.clock(), new=field)
        await desk.record(session, actor, "case.field", reference, field=field, ground=ground)
        await _propose_again(desk, session, keys, row, _report(keys, row), review)


async def set_level(
    desk: Desk, actor: Actor, keyring: Keyring, reference: str, level: Level, reason: str
) -> Outcome:
    """Set the level, with a reason. Lowering from acuut or hoog waits for :func:`confirm_level`."""
    tidy = must_explain(reason)
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        must_hold(row, actor, desk.clock())
        keys = await opened(session, keyring, conversation.id)
        if RANK[level] < RANK[row.level] and RANK[row.level] >= TWO_PEOPLE_FROM:
            lowering = Lowering(level, actor.id, _now(desk), tidy)
            _keep(keys, row, replace(review_of(keys, row), lowering=lowering))
            await note_event(
                session,
                row,
                "level_asked",
                actor.id,
                desk.clock(),
                old=row.level,
                new=level,
                keys=keys,
                reason=tidy,
            )
            await desk.record(session, actor, "case.level_asked", reference, old=row.level, new=level)
            announce(session, QUEUE)
            return "awaits_second_person"
        await _set(desk, session, actor, row, level, keys, tidy)
        return "changed"


async def confirm_level(desk: Desk, actor: Actor, keyring: Keyring, reference: str) -> None:
    """Agree, as second person, to the lower level that was asked for."""
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        keys = await opened(session, keyring, conversation.id)
        review = review_of(keys, row)
        if review.lowering is None:
            raise Refused("nobody asked for a lower level")
        if review.lowering.by == actor.id:
            raise SecondPersonNeeded("another person must agree to this")
        _keep(keys, row, replace(review, lowering=None))
        await _set(desk, session, actor, row, review.lowering.to, keys, review.lowering.reason)


async def refuse_level(desk: Desk, actor: Actor, keyring: Keyring, reference: str) -> None:
    """Refuse (or take back) the lower level that was asked for."""
    async with desk.store.writing() as session:
        row, conversation = await held(session, reference)
        keys = await opened(session, keyring, conversation.id)
        _keep(keys, row, replace(review_of(keys, row), lowering=None))
        await note_event(session, row, "level_refused", actor.id, desk.clock(), old=row.level)
        await desk.record(session, actor, "case.level_refused", reference)
        announce(session, QUEUE)


async def _set(
    desk: Desk, session: Any, actor: Actor, row: ReportRow, level: str, keys: ConversationKeys, reason: str
) -> None:
    old, row.level = row.level, level
    await note_event(
        session, row, "level", actor.id, desk.clock(), old=old, new=level, keys=keys, reason=reason
    )
    await desk.record(session, actor, "case.level", row.reference, old=old, new=level)
    announce(session, QUEUE)


async def _propose_again(
    desk: Desk, session: Any, keys: ConversationKeys, row: ReportRow, report: Report, review: Review
) -> None:
    rejected = {i for i, word in review.judged.items() if word.verdict == "verworpen"}
    told = as_filled(report, review.filled)
    proposal = proposed_level(told, rejected, [added.indicator for added in review.added])
    row.proposed_level = proposal
    if RANK[proposal] > RANK[row.level]:
        await _set(desk, session, Actor(SYSTEM, SYSTEM, frozenset()), row, proposal, keys, "")
    announce(session, QUEUE)


def _report(keys: ConversationKeys, row: ReportRow) -> Report:
    return report_of(keys, row)


def _keep(keys: ConversationKeys, row: ReportRow, review: Review) -> None:
    data = {**asdict(review), "judged": {str(i): asdict(word) for i, word in review.judged.items()}}
    row.sealed_review = keys.seal(row.part, 0, "review", data)


def _now(desk: Desk) -> str:
    return desk.clock().isoformat()
