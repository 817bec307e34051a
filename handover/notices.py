"""Notices to staff without content: an e-mail that says yes or no and is always as long, so that its size tells nothing.

Once a day it is sent whatever there is, so that silence is noticed; for something ``acuut`` that nobody has it is sent at
once. What failed is tried again by the next run. When it was sent last is kept as a sign of life.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import aiosmtplib
from sqlalchemy import exists, func, select

from handover.desk import Desk, new_id
from handover.queue.status import CLOSED
from handover.store import Heartbeat, ReportRow
from meldpunt.data_files import DataFileError, read_json
from meldpunt.settings import Settings

TEXTS = Path(__file__).parent / "data" / "notices.json"
DAILY, ACUTE = "notice_daily", "notice_acute"
ALIVE = timedelta(minutes=2)
SMTP_SECONDS = 20
Send = Callable[[Settings, EmailMessage], Awaitable[None]]


@cache
def texts() -> dict[str, str]:
    """The words of a notice; raises :class:`DataFileError`."""
    data: dict[str, str] = read_json(TEXTS, DataFileError)[0]
    return data


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notice is due, what it answers, and the moment to remember once it was sent."""

    name: str
    work: bool
    until: datetime


def notice(settings: Settings, work: bool, at: datetime) -> EmailMessage:
    """The e-mail; every one is exactly as long (ids and dates are of fixed width)."""
    said = texts()
    message = EmailMessage()
    message["Subject"] = said["subject"]
    message["From"] = settings.notice_from
    message["To"] = ", ".join(settings.notice_to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{new_id()}@meldpunt.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(said["body"].format(answer=said["yes"] if work else said["no"]))
    return message


async def due(desk: Desk) -> Wanted | None:
    """The notice that must go now, or None."""
    now, zone = desk.clock(), ZoneInfo(desk.settings.timezone)
    async with desk.store.reading() as session:
        acute = await session.get(Heartbeat, ACUTE)
        newest = await session.scalar(
            select(func.max(ReportRow.updated_at)).where(
                ReportRow.level == "acuut",
                ReportRow.claimed_by.is_(None),
                ReportRow.first_opened_at.is_(None),
                ReportRow.status.not_in(CLOSED),
            )
        )
        if newest is not None and (acute is None or newest > acute.at):
            return Wanted(ACUTE, True, newest)
        daily = await session.get(Heartbeat, DAILY)
        local = now.astimezone(zone)
        if local.hour < desk.settings.notice_hour:
            return None
        if daily is not None and daily.at.astimezone(zone).date() >= local.date():
            return None
        work = await session.scalar(
            select(exists().where(ReportRow.first_opened_at.is_(None), ReportRow.status.not_in(CLOSED)))
        )
        return Wanted(DAILY, bool(work), now)


async def send_due(desk: Desk, send: Send | None = None) -> str | None:
    """Send what is due, one a run; gives its name. Does nothing where no mail server or address is set."""
    settings = desk.settings
    if not settings.smtp_host or not settings.notice_to:
        return None
    wanted = await due(desk)
    if wanted is None:
        return None
    await (send or _smtp)(settings, notice(settings, wanted.work, desk.clock()))
    async with desk.store.writing() as session:
        await session.merge(Heartbeat(name=wanted.name, at=wanted.until))
    return wanted.name


async def pulse(desk: Desk) -> bool:
    """Touch the heartbeat file while both processes live; whoever watches its age notices when they do not."""
    healthy = await alive(desk, "handover") and await alive(desk, "jobs")
    if healthy and desk.settings.heartbeat_file:
        await asyncio.to_thread(_touch, Path(desk.settings.heartbeat_file))
    return healthy


def _touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


async def alive(desk: Desk, name: str) -> bool:
    """Whether a process gave a sign of life a short while ago."""
    async with desk.store.reading() as session:
        found = await session.get(Heartbeat, name)
    return found is not None and desk.clock() - found.at < ALIVE


async def beat(desk: Desk, name: str) -> None:
    """Say that a process lives."""
    async with desk.store.writing() as session:
        await session.merge(Heartbeat(name=name, at=desk.clock()))


async def _smtp(settings: Settings, message: EmailMessage) -> None:
    await aiosmtplib.send(
        message,
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        timeout=SMTP_SECONDS,
    )
