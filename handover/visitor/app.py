"""The visitors' listener as an aiohttp application: API, page, headers, and errors in one clear sentence."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import structlog
from aiohttp import web

from handover.conversation.texts import Problem, problem
from handover.headers import strict_headers
from handover.preferences import preferences_of
from handover.visitor.api import DOOR, routes
from handover.visitor.door import Door
from handover.visitor.openapi import add_openapi

STATIC = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml",
    ".txt": "text/plain", ".woff2": "font/woff2", ".png": "image/png", ".json": "application/json",
}  # fmt: skip
LAUNCHER = "launcher.js"
FOR_OTHER_SITES = {"Cross-Origin-Resource-Policy": "cross-origin"}  # a municipality's page loads it
LARGEST_REQUEST = 64 * 1024
log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_visitor_app(door: Door) -> web.Application:
    """The application for the public listener."""
    app = web.Application(middlewares=[clear_errors], client_max_size=LARGEST_REQUEST)
    app[DOOR] = door
    app.on_response_prepare.append(strict_headers)
    app.add_routes(routes)
    add_openapi(app)
    _add_pages(app)
    return app


@web.middleware
async def clear_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as ``application/problem+json``, without a word about what was sent."""
    try:
        return await handler(request)
    except Problem as found:
        return as_response(found)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = as_response(problem("not_found" if error.status == 404 else "not_now", error.status))
        if error.status == 405:
            answer.headers["Allow"] = error.headers.get("Allow", "")
        return answer
    except (ConnectionError, TimeoutError):
        raise
    except Exception as error:
        log.error("request.failed", problem=type(error).__name__)
        return as_response(problem("broken", 500))


def as_response(found: Problem) -> web.Response:
    """An error as RFC 9457 has it."""
    response = web.json_response(
        found.as_dict(), status=found.status, content_type="application/problem+json"
    )
    if found.status in (429, 503):
        response.headers["Retry-After"] = "60"
    return response


def _add_pages(app: web.Application) -> None:
    """Every file of ``static/`` under ``/static/``; ``index.html`` at ``/``, another page at its own name."""
    for path in sorted(STATIC.rglob("*")):
        if path.suffix not in KINDS:
            continue
        if path.suffix == ".html":
            name = "" if path.stem == "index" else path.stem
            app.router.add_get(f"/{name}", _page(path))
        elif path.name == LAUNCHER:
            app.router.add_get(f"/{LAUNCHER}", _file(path, FOR_OTHER_SITES))
        else:
            app.router.add_get(f"/static/{path.relative_to(STATIC).as_posix()}", _file(path, {}))


def _file(path: Path, headers: Mapping[str, str]) -> Handler:
    kind = KINDS[path.suffix]
    charset = "utf-8" if kind.startswith("text/") else None
    body = path.read_bytes()

    async def serve(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=kind, charset=charset, headers=headers)

    return serve


def _page(path: Path) -> Handler:
    """A page with what it must say without JavaScript too: the way out, who this is, and when somebody reads."""
    words = path.read_text(encoding="utf-8")

    async def serve(request: web.Request) -> web.StreamResponse:
        desk = request.app[DOOR].desk
        said = words
        for name, value in (
            ("exit_site", desk.settings.exit_site),
            ("organisation", desk.settings.organisation),
            ("phone", desk.settings.organisation_phone),
            ("url", desk.settings.organisation_url),
            ("hours", desk.hours.say()),
            ("start_title", preferences_of(desk).start_title),
            ("start_intro", preferences_of(desk).start_intro),
            ("notice", preferences_of(desk).start_notice),
        ):
            said = said.replace(f"{{{name}}}", html.escape(value))
        return web.Response(text=said, content_type="text/html", charset="utf-8")

    return serve
