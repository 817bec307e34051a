"""``python -m handover jobs``: what must happen without anybody asking, each on its own clock."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import structlog
from sqlalchemy import delete, select, update

from handover import audit, notices, retention
from handover.conversation.bot import Bot, BotFailed
from handover.desk import Desk
from handover.installation import must_be_set_up, open_desk
from handover.queue.claim import free_lapsed
from handover.store import BotErasure, Invite, StaffSession, VisitorToken
from meldpunt.settings import Settings

log = structlog.get_logger()
ANCHOR = "audit-anchor.json"
ERASURES = 200


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every ``seconds``."""

    name: str
    seconds: float
    run: Callable[[Desk, Bot], Awaitable[object]]


async def free_claims(desk: Desk, bot: Bot) -> object:
    """Free claims whose lease lapsed."""
    return len(await free_lapsed(desk))


async def forget(desk: Desk, bot: Bot) -> object:
    """Have the bot forget what was erased or stored as a report; what fails is tried again."""
    async with desk.store.reading() as session:
        senders = (await session.scalars(select(BotErasure.sender).limit(ERASURES))).all()
    for sender in senders:
        try:
            await bot.forget(sender)
        except BotFailed:
            async with desk.store.writing() as session:
                await session.execute(
                    update(BotErasure)
                    .where(BotErasure.sender == sender)
                    .values(attempts=BotErasure.attempts + 1)
                )
            return "bot away"
        async with desk.store.writing() as session:
            await session.execute(delete(BotErasure).where(BotErasure.sender == sender))
    return len(senders)


async def retain(desk: Desk, bot: Bot) -> object:
    """Delete what is past its term."""
    return await retention.carry_out(desk, await retention.due(desk))


async def tidy(desk: Desk, bot: Bot) -> object:
    """Tokens, logins and invitations past their term go."""
    now = desk.clock()
    async with desk.store.writing() as session:
        await session.execute(delete(VisitorToken).where(VisitorToken.expires_at <= now))
        await session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
        await session.execute(delete(Invite).where(Invite.expires_at <= now))
    return None


async def note_audit(desk: Desk, bot: Bot) -> object:
    """Note the audit trail's last line outside the database."""
    async with desk.store.reading() as session:
        await audit.anchor(session, desk.settings.var / ANCHOR)
    return None


async def beat(desk: Desk, bot: Bot) -> object:
    """Say that this process lives, and to the outside that both do."""
    await notices.beat(desk, "jobs")
    await notices.pulse(desk)
    return None


async def notify(desk: Desk, bot: Bot) -> object:
    """Send the notice that is due."""
    return await notices.send_due(desk)


JOBS = (
    Job("free_claims", 10, free_claims),
    Job("forget", 5, forget),
    Job("retain", 60, retain),
    Job("tidy", 300, tidy),
    Job("note_audit", 60, note_audit),
    Job("beat", 15, beat),
    Job("notify", 20, notify),
)


async def run(settings: Settings) -> None:
    """Run all jobs until the process is told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with open_desk(settings) as desk, aiohttp.ClientSession() as http:
        await must_be_set_up(desk)
        secret = settings.channel_secret.get_secret_value()
        bot = Bot(http, settings.bot_url, secret, settings.bot_patience)
        tasks = [asyncio.create_task(_every(job, desk, bot)) for job in JOBS]
        log.info("jobs.running", jobs=[job.name for job in JOBS])
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _every(job: Job, desk: Desk, bot: Bot) -> None:
    while True:
        try:
            done = await job.run(desk, bot)
            if done:
                log.info("job", name=job.name, done=done)
        except Exception as error:
            log.error("job.failed", name=job.name, problem=type(error).__name__)
        await asyncio.sleep(job.seconds)
