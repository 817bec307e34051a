"""The audit trail: who read or changed what, append-only, without content, each line chained to the one
before.

The chain's key is in the key file, so that whoever has the database alone cannot mend a chain that was
broken. The last line is also noted outside the database (:func:`anchor`), so that cutting off the end shows.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from handover.store import AuditLine

LOCK = 0x6D656C64  # one number for PostgreSQL's advisory lock: lines are numbered one at a time
FIRST = b"\0" * 32
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that is done. ``details`` are controlled values only: never names, never texts."""

    actor: str
    action: str
    object: str
    outcome: str = "gelukt"
    device: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the trail does not hold, and what is wrong there."""

    number: int
    problem: str


class AuditTrail:
    """Writes and checks the trail under the installation's audit key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    async def write(self, session: AsyncSession, doing: Doing, at: datetime) -> None:
        """Append a line in the caller's transaction."""
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        last = (
            await session.execute(
                select(AuditLine.number, AuditLine.mac).order_by(AuditLine.number.desc()).limit(1)
            )
        ).first()
        line = AuditLine(
            number=(last.number if last else 0) + 1,
            at=at.replace(microsecond=at.microsecond // 1000 * 1000),
            actor=doing.actor,
            device=doing.device,
            action=doing.action,
            object=doing.object,
            outcome=doing.outcome,
            details=dict(doing.details),
            mac=b"",
        )
        line.mac = self._mac(line, last.mac if last else FIRST)
        session.add(line)
        await session.flush()

    async def verify(self, session: AsyncSession, anchored: tuple[int, str] | None = None) -> list[Broken]:
        """Every place where a line is missing, altered or added. ``anchored`` is what :func:`read_anchor`
        gave.
        """
        broken: list[Broken] = []
        expected, previous, seen_anchor = 1, FIRST, anchored is None
        async for line in _lines(session):
            if line.number != expected:
                broken.append(
                    Broken(expected, f"{line.number - expected} line(s) missing before {line.number}")
                )
            elif not hmac.compare_digest(line.mac, self._mac(line, previous)):
                broken.append(Broken(line.number, "altered, or the line before it was"))
            if anchored and line.number == anchored[0]:
                seen_anchor = line.mac.hex() == anchored[1]
            expected, previous = line.number + 1, line.mac
        if not seen_anchor and anchored:
            broken.append(Broken(anchored[0], "the line noted outside the database is not there"))
        return broken

    def _mac(self, line: AuditLine, previous: bytes) -> bytes:
        fields = [
            line.number, line.at.isoformat(timespec="milliseconds"), line.actor, line.device, line.action,
            line.object, line.outcome, line.details,
        ]  # fmt: skip
        body = json.dumps(fields, sort_keys=True, ensure_ascii=True).encode()
        return hmac.new(self._key, previous + body, hashlib.sha256).digest()


async def _lines(session: AsyncSession) -> AsyncIterator[AuditLine]:
    after = 0
    while True:
        page = (
            await session.scalars(
                select(AuditLine).where(AuditLine.number > after).order_by(AuditLine.number).limit(PAGE)
            )
        ).all()
        for line in page:
            yield line
            after = line.number
        session.expunge_all()
        if len(page) < PAGE:
            return


async def anchor(session: AsyncSession, path: Path) -> None:
    """Note the last line's number and mac in a file outside the database."""
    last = (
        await session.execute(
            select(AuditLine.number, AuditLine.mac).order_by(AuditLine.number.desc()).limit(1)
        )
    ).first()
    if last is not None:
        partial = path.with_suffix(".new")
        partial.write_text(
            json.dumps({"number": last.number, "mac": last.mac.hex()}) + "\n", encoding="ascii"
        )
        partial.replace(path)


def read_anchor(path: Path) -> tuple[int, str] | None:
    """What :func:`anchor` noted last, or None where it never did."""
    if not path.exists():
        return None
    data: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
    return int(data["number"]), str(data["mac"])
