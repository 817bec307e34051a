"""Limits, in memory only: a network is known by an HMAC of its prefix under a key that changes every hour.

So nothing that is kept, or that is in a memory dump of yesterday, tells who was there.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from handover.vault.derive import keyed_hash
from handover.vault.seal import new_key

KEY_SECONDS = 3600.0
REMEMBERED = 20_000
IPV4_PREFIX, IPV6_PREFIX = 24, 56
Seconds = Callable[[], float]


@dataclass
class Pace:
    """At most ``per_minute``, in bursts of as many: a bucket that leaks."""

    per_minute: int
    seconds: Seconds
    _level: float = 0.0
    _at: float = field(default=0.0)

    def allows(self) -> bool:
        """Count one; False (and not counted) when it is one too many."""
        self._leak()
        if self._level + 1 > self.per_minute:
            return False
        self._level += 1
        return True

    def count(self) -> float:
        """Count one whatever the level; gives how far the level is above the limit (0: within it)."""
        self._leak()
        self._level += 1
        return max(0.0, self._level - self.per_minute)

    def _leak(self) -> None:
        now = self.seconds()
        self._level = (
            max(0.0, self._level - (now - self._at) * self.per_minute / 60) if self._at else self._level
        )
        self._at = now


class Networks:
    """A :class:`Pace` for each network, forgotten after an hour, the oldest first when there are too many."""

    def __init__(self, per_minute: int, seconds: Seconds) -> None:
        self._per_minute, self._seconds = per_minute, seconds
        self._paces: OrderedDict[bytes, Pace] = OrderedDict()
        self._key, self._key_since = new_key(), seconds()

    def pace(self, address: str | None) -> Pace:
        """The pace of the network that ``address`` is in."""
        name = self.name(address)
        pace = self._paces.get(name)
        if pace is None:
            pace = self._paces[name] = Pace(self._per_minute, self._seconds)
            if len(self._paces) > REMEMBERED:
                self._paces.popitem(last=False)
        self._paces.move_to_end(name)
        return pace

    def name(self, address: str | None) -> bytes:
        """What the network of ``address`` is called this hour."""
        if self._seconds() - self._key_since > KEY_SECONDS:
            self._key, self._key_since = new_key(), self._seconds()
            self._paces.clear()
        return keyed_hash(self._key, prefix(address).encode(), "network")


class OpenSockets:
    """How many sockets are open, in all and for each network."""

    def __init__(self, networks: Networks, total: int, per_network: int) -> None:
        self._networks, self._total, self._per_network = networks, total, per_network
        self._open: dict[bytes, int] = {}
        self.count = 0

    def enter(self, address: str | None) -> bytes | None:
        """Take a place; gives what to hand to :meth:`leave`, or None when there is no place."""
        name = self._networks.name(address)
        if self.count >= self._total or self._open.get(name, 0) >= self._per_network:
            return None
        self.count += 1
        self._open[name] = self._open.get(name, 0) + 1
        return name

    def leave(self, name: bytes) -> None:
        """Give a place back."""
        self.count -= 1
        self._open[name] -= 1
        if not self._open[name]:
            del self._open[name]


def prefix(address: str | None) -> str:
    """The network of an address: /24, or /56 for IPv6; "?" where it is none."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "?"
    length = IPV4_PREFIX if found.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((found, length), strict=False))
