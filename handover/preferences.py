"""Settings that staff may change in the product itself: defaults as data, each change kept, audited and in use at once."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.desk import Actor, Desk
from handover.hub import QUEUE
from handover.store import SettingChange
from handover.store.database import announce
from meldpunt.data_files import DataFileError, read_json
from meldpunt.opening import parse_hours
from meldpunt.settings import Settings

DEFAULTS = Path(__file__).parent / "data" / "preferences.json"
SETTINGS = "settings"
LOOK_AGAIN = 30.0
Short = Annotated[str, Field(min_length=1, max_length=100)]


class PreferenceRefused(ValueError):
    """A value does not fit; nothing was changed. ``name`` is the setting."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has a value that does not fit")
        self.name = name


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Canned(_Part):
    """An answer that staff put into the editor, change and send themselves."""

    title: Short
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class HelpOrganisation(_Part):
    """An organisation to point a reporter to."""

    name: Short
    phone: Annotated[str, Field(max_length=30)] = ""
    about: Annotated[str, Field(max_length=200)] = ""


class Preferences(_Part):
    """What staff set. ``blur``: heavy passages stay blurred until they are asked for. ``first_names``: a visitor sees
    the first name of the colleague who talks with them.
    """

    opening_hours: Annotated[str, Field(max_length=200)]
    holidays: tuple[date, ...]
    max_chats: Annotated[int, Field(ge=1, le=10)]
    blur: bool
    first_names: bool
    start_title: Annotated[str, Field(min_length=1, max_length=60)]
    start_intro: Annotated[str, Field(max_length=300)]
    start_notice: Annotated[str, Field(max_length=300)]
    canned: Annotated[tuple[Canned, ...], Field(max_length=40)]
    help_organisations: Annotated[tuple[HelpOrganisation, ...], Field(max_length=40)]

    @field_validator("opening_hours")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        parse_hours(value, frozenset(), None)  # type: ignore[arg-type]
        return value


def defaults(settings: Settings) -> Preferences:
    """What holds while staff changed nothing: the installation's settings and ``data/preferences.json``."""
    data = dict(read_json(DEFAULTS, DataFileError)[0])
    del data["version"]
    return Preferences(opening_hours=settings.opening_hours, holidays=settings.holidays, **data)


async def read_preferences(session: AsyncSession, settings: Settings) -> Preferences:
    """The values of today; a stored value that no longer fits is passed over."""
    found = defaults(settings)
    rows = await session.scalars(select(SettingChange).order_by(SettingChange.id))
    for name, value in {row.name: row.value for row in rows}.items():
        if name in Preferences.model_fields:
            try:
                found = _with(found, name, value)
            except PreferenceRefused:
                continue
    return found


async def set_preference(desk: Desk, actor: Actor, name: str, value: Any) -> None:
    """Change one; raises :class:`PreferenceRefused`. The audit line names the setting, never its value."""
    if name not in Preferences.model_fields:
        raise PreferenceRefused(name)
    async with desk.store.writing() as session:
        changed = _with(await read_preferences(session, desk.settings), name, value)
        kept = changed.model_dump(mode="json")[name]
        session.add(SettingChange(name=name, value=kept, by=actor.id, at=desk.clock()))
        await desk.record(session, actor, "setting.changed", name)
        announce(session, SETTINGS, QUEUE)
    desk.house.use(changed.opening_hours, frozenset(changed.holidays), changed)


async def refresh(desk: Desk) -> None:
    """Take up what any process changed."""
    async with desk.store.reading() as session:
        found = await read_preferences(session, desk.settings)
    desk.house.use(found.opening_hours, frozenset(found.holidays), found)


async def keep_fresh(desk: Desk) -> None:
    """Take up changes as they are made, and now and then in case a wake-up was missed."""
    with desk.hub.listen(SETTINGS) as bell:
        while True:
            await refresh(desk)
            await bell.wait(LOOK_AGAIN)
            await asyncio.sleep(0)


def preferences_of(desk: Desk) -> Preferences:
    """The values that this process uses now."""
    kept = desk.house.preferences
    return kept if isinstance(kept, Preferences) else defaults(desk.settings)


def _with(found: Preferences, name: str, value: Any) -> Preferences:
    try:
        return Preferences.model_validate({**found.model_dump(), name: value})
    except ValidationError:
        raise PreferenceRefused(name) from None
