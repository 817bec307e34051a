"""What a session opened is remembered while it is used, and no longer."""

from __future__ import annotations

import pytest

from handover.staff.rings import UNUSED_S, Rings
from handover.vault import KeyPair, NoAccess, grant, new_token, wrap_for_session
from handover.vault.memory import FORGET_AFTER_S, Memory


class Watch:
    """Seconds that go only when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_thing_is_opened_once_until_it_is_forgotten() -> None:
    watch, opened = Watch(), list[int]()
    memory = Memory(watch)
    for _ in range(3):
        assert memory.once("kaart", lambda: opened.append(1) or "inhoud") == "inhoud"
    assert len(opened) == 1
    watch.now += FORGET_AFTER_S + 1
    memory.once("kaart", lambda: opened.append(1) or "inhoud")
    assert len(opened) == 2


def test_what_does_not_open_is_not_remembered() -> None:
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.once("kaart", lambda: 1 // 0)
    assert memory.once("kaart", lambda: "inhoud") == "inhoud"


async def test_a_ring_is_let_go_when_nobody_used_it_for_a_while() -> None:
    watch, person, meldpunt = Watch(), KeyPair.new(), KeyPair.new()
    rings, token = Rings(watch), new_token()
    wrapped, grants = wrap_for_session(person.private, token, "noor"), {1: grant(meldpunt.private, person.public)}
    first = rings.of(b"een", token, "noor", wrapped, grants)
    first.memory.once("kaart", lambda: "inhoud")
    assert rings.of(b"een", token, "noor", wrapped, grants) is first
    watch.now += UNUSED_S + 1
    rings.tidy()
    assert (len(rings), len(first.memory)) == (0, 0)


async def test_a_grant_that_was_taken_away_is_not_on_a_remembered_ring() -> None:
    person, one, two = KeyPair.new(), KeyPair.new(), KeyPair.new()
    rings, token = Rings(), new_token()
    wrapped = wrap_for_session(person.private, token, "noor")
    both = {1: grant(one.private, person.public), 2: grant(two.private, person.public)}
    assert set(rings.of(b"een", token, "noor", wrapped, both).private_keys) == {1, 2}
    assert set(rings.of(b"een", token, "noor", wrapped, {2: both[2]}).private_keys) == {2}
    with pytest.raises(NoAccess):
        rings.of(b"een", token, "noor", wrapped, {})
