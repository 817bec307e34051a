"""What every service works with: the database, the hub, the settings, the audit trail, and the time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from handover.audit import AuditTrail, Doing
from handover.hub import Hub
from handover.store import Store
from handover.vault import Cost, InstallationKeys, Receipts
from meldpunt.opening import OpeningHours, parse_hours
from meldpunt.settings import Settings

VISITOR = "bezoeker"
SYSTEM = "systeem"


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """An id for a row: 24 characters, unguessable."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Actor:
    """A staff member who does something. ``device`` names the login session (BIO2 8.15.01)."""

    id: str
    name: str
    roles: frozenset[str]
    device: str = ""


@dataclass
class House:
    """What staff set themselves, as this process knows it (``handover.preferences`` keeps it fresh)."""

    zone: ZoneInfo
    hours: OpeningHours
    preferences: object | None = None

    def use(self, opening_hours: str, holidays: frozenset[date], preferences: object) -> None:
        """From now on these hold."""
        self.hours = parse_hours(opening_hours, holidays, self.zone)
        self.preferences = preferences


@dataclass(frozen=True)
class Desk:
    """Handed to every service."""

    store: Store
    hub: Hub
    settings: Settings
    keys: InstallationKeys
    clock: Callable[[], datetime] = utc_now
    audit: AuditTrail = field(init=False)
    receipts: Receipts = field(init=False)
    house: House = field(init=False)

    def __post_init__(self) -> None:
        house = House(ZoneInfo(self.settings.timezone), self.settings.hours)
        object.__setattr__(self, "house", house)
        object.__setattr__(self, "audit", AuditTrail(self.keys.audit))
        object.__setattr__(self, "receipts", Receipts(self.keys.pepper, self.cost))
        self.store.on_commit = self.hub.wake

    @property
    def hours(self) -> OpeningHours:
        """When people read, as staff set it."""
        return self.house.hours

    @property
    def cost(self) -> Cost:
        """What guessing a password or a code costs here."""
        return Cost(memory=self.settings.argon2_memory, time=self.settings.argon2_time)

    async def record(
        self, session: AsyncSession, actor: Actor, action: str, about: str, **details: str
    ) -> None:
        """Write an audit line for something that ``actor`` does, in the caller's transaction."""
        doing = Doing(actor.id, action, about, device=actor.device, details=tuple(sorted(details.items())))
        await self.audit.write(session, doing, self.clock())
