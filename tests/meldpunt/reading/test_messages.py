"""The messages that the reader learns from: no two the same, and no two that contradict each other."""

from __future__ import annotations

from meldpunt.reading.training.passes import contradictions, existing, near_duplicates

ROWS = existing()


def test_no_two_messages_are_nearly_the_same() -> None:
    texts = [row["text"] for row in ROWS]
    pairs = [(ROWS[a]["id"], ROWS[b]["id"]) for a, b in near_duplicates(texts)]
    assert pairs == []


def test_no_message_asserts_what_a_like_one_denies() -> None:
    assert [(ROWS[a]["id"], ROWS[b]["id"]) for a, b in contradictions(ROWS)] == []


def test_a_near_duplicate_and_a_contradiction_are_found() -> None:
    rows = [
        {"text": "hij dreigt mijn foto door te sturen", "indicators": ["chantage_beeldmateriaal"], "not": []},
        {
            "text": "hij dreigt mijn foto door te sturen!",
            "indicators": [],
            "not": ["chantage_beeldmateriaal"],
        },
    ]
    assert list(near_duplicates([row["text"] for row in rows])) == [(0, 1)]
    assert list(contradictions(rows)) == [(0, 1)]
