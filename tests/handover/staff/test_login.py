"""Logging in needs both factors, a code works once, and nothing opens without a session."""

from __future__ import annotations

import pytest

from tests.handover.staff.conftest import PASSWORD, StaffSide


@pytest.mark.parametrize("path", ["/wachtrij", "/gesprekken", "/meldingen/MT-1", "/live"])
async def test_no_session_no_page(staff: StaffSide, path: str) -> None:
    answer = await staff.client.get(path, allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == "/login"


async def test_the_password_alone_opens_nothing(staff: StaffSide) -> None:
    await staff.form("/login", "/login", username="beheer", password=PASSWORD)
    answer = await staff.client.get("/wachtrij", allow_redirects=False)
    assert answer.status == 303


async def test_both_factors_open_the_queue(staff: StaffSide) -> None:
    await staff.log_in()
    assert (await staff.client.get("/wachtrij", allow_redirects=False)).status == 200


async def test_a_used_code_is_refused(staff: StaffSide) -> None:
    code = staff.code()
    await staff.log_in()
    await staff.form("/wachtrij", "/uitloggen")
    await staff.form("/login", "/login", username="beheer", password=PASSWORD)
    assert (await staff.form("/login/code", "/login/code", code=code)).status == 401
    staff.later(seconds=60)
    assert (await staff.form("/login/code", "/login/code", code=staff.code())).status == 303


async def test_the_fourth_failure_slows_down(staff: StaffSide) -> None:
    answers = [await staff.form("/login", "/login", username="beheer", password="fout") for _ in range(5)]
    assert [answer.status for answer in answers] == [401, 401, 401, 401, 429]
    staff.later(seconds=3)
    assert (await staff.form("/login", "/login", username="beheer", password=PASSWORD)).status == 303


async def test_an_idle_session_ends(staff: StaffSide) -> None:
    await staff.log_in()
    staff.later(minutes=31)
    assert (await staff.client.get("/wachtrij", allow_redirects=False)).status == 303


async def test_the_cookie_is_strict_and_unreadable(staff: StaffSide) -> None:
    answer = await staff.form("/login", "/login", username="beheer", password=PASSWORD)
    cookie = next(c for c in answer.headers.getall("Set-Cookie") if c.startswith("meldpunt_sessie"))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_logging_out_ends_the_session(staff: StaffSide) -> None:
    await staff.log_in()
    await staff.form("/wachtrij", "/uitloggen")
    assert (await staff.client.get("/wachtrij", allow_redirects=False)).status == 303
