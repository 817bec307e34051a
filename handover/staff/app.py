"""The staff listener's application."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from handover.desk import Desk
from handover.headers import strict_headers
from handover.staff import (
    audit,
    changes,
    colleagues,
    entrance,
    figures,
    live,
    mine,
    pages,
    passkeys,
    preferences,
    sharing,
    single_sign_on,
)
from handover.staff.oidc_client import public_keys
from handover.staff.render import Renderer
from handover.staff.rings import Rings
from handover.staff.web import DESK, RENDERER, RINGS, guard, problems

PARTS = (
    entrance, passkeys, single_sign_on, mine, pages, changes, sharing, figures, audit, preferences, colleagues, live,
)  # fmt: skip
STATIC = Path(__file__).parent / "static"
LARGEST_FORM = 128 * 1024


def make_staff_app(desk: Desk) -> web.Application:
    """Everything under the staff listener's address; refuses to start with a key for single sign-on that cannot sign."""
    public_keys(desk.settings)
    app = web.Application(middlewares=[problems, guard], client_max_size=LARGEST_FORM)
    app[DESK] = desk
    app[RENDERER] = Renderer(desk)
    app[RINGS] = Rings()
    for part in PARTS:
        app.add_routes(part.ROUTES)
    app.router.add_static("/static", STATIC)
    app.on_response_prepare.append(strict_headers)
    app.on_shutdown.append(live.close_all)
    return app
