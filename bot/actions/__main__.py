"""The action server on loopback: ``python -m bot.actions``."""

from __future__ import annotations

import hmac
import os
import sys

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Request
from sanic.response import HTTPResponse, json

from meldpunt.at_start import check_data, refusing_mistakes

PORT = 5055


def main() -> None:
    """Serve the actions; every call must carry the token that Rasa shares."""
    token = os.environ.get("MELDPUNT_ACTION_TOKEN", "")
    if not token:
        sys.exit("MELDPUNT_ACTION_TOKEN is not set; start everything with `make run`, which makes the keys.")
    executor = ActionExecutor()
    with refusing_mistakes():
        check_data()
        from bot.actions.volunteered import check_words

        executor.register_package("bot.actions.form")  # reads Sam's texts
        check_words()
    app = create_app(executor)

    @app.middleware("request")
    async def guard(request: Request) -> HTTPResponse | None:
        given = request.headers.get("X-Meldpunt-Token", "")
        allowed = request.path == "/health" or hmac.compare_digest(given.encode(), token.encode())
        return None if allowed else json({"error": "forbidden"}, 403)

    app.config.KEEP_ALIVE_TIMEOUT = 60
    app.run(
        host="127.0.0.1", port=int(os.environ.get("MELDPUNT_ACTIONS_PORT", PORT)), single_process=True,
        access_log=False, motd=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
