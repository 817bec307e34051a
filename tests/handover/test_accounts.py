"""Who can open what: letting in, ending access, rotating, recovering, and one account for one name."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from handover import accounts, queue
from handover.accounts import InviteUnknown, NewAccount, UsernameTaken
from handover.store import HandedOverKey, KeyGrant, Staff
from handover.vault import NoAccess, NotOpened, WrongPassword
from tests.handover.conftest import House, Office

SECRET = "JBSWY3DPEHPK3PXP"


def account(name: str, password: str = "een lang wachtwoord") -> NewAccount:
    return NewAccount(name, name.capitalize(), password, SECRET)


async def invitation(office: Office) -> str:
    actor, keyring = await office.person()
    return await accounts.invite(office.desk, actor, keyring, ["medewerker"])


@pytest.mark.parametrize("name", ["anna", "Anna", " ANNA ", "Ａｎｎａ"])
async def test_one_name_has_one_account_however_it_is_typed(office: Office, name: str):
    await office.person("anna")
    with pytest.raises(UsernameTaken):
        await accounts.accept_invite(office.desk, await invitation(office), account(name))
    async with office.desk.store.reading() as session:
        assert len((await session.scalars(select(Staff.id))).all()) == 2


async def test_two_who_take_one_name_at_once_get_one_account(any_office: Office):
    tokens = [await invitation(any_office) for _ in range(2)]
    results = await asyncio.gather(
        *(accounts.accept_invite(any_office.desk, token, account("dirk")) for token in tokens),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Staff", "UsernameTaken"]


async def test_an_invitation_works_once_and_not_after_its_term(office: Office):
    token = await invitation(office)
    await accounts.accept_invite(office.desk, token, account("eva"))
    with pytest.raises(InviteUnknown):
        await accounts.accept_invite(office.desk, token, account("fatima"))
    late = await invitation(office)
    office.clock.advance(office.desk.settings.invite_term * 2)
    with pytest.raises(InviteUnknown):
        await accounts.accept_invite(office.desk, late, account("fatima"))


async def test_a_new_colleague_opens_what_was_there_before(house: House):
    await house.report()
    anna, keys = await house.office.person("anna")
    (item,) = await queue.list_queue(house.desk, anna, keys)
    case = await queue.open_report(house.desk, anna, keys, item.reference)
    assert "hij stuurt mijn foto door" in [message.body.text for message in case.messages]


async def test_a_changed_password_opens_and_the_old_one_no_longer_does(office: Office):
    row, pair = await accounts.check_password(office.desk, "beheer", office.account.password)
    await accounts.change_password(office.desk, row.id, pair, "een ander lang wachtwoord")
    with pytest.raises(WrongPassword):
        await accounts.check_password(office.desk, "beheer", office.account.password)
    again, opened = await accounts.check_password(office.desk, "beheer", "een ander lang wachtwoord")
    assert (again.id, opened) == (row.id, pair)


async def test_ended_access_opens_nothing_from_that_moment(house: House):
    await house.report()
    anna, _ = await house.office.person("anna")
    beheer, _ = await house.office.person()
    _, pair = await accounts.check_password(house.desk, "anna", "wachtwoord van anna")
    await accounts.end_access(house.desk, beheer, anna.id)
    with pytest.raises(NoAccess):
        await accounts.keyring_of(house.desk, anna.id, pair.private)
    with pytest.raises(WrongPassword):
        await accounts.check_password(house.desk, "anna", "wachtwoord van anna")
    async with house.desk.store.reading() as session:
        assert (await session.scalars(select(KeyGrant).where(KeyGrant.holder == anna.id))).all() == []


async def test_after_a_rotation_the_old_private_key_opens_nothing_in_the_database(any_house: House):
    house = any_house
    await house.report()
    anna, old = await house.office.person("anna")
    beheer, keyring = await house.office.person()
    await accounts.end_access(house.desk, beheer, anna.id)
    assert await accounts.rotate(house.desk, beheer, keyring) == 2
    async with house.desk.store.reading() as session:
        row = await session.scalar(select(HandedOverKey))
        names = (await session.scalars(select(Staff.username).order_by(Staff.username))).all()
    assert names == ["anna", "beheer"]
    with pytest.raises(NotOpened):
        old.open(row.conversation_id, row.generation, row.sealed)
    with pytest.raises(NotOpened):
        old.open(row.conversation_id, 1, row.sealed)
    house.office.people.clear()
    beheer, keyring = await house.office.person()
    (item,) = await queue.list_queue(house.desk, beheer, keyring)
    assert item.card.notice is None
    await house.report()  # what is reported from now on opens too
    assert len(await queue.list_queue(house.desk, beheer, keyring)) == 2


async def test_the_recovery_key_lets_somebody_in_and_a_wrong_one_leaves_no_account(house: House):
    await house.report()
    with pytest.raises(NoAccess):
        await accounts.reset_by_recovery(house.desk, "AAAAAA-" * 8, account("gast"), ["medewerker"])
    async with house.desk.store.reading() as session:
        assert await session.scalar(select(Staff).where(Staff.username == "gast")) is None
    row = await accounts.reset_by_recovery(
        house.desk, house.office.account.recovery_key, account("gast"), ["medewerker"]
    )
    _, pair = await accounts.check_password(house.desk, "gast", "een lang wachtwoord")
    keyring = await accounts.keyring_of(house.desk, row.id, pair.private)
    actor, _ = await house.office.person()
    assert len(await queue.list_queue(house.desk, actor, keyring)) == 1


async def test_nobody_ends_their_own_access(office: Office):
    actor, _ = await office.person()
    with pytest.raises(accounts.AccountRefused):
        await accounts.end_access(office.desk, actor, actor.id)
