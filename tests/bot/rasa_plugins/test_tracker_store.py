"""The tracker store fails closed, forgets for good, and does not grow with every turn. Runs beside Rasa."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_plugins.tracker_store import (
    ConversationErased,
    SealedTrackerStore,
    TrackerUnreadable,
    sealed_store,
)

SENDER = "s" * 43
SECRET_WORDS = "flamingoveer in het geheim"
Open = Callable[[bytes], SealedTrackerStore]


@pytest.fixture
def open_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setenv("MELDPUNT_VAR", str(tmp_path))

    def opened(key: bytes = b"k" * 32) -> SealedTrackerStore:
        monkeypatch.setenv("MELDPUNT_TRACKER_KEY", base64.b64encode(key).decode())
        return SealedTrackerStore(Domain.empty())

    return opened


def a_talk(turns: int = 1) -> DialogueStateTracker:
    tracker = DialogueStateTracker(SENDER, [])
    for number in range(turns):
        parsed: Any = {"intent": {"name": "greet"}, "reading": {"text": SECRET_WORDS * 20}}
        tracker.update(UserUttered(SECRET_WORDS, parse_data=parsed, message_id=f"m{number}"))
        tracker.update(SlotSet("dossier", {"texts": [SECRET_WORDS] * (number + 1)}))
    return tracker


def kept(store: SealedTrackerStore) -> Any:
    return asyncio.run(store.retrieve(SENDER))


def test_what_is_stored_comes_back(open_store: Open) -> None:
    store = open_store(b"k" * 32)
    asyncio.run(store.save(a_talk()))
    assert kept(store).latest_message.text == SECRET_WORDS


def test_nothing_of_it_can_be_read_in_the_file(open_store: Open, tmp_path: Path) -> None:
    asyncio.run(open_store(b"k" * 32).save(a_talk()))
    for file in tmp_path.glob("trackers.db*"):
        assert b"flamingoveer" not in file.read_bytes()
        assert SENDER.encode() not in file.read_bytes()


def test_a_row_that_cannot_be_opened_is_never_overwritten(open_store: Open) -> None:
    asyncio.run(open_store(b"k" * 32).save(a_talk()))
    other = open_store(b"x" * 32)
    other._id_key = open_store(b"k" * 32)._id_key  # the same row, another key
    with pytest.raises(TrackerUnreadable):
        asyncio.run(other.save(a_talk()))
    assert kept(open_store(b"k" * 32)).latest_message.text == SECRET_WORDS


def test_an_erased_conversation_stays_gone(open_store: Open, tmp_path: Path) -> None:
    store = open_store(b"k" * 32)
    asyncio.run(store.save(a_talk()))
    store.erase(SENDER)
    assert kept(store) is None
    with pytest.raises(ConversationErased):
        asyncio.run(store.save(a_talk()))
    with sqlite3.connect(tmp_path / "trackers.db") as database:
        assert database.execute("SELECT count(*) FROM trackers").fetchone() == (0,)


def test_a_conversation_that_expired_is_not_given_back(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(b"k" * 32)
    asyncio.run(store.save(a_talk()))
    monkeypatch.setattr("bot.rasa_plugins.tracker_store.time.time", lambda: 2e10)
    assert kept(store) is None


def test_only_our_store_is_taken_for_ours(open_store: Open) -> None:
    store = open_store(b"k" * 32)
    wrapped = type("Wrapper", (), {"_tracker_store": store})()
    assert sealed_store(wrapped) is store
    assert sealed_store(object()) is None


def test_a_message_that_was_answered_is_known_and_another_is_not(open_store: Open) -> None:
    store = open_store(b"k" * 32)
    asyncio.run(store.save(a_talk()))
    assert store.may_know(SENDER, "m0")
    assert not store.may_know(SENDER, "m1")


def test_what_was_learnt_is_stored_once_and_not_again_at_every_turn(open_store: Open) -> None:
    store = open_store(b"k" * 32)
    asyncio.run(store.save(a_talk(turns=30)))
    tracker = kept(store)
    values = [event.value for event in tracker.events if isinstance(event, SlotSet)]
    assert [value is None for value in values] == [True] * 29 + [False]
    readings = ["reading" in event.parse_data for event in tracker.events if isinstance(event, UserUttered)]
    assert readings == [False] * 29 + [True]
