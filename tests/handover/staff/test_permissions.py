"""Who may do what: a table over every route and every role, read from the router itself. What is not listed is refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from handover.desk import Actor
from handover.staff.permissions import NotPermitted, must_be_allowed, permissions, start_of
from handover.store import Staff, StaffSession
from tests.handover.staff.conftest import StaffSide

CASES = {"cases", "figures", "own", "open"}
TABLE = {
    "medewerker": CASES,
    "coordinator": CASES | {"audit"},
    "beheerder": {"accounts", "settings", "own", "open"},
    "auditor": {"audit", "figures", "own", "open"},
    "onbekende_rol": {"own", "open"},
}


def routes_of(staff: StaffSide) -> set[str]:
    assert staff.client.app is not None
    return {
        f"{route.method} {route.resource.canonical}"
        for route in staff.client.app.router.routes()
        if route.method != "HEAD" and route.resource is not None
    }


async def test_every_route_is_listed_and_every_listed_route_is_there(staff: StaffSide) -> None:
    assert routes_of(staff) == permissions().routes.keys()


@pytest.mark.parametrize("role", TABLE)
def test_a_role_may_exactly_what_the_table_says(role: str) -> None:
    actor = Actor("x", "X", frozenset({role}))
    for route, need in permissions().routes.items():
        allowed = True
        try:
            must_be_allowed(actor, *route.split(" "))
        except NotPermitted:
            allowed = False
        assert allowed is (need in TABLE[role]), route


@pytest.mark.parametrize("role", TABLE)
async def test_the_server_refuses_what_the_table_refuses(staff: StaffSide, role: str) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await staff.log_in()
    text = await (await staff.client.get("/mijn")).text()
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', text)
    assert token
    async with staff.desk.store.writing() as session:
        await session.execute(update(Staff).values(roles=[role]))
    for route, need in permissions().routes.items():
        if need in ("open", "own") or need in TABLE[role]:
            continue
        method, path = route.split(" ")
        path = path.format(reference="MT-1", task="t", share="s", other="MT-2", staff="x")
        data = {"csrf": token[1]} if method == "POST" else None
        answer = await staff.client.request(method, path, data=data, allow_redirects=False)
        assert answer.status == 403, route


def test_a_route_that_is_not_listed_is_refused_to_everybody() -> None:
    everything = Actor("x", "X", frozenset(TABLE))
    with pytest.raises(NotPermitted):
        must_be_allowed(everything, "GET", "/nieuw")
    with pytest.raises(NotPermitted):
        must_be_allowed(everything, "DELETE", "/wachtrij")


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("medewerker", "/wachtrij"),
        ("beheerder", "/collegas"),
        ("auditor", "/cijfers"),
        ("onbekende_rol", "/mijn"),
    ],
)
def test_everybody_begins_where_they_may(role: str, page: str) -> None:
    assert start_of(Actor("x", "X", frozenset({role}))) == page


async def test_something_grave_asks_again_who_one_is(staff: StaffSide) -> None:
    await staff.add_case("MT-1", "laag")
    await staff.log_in()
    await staff.form("/meldingen/MT-1", "/meldingen/MT-1/claim", version="0")
    staff.later(minutes=11)
    page, fields = (
        "/meldingen/MT-1",
        {"recipient": "politie", "ground": "vitaal_belang", "reason": "gevaar voor het leven"},
    )
    refused = await staff.form(page, f"{page}/delen", **fields)
    assert refused.status == 403
    assert "/bevestigen?terug=/meldingen/MT-1" in await refused.text()
    wrong = await staff.form("/bevestigen", "/bevestigen", code="000000", back=page)
    assert wrong.status == 401
    given = await staff.form("/bevestigen", "/bevestigen", code=staff.code(), back=page)
    assert given.headers["Location"] == page
    assert (await staff.form(page, f"{page}/delen", **fields)).status == 303


@pytest.mark.parametrize("back", ["https://elders.example", "//elders.example", "/\\elders.example"])
async def test_proving_never_leads_to_another_site(staff: StaffSide, back: str) -> None:
    await staff.log_in()
    staff.later(minutes=1)
    given = await staff.form("/bevestigen", "/bevestigen", code=staff.code(), back=back)
    assert given.headers["Location"] == "/"


async def test_a_new_password_ends_every_session(staff: StaffSide) -> None:
    from tests.handover.staff.conftest import PASSWORD

    await staff.log_in()
    wrong = await staff.form(
        "/mijn", "/mijn/wachtwoord", old="fout wachtwoord", new="een heel ander wachtwoord"
    )
    assert wrong.status == 422
    done = await staff.form("/mijn", "/mijn/wachtwoord", old=PASSWORD, new="een heel ander wachtwoord")
    assert done.headers["Location"] == "/login"
    async with staff.desk.store.reading() as session:
        from sqlalchemy import select

        assert (await session.scalars(select(StaffSession))).all() == []
    again = await staff.form("/login", "/login", username="beheer", password="een heel ander wachtwoord")
    assert again.headers["Location"] == "/login/code"


def test_step_up_lists_only_what_is_there() -> None:
    known = permissions()
    assert known.step_up <= known.routes.keys()
    assert replace(known).step_up
