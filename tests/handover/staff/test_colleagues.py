"""Inviting a colleague, and what a role does not give."""

from __future__ import annotations

import re

import pyotp

from handover.store import Staff
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
