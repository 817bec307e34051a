"""The description of the visitors' HTTP interface (OpenAPI 3.1), made from the same models that check
requests.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import BaseModel

from handover.conversation.frames import Code, Poll, PostedFrames
from meldpunt import __name__ as product

TOKEN = {
    "type": "object",
    "required": ["token", "expires_at"],
    "properties": {
        "token": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
        "expires_at": {"type": "string", "format": "date-time"},
    },
}
FRAMES = {
    "type": "object",
    "required": ["frames"],
    "properties": {"frames": {"type": "array", "items": {"type": "object", "required": ["type"]}}},
}
PROBLEM = {
    "type": "object",
    "required": ["status", "title", "detail"],
    "properties": {
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}
INFO = {
    "type": "object",
    "required": ["organisation", "exit_site", "open_now", "opening_hours"],
    "properties": {"organisation": {"type": "string"}, "exit_site": {"type": "string", "format": "uri"}},
}
HEALTH = {"type": "object", "additionalProperties": {"type": "boolean"}}


def description() -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": product, "version": "1", "description": "A visitor's side of a conversation."},
        "paths": {
            "/api/v1/conversations": {"post": _operation("Begin a conversation", 201, TOKEN, None, 429)},
            "/api/v1/conversation": {"get": _socket()},
            "/api/v1/conversation/frames": {
                "post": _operation("Send frames over HTTP", 200, FRAMES, PostedFrames, 400, 404, 408, 413)
            },
            "/api/v1/conversation/poll": {
                "post": _operation("Wait for frames over HTTP", 200, FRAMES, Poll, 400, 404, 408, 413)
            },
            "/api/v1/receipts": {
                "post": _operation("Come back by receipt code", 201, TOKEN, Code, 400, 404, 408, 413)
            },
            "/api/v1/info": {"get": _operation("What the page shows at the start", 200, INFO, None)},
            "/health/live": {"get": _operation("The process answers", 200, HEALTH, None)},
            "/health/ready": {"get": _ready()},
        },
    }


def add_openapi(app: web.Application) -> None:
    """Publish the description at ``/api/v1/openapi.json``."""
    published = description()

    async def serve(request: web.Request) -> web.Response:
        return web.json_response(published)

    app.router.add_get("/api/v1/openapi.json", serve)


def _operation(
    summary: str, status: int, answer: dict[str, Any], body: type[BaseModel] | None, *problems: int
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {
            str(status): {"description": summary, "content": {"application/json": {"schema": answer}}},
            **{str(code): _problem() for code in problems},
        },
    }
    if body is not None:
        schema = {"application/json": {"schema": body.model_json_schema()}}
        operation["requestBody"] = {"required": True, "content": schema}
    return operation


def _problem() -> dict[str, Any]:
    return {"description": "Refused", "content": {"application/problem+json": {"schema": PROBLEM}}}


def _socket() -> dict[str, Any]:
    return {
        "summary": "The conversation as a WebSocket; the frames are described in docs/protocol.md",
        "responses": {
            "101": {"description": "A WebSocket of text frames"},
            **{str(code): _problem() for code in (400, 403, 426, 503)},
        },
    }


def _ready() -> dict[str, Any]:
    operation = _operation("Database and bot answer", 200, HEALTH, None)
    operation["responses"]["503"] = {
        "description": "One of them does not",
        "content": {"application/json": {"schema": HEALTH}},
    }
    return operation
