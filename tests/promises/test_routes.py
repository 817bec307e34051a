"""Every route of the visitors' listener in one table: what it gives, what limits it. One that is not here fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from handover.headers import STRICT
from handover.visitor.app import FOR_OTHER_SITES
from handover.visitor.openapi import description
from tests.handover.conftest import House

TOKEN = "a" * 43
JSON, PROBLEM = "application/json", "application/problem+json"


@dataclass(frozen=True)
class Route:
    """What a request without anything special gives. ``limit`` is how it is kept from being used too much."""

    status: int
    kind: str
    limit: str
    body: Any = None


ROUTES: dict[str, Route] = {
    "POST /api/v1/conversations": Route(201, JSON, "conversations_per_minute a network: 429"),
    "GET /api/v1/conversation": Route(403, PROBLEM, "origin; sockets_total, sockets_per_network: 503"),
    "POST /api/v1/conversation/frames": Route(
        404, PROBLEM, "20 frames, 64 kB, messages_per_minute: 429 in the frame", {"token": TOKEN, "frames": []}
    ),
    "POST /api/v1/conversation/poll": Route(404, PROBLEM, "64 kB, 25 s", {"token": TOKEN, "after": 0}),
    "POST /api/v1/receipts": Route(
        404, PROBLEM, "codes_per_minute a network: slower", {"code": "1234567890123456"}
    ),
    "GET /api/v1/info": Route(200, JSON, "nothing is read"),
    "GET /api/v1/openapi.json": Route(200, JSON, "a constant"),
    "GET /health/live": Route(200, JSON, "a constant"),
    "GET /health/ready": Route(200, JSON, "one read"),
    "GET /.well-known/security.txt": Route(200, "text/plain", "a constant"),
}
PAGES = ("GET /static/", "GET /")  # files, read at start-up


def routes_of(house: House) -> set[str]:
    return {
        f"{route.method} {route.resource.canonical}"
        for route in house.server.app.router.routes()
        if route.method != "HEAD" and route.resource is not None
    }


def is_page(route: str) -> bool:
    return route not in ROUTES and route.startswith(PAGES) and "/api/" not in route


async def ask(house: House, route: str, body: Any = None):
    method, path = route.split(" ")
    return await house.http.request(method, house.base + path, json=body)


async def test_every_route_is_in_the_table_and_every_line_of_it_is_a_route(house: House):
    found = {route for route in routes_of(house) if not is_page(route)}
    assert found == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
async def test_a_route_gives_what_the_table_says(house: House, route: str):
    expected = ROUTES[route]
    answer = await ask(house, route, expected.body)
    assert (answer.status, answer.content_type) == (expected.status, expected.kind)
    if expected.kind == PROBLEM:
        problem = await answer.json(content_type=None)
        assert {"status", "title", "detail"} <= problem.keys()


async def test_every_answer_has_the_strict_headers_and_no_cookie(house: House):
    for route in [*sorted(routes_of(house)), "GET /bestaat-niet", "POST /health/live"]:
        answer = await ask(house, route, ROUTES[route].body if route in ROUTES else None)
        own = FOR_OTHER_SITES if route == "GET /launcher.js" else {}
        assert {name: answer.headers.get(name) for name in STRICT} == {**STRICT, **own}, route
        assert "Set-Cookie" not in answer.headers, route
        assert answer.headers["Server"] == "meldpunt"


async def test_every_page_loads_from_here_alone(house: House):
    for route in filter(is_page, sorted(routes_of(house))):
        answer = await ask(house, route)
        assert answer.status == 200, route
        if answer.content_type in ("text/html", "text/css", "text/javascript"):
            text = await answer.text()
            for word in ('src="http', 'src="//', "url(http", "@import", "import('http", "analytics"):
                assert word not in text, f"{route} has {word}"


async def test_no_route_takes_a_file(house: House):
    data = {"bestand": b"\x89PNG"}
    for route in sorted(routes_of(house)):
        method, path = route.split(" ")
        if method == "POST":
            answer = await house.http.post(house.base + path, data=data)
            assert answer.status in (201, 400), route  # 201: beginning needs no body, and reads none


async def test_the_published_description_has_the_same_routes(house: House):
    described = {
        f"{method.upper()} {path}" for path, ways in description()["paths"].items() for method in ways
    }
    assert described == {route for route in ROUTES if "openapi" not in route and "security" not in route}


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
async def test_a_body_that_is_too_large_is_refused(house: House, size: int):
    body = json.dumps({"code": "1" * size})
    answer = await house.http.post(house.base + "/api/v1/receipts", data=body)
    assert answer.status == 413


async def test_a_method_that_is_not_there_says_which_is(house: House):
    answer = await house.http.delete(house.base + "/api/v1/info")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


async def test_too_many_new_conversations_from_one_network_wait(house: House):
    from handover.conversation.limits import Networks

    house.door.beginnings = Networks(2, house.door.seconds)
    answers = [await ask(house, "POST /api/v1/conversations") for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    assert answers[2].headers["Retry-After"]
