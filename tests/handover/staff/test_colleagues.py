"""Inviting a colleague, and what a role does not give."""

from __future__ import annotations

import re
from typing import Any

import pyotp
from sqlalchemy import select

from handover.store import AuditLine, Staff
from tests.handover.staff.conftest import StaffSide


async def test_an_invited_colleague_logs_in_and_may_not_manage(staff: StaffSide) -> None:
    await staff.log_in()
    text = await (await staff.form("/collegas", "/collegas/uitnodigen", role_medewerker="1")).text()
    token = re.search(r'id="uitnodigingscode">([^<]+)<', text)
    assert token
    await staff.form("/wachtrij", "/uitloggen")
    fields = {"token": token[1], "display_name": "Noor", "username": "noor", "password": "nog-een-wachtwoord"}
    text = await (await staff.form("/uitnodiging", "/uitnodiging", **fields)).text()
    secret = re.search(r'id="sleutel">([A-Z2-7]+)<', text)
    assert secret
    await staff.form("/login", "/login", username="noor", password="nog-een-wachtwoord")
    await staff.form("/login/code", "/login/code", code=pyotp.TOTP(secret[1]).at(staff.now[0]))
    await staff.add_case("MT-1", "hoog", said="hallo")
    assert (await staff.client.get("/meldingen/MT-1")).status == 200
    assert (await staff.client.get("/collegas")).status == 403
    again = await staff.form("/uitnodiging", "/uitnodiging", **fields)
    assert again.status == 422


async def accept(staff: StaffSide, token: str, username: str, password: str) -> str:
    """Make the account of an invitation; gives its TOTP secret."""
    fields = {"token": token, "display_name": username.capitalize(), "username": username, "password": password}
    text = await (await staff.form("/uitnodiging", "/uitnodiging", **fields)).text()
    secret = re.search(r'id="sleutel">([A-Z2-7]+)<', text)
    assert secret, text
    return secret[1]


async def log_in_as(staff: StaffSide, username: str, password: str, secret: str) -> Any:
    first = await staff.form("/login", "/login", username=username, password=password)
    if first.status != 303:
        return first
    return await staff.form("/login/code", "/login/code", code=pyotp.TOTP(secret).at(staff.now[0]))


async def test_a_colleague_who_lost_everything_is_let_in_again_by_the_recovery_key_and_reads_on(
    staff: StaffSide,
) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    invited = await (await staff.form("/collegas", "/collegas/uitnodigen", role_medewerker="1")).text()
    token = re.search(r'id="uitnodigingscode">([^<]+)<', invited)
    assert token
    await staff.form("/mijn", "/uitloggen")
    old_secret = await accept(staff, token[1], "noor", "een-wachtwoord-dat-weg-is")
    assert (await log_in_as(staff, "noor", "een-wachtwoord-dat-weg-is", old_secret)).status == 303
    noor = staff.client.session.cookie_jar.filter_cookies(staff.client.make_url("/"))["meldpunt_sessie"].value
    await staff.form("/mijn", "/uitloggen")

    staff.later(minutes=1)
    await staff.log_in()
    async with staff.desk.store.reading() as session:
        old = await session.scalar(select(Staff.id).where(Staff.username == "noor"))
    answer = await staff.form("/collegas", f"/collegas/{old}/herstel", key=f"  {staff.recovery_key.lower()} ")
    assert answer.status == 200
    anew = re.search(r'id="uitnodigingscode">([^<]+)<', await answer.text())
    assert anew
    await staff.form("/mijn", "/uitloggen")

    assert (await log_in_as(staff, "noor", "een-wachtwoord-dat-weg-is", old_secret)).status == 401
    with_old_cookie = await staff.client.get("/wachtrij", cookies={"meldpunt_sessie": noor}, allow_redirects=False)
    assert with_old_cookie.headers["Location"] == "/login"
    secret = await accept(staff, anew[1], "noor2", "een-heel-nieuw-wachtwoord")
    assert (await log_in_as(staff, "noor2", "een-heel-nieuw-wachtwoord", secret)).status == 303
    assert "hallo" in await (await staff.client.get("/meldingen/MT-1")).text()
    assert (await staff.client.get("/collegas")).status == 403
    async with staff.desk.store.reading() as session:
        person = await session.get_one(Staff, old)
        assert (person.active, person.ended_at is not None) == (False, True)
        actions = set(await session.scalars(select(AuditLine.action)))
    assert {"account.ended", "account.invited", "account.made"} <= actions


async def test_the_recovery_key_lets_nobody_in_twice_with_one_invitation(staff: StaffSide) -> None:
    noor = await staff.add_colleague()
    await staff.log_in()
    text = await (await staff.form("/collegas", f"/collegas/{noor.id}/herstel", key=staff.recovery_key)).text()
    token = re.search(r'id="uitnodigingscode">([^<]+)<', text)
    assert token
    again = await staff.form("/collegas", f"/collegas/{noor.id}/herstel", key=staff.recovery_key)
    assert again.status == 422
    await staff.form("/mijn", "/uitloggen")
    await accept(staff, token[1], "noor2", "een-heel-nieuw-wachtwoord")
    fields = {"token": token[1], "display_name": "X", "username": "noor3", "password": "een-heel-nieuw-wachtwoord"}
    assert (await staff.form("/uitnodiging", "/uitnodiging", **fields)).status == 422


async def test_a_manager_alone_reads_no_reports(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    async with staff.desk.store.writing() as session:
        from sqlalchemy import update

        await session.execute(update(Staff).values(roles=["beheerder"]))
    assert (await staff.client.get("/meldingen/MT-1")).status == 403
    assert (await staff.client.get("/collegas")).status == 200


async def test_sharing_without_consent_is_refused_and_vital_interest_waits_for_another(
    staff: StaffSide,
) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    page, fields = "/meldingen/MT-1", {"recipient": "politie", "reason": "gevaar voor het leven"}
    refused = await staff.form(page, f"{page}/delen", ground="toestemming", **fields)
    assert refused.status == 409
    asked = await staff.form(page, f"{page}/delen", ground="vitaal_belang", **fields)
    assert asked.status == 303
    text = await (await staff.client.get(page)).text()
    assert "Wacht op een tweede medewerker" in text
    assert "Maak document" not in text
