"""What the visitors' listener shares between requests: the desk, the relay and the limits."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from handover.conversation.bot import Bot
from handover.conversation.limits import Networks, OpenSockets, Pace, Seconds
from handover.conversation.relay import Relay
from handover.conversation.safety import SafetyReader
from handover.conversation.visit import Visit
from handover.desk import Desk

PACES = 20_000


@dataclass
class Door:
    """One for each process."""

    desk: Desk
    bot: Bot
    reader: SafetyReader
    seconds: Seconds = time.monotonic
    relay: Relay = field(init=False)
    beginnings: Networks = field(init=False)
    codes: Networks = field(init=False)
    sockets: OpenSockets = field(init=False)
    _paces: OrderedDict[str, Pace] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        settings = self.desk.settings
        self.relay = Relay(self.desk, self.bot, self.reader)
        self.beginnings = Networks(settings.conversations_per_minute, self.seconds)
        self.codes = Networks(settings.codes_per_minute, self.seconds)
        networks = Networks(1, self.seconds)
        self.sockets = OpenSockets(networks, settings.sockets_total, settings.sockets_per_network)

    def pace_of(self, visit: Visit) -> Pace:
        """The pace of a conversation, the same for each of its connections."""
        pace = self._paces.get(visit.conversation_id)
        if pace is None:
            pace = Pace(self.desk.settings.messages_per_minute, self.seconds)
            self._paces[visit.conversation_id] = pace
            if len(self._paces) > PACES:
                self._paces.popitem(last=False)
        self._paces.move_to_end(visit.conversation_id)
        return pace
