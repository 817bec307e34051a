"""Tables that keep account: the audit trail, changed settings, and signs of life of the processes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from handover.store.base import Base
from handover.store.types import BigId


class AuditLine(Base):
    """One line of the audit trail, append-only; ``mac`` covers the line and the ``mac`` before it.

    For staff the fields that BIO2 8.15.01 asks for: who (``actor``), what (``action``, ``object``), when,
    with which device (``device``, a name for the login session), and how it ended (``outcome``). For
    visitors the actor is "bezoeker" and nothing else. ``details`` holds controlled values only.
    """

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(36), index=True)
    device: Mapped[str] = mapped_column(String(16), default="")
    action: Mapped[str] = mapped_column(String(48))
    object: Mapped[str] = mapped_column(String(48), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    details: Mapped[dict[str, Any]]
    mac: Mapped[bytes]


class SettingChange(Base):
    """A setting that staff changed; the newest line of a name counts."""

    __tablename__ = "setting_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]


class YearFigures(Base):
    """The figures of a year that is over, as they were first published: small numbers are hidden in them already."""

    __tablename__ = "year_figures"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    figures: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Counter(Base):
    """A number that may outlive what it counts: anonymous statistics, by day and name."""

    __tablename__ = "counters"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class Heartbeat(Base):
    """When a process last said that it lives."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
