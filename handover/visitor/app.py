"""The visitors' listener as an aiohttp application: API, page, headers, and errors in one clear sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from aiohttp import web

from handover.conversation.texts import Problem, problem
from handover.headers import strict_headers
from handover.visitor.api import DOOR, routes
from handover.visitor.door import Door
from handover.visitor.openapi import add_openapi

STATIC = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml",
    ".txt": "text/plain", ".woff2": "font/woff2", ".png": "image/png", ".json": "application/json",
}  # fmt: skip
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
        handler = _file(path)
        if path.suffix == ".html":
            name = "" if path.stem == "index" else path.stem
            app.router.add_get(f"/{name}", handler)
        else:
            app.router.add_get(f"/static/{path.relative_to(STATIC).as_posix()}", handler)


def _file(path: Path) -> Handler:
    kind = KINDS[path.suffix]
    charset = "utf-8" if kind.startswith("text/") else None
    body = path.read_bytes()

    async def serve(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=kind, charset=charset)

    return serve
