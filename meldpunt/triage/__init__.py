"""Triage: a proposed level by named, versioned, explained rules; people decide (domain.md 2)."""

from meldpunt.triage.engine import (
    Assessment,
    Facts,
    FiredRule,
    assess,
    missing_core_fields,
    open_questions,
    raising_questions,
    with_mention,
)
from meldpunt.triage.flags import FlagDataError, find_flags, flag_words
from meldpunt.triage.rules import LEVELS, Rule, RuleSet, TriageDataError, rule_set

__all__ = [
    "LEVELS", "Assessment", "Facts", "FiredRule", "FlagDataError", "Rule", "RuleSet", "TriageDataError", "assess",
    "find_flags", "flag_words", "missing_core_fields", "open_questions", "raising_questions", "rule_set", "with_mention",
]  # fmt: skip
