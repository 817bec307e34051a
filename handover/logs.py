"""Logging: JSON lines that say what happened and never what anyone typed, or who was there.

aiohttp's access log is off. Its error log, and asyncio's, are reduced to the kind of error: their own texts
quote requests and addresses.
"""

from __future__ import annotations

import logging
import sys

import structlog

KEPT = "%(message)s"
QUOTES_REQUESTS = (
    "aiohttp",
    "asyncio",
    "sqlalchemy",
    "aiosqlite",
    "psycopg",
    "alembic",
    "websockets",
    "urllib3",
)


class KindOnly(logging.Filter):
    """Reduces a record of a library to its level, logger and kind of exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "message"
        record.msg, record.args = f"{record.name}: {kind}", ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def set_up(level: str) -> None:
    """Route all logging to stderr, one JSON object a line; libraries only from WARNING, and reduced."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(KEPT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUOTES_REQUESTS:
        library = logging.getLogger(name)
        library.setLevel(logging.WARNING)
        library.handlers[:] = [_reduced(handler)]
        library.propagate = False
    logging.getLogger("aiohttp.access").disabled = True
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _reduced(handler: logging.Handler) -> logging.Handler:
    reduced = logging.StreamHandler(sys.stderr)
    reduced.setFormatter(handler.formatter)
    reduced.addFilter(KindOnly())
    return reduced
