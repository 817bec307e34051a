"""From facts to a proposed level with the rules that fired (domain.md 2). Pure; people decide.

Monotone by construction: rules are positive conjunctions, so more confirmed indicators never lower a level. Unknown age
counts as minor, unknown time as now (domain.md 2.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from meldpunt.indicators.catalogue import CATEGORIES, Indicator, catalogue
from meldpunt.reading.types import Mention
from meldpunt.triage.rules import LEVELS, Ask, Atom, Derived, Rule, RuleSet, rule_set

BAND_OF_AGE = ((12, "under_12"), (16, "12_15"), (18, "16_17"), (24, "18_23"), (200, "24_plus"))
MINOR_BANDS = frozenset({"under_12", "12_15", "16_17", "unknown"})
TIME_OF_WHEN = {"now": "nu", "today_tomorrow": "<24u", "this_week": "toekomst", "longer_ago": "8d-3m"}
SOON = frozenset({"nu", "<24u"})
UNANSWERED = frozenset({"", "unknown", "unsure"})
POSSIBLE = {  # answers that may be worse than not knowing
    "when": ("now", "today_tomorrow", "this_week"),
    "age_band": ("under_12", "12_15"),
}


@dataclass(frozen=True)
class Facts:
    """What is known of one report.

    ``answers`` maps asks to their values (``"unknown"`` where the reporter does not know); ``flags`` are the facts that
    are not indicators: suicide_plan, weapon, departure_soon, multiple_victims, escalation, earlier_report,
    two_observers, professional_unease.
    """

    mentions: tuple[Mention, ...] = ()
    age: int | None = None
    age_band: str | None = None
    when: str | None = None
    role: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()

    @property
    def band(self) -> str:
        """The age band; a known age decides it."""
        if self.age is not None:
            return next(band for limit, band in BAND_OF_AGE if self.age < limit)
        return self.age_band or "unknown"


@dataclass(frozen=True)
class FiredRule:
    """A rule that holds, with the indices of the mentions behind it."""

    id: str
    title: str
    level: str
    because: tuple[int, ...]


@dataclass(frozen=True)
class Assessment:
    """The proposal: level, the rules that fired, derived indicators, the parts of the order score, completeness 0-1."""

    level: str
    rules: tuple[FiredRule, ...]
    derived: tuple[str, ...]
    score_parts: tuple[tuple[str, int], ...]
    score: int
    completeness: float
    missing: tuple[str, ...]
    version: str

    @property
    def rank(self) -> int:
        """Position of the level, 0 (laag) to 4 (acuut)."""
        return LEVELS.index(self.level)


def assess(facts: Facts, rules: RuleSet | None = None) -> Assessment:
    """Apply the rules of domain.md 2.3 to ``facts``."""
    data = rules or rule_set()
    mentions = _timed(facts, data)
    state = _State(facts, mentions, data)
    state.derive()
    fired = [f for rule in data.rules if (f := state.fire(rule))]
    modifiers = [f for rule in data.modifiers if (f := state.fire(rule))]
    missing = missing_core_fields(facts, data)
    level = max((f.level for f in fired), key=LEVELS.index, default=_without_rules(facts, data))
    if modifiers and level in ("laag", "verhoogd"):
        level = "verhoogd" if level == "laag" else "hoog"
        fired += modifiers
    parts = _score(mentions, facts)
    return Assessment(
        level, tuple(fired), tuple(sorted(state.derived)), parts, sum(points for _, points in parts),
        1 - len(missing) / len(data.core_fields), missing, data.version,
    )  # fmt: skip


def open_questions(facts: Facts, rules: RuleSet | None = None) -> tuple[str, ...]:
    """The follow-ups that can still change the level or fill a core field, in the order to ask them.

    A question is worth asking while its most serious possible answer would raise the level (the stability of Odekerken
    e.a. 2022); at ``acuut`` none is (conversation.md, order 5), except where the place is unknown.
    """
    data = rules or rule_set()
    now = assess(facts, data)
    asked = set(facts.answers)
    wanted = [ask for ask in data.asks if ask.name not in asked and (facts.role or "self") in ask.roles]
    if now.level == "acuut":
        return tuple(
            ask.name for ask in wanted if ask.name in ("age_band", "place") and _unknown_core(facts, ask)
        )
    return tuple(
        ask.name
        for ask in wanted
        if _applies(ask, facts) and (_unknown_core(facts, ask) or _can_raise(ask, facts, now, data))
    )


def raising_questions(facts: Facts, rules: RuleSet | None = None) -> tuple[str, ...]:
    """Those of :func:`open_questions` of which an answer can raise the level."""
    data = rules or rule_set()
    now, wanted = assess(facts, data), set(open_questions(facts, data))
    return tuple(ask.name for ask in data.asks if ask.name in wanted and _can_raise(ask, facts, now, data))


def missing_core_fields(facts: Facts, rules: RuleSet | None = None) -> tuple[str, ...]:
    """Core fields (domain.md 3.1, 3.2) of which nothing is known yet."""
    return tuple(name for name in (rules or rule_set()).core_fields if not _known(facts, name))


def _known(facts: Facts, name: str) -> bool:
    if name == "reporter_role":
        return facts.role is not None
    if name == "age_band":
        return facts.band != "unknown"
    if name == "when" and facts.when not in (None, "unknown"):
        return True
    if name == "nature":
        return any(
            catalogue()[m.indicator].category in ("handeling", "dwangmiddel", "uitbuitingsvorm")
            for m in facts.mentions
        )
    return facts.answers.get(name, "") not in UNANSWERED


def _applies(ask: Ask, facts: Facts) -> bool:
    return not ask.only_with or any(m.indicator in ask.only_with for m in facts.mentions)


def _unknown_core(facts: Facts, ask: Ask) -> bool:
    if ask.core is None:
        return False
    return not _known(facts, ask.core)


def _can_raise(ask: Ask, facts: Facts, now: Assessment, data: RuleSet) -> bool:
    seen = {m.indicator for m in facts.mentions}
    for value in POSSIBLE.get(ask.name, ()):
        if assess(replace(facts, **{ask.name: value}), data).rank > now.rank:  # type: ignore[arg-type]
            return True
    for indicator in ask.reveals:
        if indicator not in seen and assess(with_mention(facts, indicator), data).rank > now.rank:
            return True
    return any(assess(replace(facts, flags=facts.flags | {flag}), data).rank > now.rank for flag in ask.flags)


def with_mention(facts: Facts, indicator: str) -> Facts:
    """The facts with one more confirmed indicator."""
    return replace(facts, mentions=(*facts.mentions, Mention(indicator, 0, 0, "", recognised_by="knop")))


def _timed(facts: Facts, data: RuleSet) -> tuple[Mention, ...]:
    """Mentions that count, an unknown time filled in from the answer to ``when``.

    What is about now by its nature keeps its own time: the answer tells when the exploitation is, not the danger.
    """
    time = TIME_OF_WHEN.get(facts.when or "")
    counted = [m for m in facts.mentions if m.asserted]
    return tuple(
        replace(m, time=time) if time and m.time == "onbekend" and m.indicator not in data.about_now else m  # type: ignore[arg-type]
        for m in counted
    )


def _without_rules(facts: Facts, data: RuleSet) -> str:
    unanswered = sum(not _known(facts, question) for question in data.level_questions)
    return "onvoldoende_informatie" if unanswered >= 2 else "laag"


def _score(mentions: Sequence[Mention], facts: Facts) -> tuple[tuple[str, int], ...]:
    """domain.md 2.4. It orders work within a level; it is not a probability."""
    book = catalogue()
    distinct = {m.indicator for m in mentions}
    parts = [
        ("gewichten", sum(book[i].weight for i in distinct)),
        ("categorieen", 2 * len({book[i].category for i in distinct})),
        ("binnen_72_uur", 2 if any(m.time in SOON for m in mentions) else 0),
        ("jonger_dan_16", 1 if facts.band in ("under_12", "12_15") else 0),
    ]
    return tuple(parts)


class _State:
    """The mentions of one assessment with what was derived from them."""

    def __init__(self, facts: Facts, mentions: tuple[Mention, ...], data: RuleSet) -> None:
        self.facts, self.mentions, self.data = facts, mentions, data
        self.derived: dict[str, tuple[int, ...]] = {}

    def derive(self) -> None:
        for derived in self.data.derived:
            because = self._grouped(derived) if derived.groups else self._any(derived.alternatives)
            if because is None and derived.later_is_heavier:
                because = self._grown()
            if because is not None:
                self.derived[derived.id] = because

    def fire(self, rule: Rule) -> FiredRule | None:
        because = self._any(rule.alternatives)
        return None if because is None else FiredRule(rule.id, rule.title, rule.level, because)

    def _grouped(self, derived: Derived) -> tuple[int, ...] | None:
        hits = [[i for i, m in enumerate(self.mentions) if m.indicator in group] for group in derived.groups]
        present = [hit for hit in hits if hit]
        return (
            tuple(sorted({i for hit in present for i in hit})) if len(present) >= derived.at_least else None
        )

    def _grown(self) -> tuple[int, ...] | None:
        """Two mentions of which the later is the heavier (domain.md 1.5, D5)."""
        order, book = self.data.order_of_times, catalogue()
        placed = [
            (order.index(m.time), book[m.indicator].weight, i)
            for i, m in enumerate(self.mentions)
            if m.time in order
        ]
        grown = {
            i
            for early, light, first in placed
            for late, heavy, second in placed
            if early < late and light < heavy
            for i in (first, second)
        }
        return tuple(sorted(grown)) or None

    def _any(self, alternatives: Iterable[tuple[Atom, ...]]) -> tuple[int, ...] | None:
        found: set[int] = set()
        held = False
        for alternative in alternatives:
            hits = [self._holds(atom) for atom in alternative]
            if all(hit is not None for hit in hits):
                held = True
                found.update(i for hit in hits if hit for i in hit)
        return tuple(sorted(found)) if held else None

    def _holds(self, atom: Atom) -> tuple[int, ...] | None:
        if "age" in atom:
            return () if self._age(atom["age"]) else None
        if "flag" in atom:
            return () if atom["flag"] in self.facts.flags else None
        if "when" in atom:
            return () if self.facts.when in atom["when"] else None
        if "derived" in atom:
            return self._derived(atom)
        hits = tuple(i for i, m in enumerate(self.mentions) if self._fits(m, atom))
        distinct = {self.mentions[i].indicator for i in hits}
        return hits if len(distinct) >= atom.get("count", 1) else None

    def _derived(self, atom: Atom) -> tuple[int, ...] | None:
        because = self.derived.get(atom["derived"])
        if because is None or "time" not in atom:
            return because
        times = self.data.times[atom["time"]]
        timely = tuple(i for i in because if self.mentions[i].time in times)
        return timely or None

    def _fits(self, mention: Mention, atom: Atom) -> bool:
        indicator: Indicator = catalogue()[mention.indicator]
        if "time" in atom and mention.time not in self.data.times[atom["time"]]:
            return False
        if "experiencer" in atom and self._experiencer(mention) != atom["experiencer"]:
            return False
        if "words" in atom and not self.data.words[atom["words"]].search(mention.text.lower()):
            return False
        if mention.indicator in atom.get("except", ()):
            return False
        if "indicator" in atom:
            return mention.indicator in atom["indicator"]
        return indicator.category in atom.get("category", CATEGORIES) and indicator.weight >= atom.get(
            "weight", 1
        )

    def _experiencer(self, mention: Mention) -> str:
        """Who reports about themselves is the person concerned."""
        own = self.facts.role == "self" and mention.experiencer == "betrokkene"
        return "melder" if own else mention.experiencer

    def _age(self, wanted: str) -> bool:
        band = self.facts.band
        if wanted == "minor":
            return band in MINOR_BANDS
        return band not in MINOR_BANDS if wanted == "adult" else band == wanted
