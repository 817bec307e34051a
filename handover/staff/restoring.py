"""Letting a colleague in again who lost password or phone: by the printed recovery key."""

from __future__ import annotations

from sqlalchemy import select

from handover.accounts import AccountRefused, end_access, invite
from handover.desk import Actor, Desk
from handover.store import KeyGrant, Staff
from handover.vault import RECOVERY, Keyring, NoAccess, recovery_pair


async def invite_anew(desk: Desk, actor: Actor, recovery_key: str, staff_id: str) -> str:
    """End the access of a colleague who lost password or phone, and invite them anew by the printed recovery key.

    Gives the invitation's token; raises :class:`NoAccess`, :class:`AccountRefused`.
    """
    try:
        pair = recovery_pair(recovery_key)
    except ValueError:
        raise NoAccess("this is not a recovery key") from None
    async with desk.store.reading() as session:
        person = await session.get(Staff, staff_id)
        if person is None or not person.active or person.id == actor.id:
            raise AccountRefused("there is no such account")
        grants = await session.scalars(select(KeyGrant).where(KeyGrant.holder == RECOVERY))
        keyring = Keyring.opened({grant.generation: grant.sealed for grant in grants}, pair.private)
    await end_access(desk, actor, staff_id)
    return await invite(desk, actor, keyring, list(person.roles))
