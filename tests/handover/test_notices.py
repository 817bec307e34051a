"""Notices by e-mail say nothing, also not by their length, always come once a day, and at once for what is acute."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from handover import notices
from handover.desk import Desk
from tests.handover.conftest import House, Office, quick_settings


@dataclass
class Post:
    """A mail server that keeps what it gets."""

    letters: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server, session, envelope) -> str:
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def post() -> Iterator[Post]:
    from tools.settings import free_ports

    kept = Post(port=free_ports().public)
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


def with_mail(office: Office, post: Post, folder: Path) -> Desk:
    settings = quick_settings(
        folder, office.desk.settings.database_url, smtp_host="127.0.0.1", smtp_port=post.port, smtp_security="none",
        notice_to=("team@example.org", "piket@example.org"), heartbeat_file=str(folder / "hartslag"),
    )  # fmt: skip
    object.__setattr__(office.desk, "settings", settings)
    return office.desk


async def test_one_notice_a_day_whatever_there_is(office: Office, post: Post, tmp_path: Path) -> None:
    desk = with_mail(office, post, tmp_path)
    assert [await notices.send_due(desk) for _ in range(3)] == ["notice_daily", None, None]
    office.clock.advance(timedelta(days=1))
    assert await notices.send_due(desk) == "notice_daily"
    assert len(post.letters) == 2
    assert b"Er staat geen werk klaar" in post.letters[0]


async def test_before_its_hour_nothing_is_sent(office: Office, post: Post, tmp_path: Path) -> None:
    desk = with_mail(office, post, tmp_path)
    office.clock.now = datetime.fromisoformat("2026-11-24T07:59:00+01:00")
    assert await notices.send_due(desk) is None
    office.clock.now = datetime.fromisoformat("2026-11-24T08:00:00+01:00")
    assert await notices.send_due(desk) == "notice_daily"


async def test_what_is_acute_is_said_at_once_and_once(house: House, post: Post, tmp_path: Path) -> None:
    from sqlalchemy import update

    from handover.store import ReportRow

    desk = house.desk
    settings = desk.settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": post.port,
            "smtp_security": "none",
            "notice_to": ("a@example.org",),
        }
    )
    object.__setattr__(desk, "settings", settings)
    assert await notices.send_due(desk) == "notice_daily"
    house.office.clock.advance(timedelta(minutes=5))
    await house.report()
    assert await notices.send_due(desk) is None
    async with desk.store.writing() as session:
        await session.execute(update(ReportRow).values(level="acuut", updated_at=desk.clock()))
    assert [await notices.send_due(desk), await notices.send_due(desk)] == ["notice_acute", None]
    assert len({len(letter) for letter in post.letters}) == 1
    assert b"foto" not in b"".join(post.letters)


def test_yes_and_no_are_exactly_as_long_on_every_day_of_a_year(office_time: datetime, tmp_path: Path) -> None:
    settings = quick_settings(tmp_path, "", notice_to=("a@example.org",))
    lengths = {
        len(bytes(notices.notice(settings, work, office_time + timedelta(days=day, hours=day % 24))))
        for day in range(366)
        for work in (True, False)
    }
    assert len(lengths) == 1


async def test_a_mail_server_that_is_away_costs_no_notice(office: Office, post: Post, tmp_path: Path) -> None:
    desk = with_mail(office, post, tmp_path)
    object.__setattr__(desk, "settings", desk.settings.model_copy(update={"smtp_port": 9}))
    with pytest.raises(OSError):
        await notices.send_due(desk)
    object.__setattr__(desk, "settings", desk.settings.model_copy(update={"smtp_port": post.port}))
    assert await notices.send_due(desk) == "notice_daily"


async def test_without_a_mail_server_nothing_is_tried(office: Office) -> None:
    assert await notices.send_due(office.desk) is None


async def test_the_heartbeat_stops_when_a_process_does(office: Office, post: Post, tmp_path: Path) -> None:
    desk = with_mail(office, post, tmp_path)
    file = tmp_path / "hartslag"
    await notices.beat(desk, "jobs")
    assert not await notices.pulse(desk)
    assert not file.exists()
    await notices.beat(desk, "handover")
    assert await notices.pulse(desk)
    assert time.time() - file.stat().st_mtime < 60
    office.clock.advance(timedelta(minutes=3))
    await notices.beat(desk, "jobs")
    assert not await notices.pulse(desk)
