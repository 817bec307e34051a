"""Every setting of an installation, each with a default that works (environment variables ``MELDPUNT_...``
or ``.env``).

docs/settings.md lists them; a test keeps the two the same. Durations are ISO 8601 (``PT1H``, ``P30D``) or
seconds.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from meldpunt.opening import OpeningHours, parse_hours

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than nothing")
    return value


Term = Annotated[timedelta, AfterValidator(_positive)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Read once at start-up; a wrong value is refused with its name."""

    model_config = SettingsConfigDict(env_prefix="MELDPUNT_", env_file=".env", extra="ignore", frozen=True)

    # Where things are
    var: Path = Field(default=Path("var"), description="Directory of the database, key file and logs.")
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL; empty: `sqlite+aiosqlite:///` in `var`. PostgreSQL: `postgresql+psycopg://…`.",
    )
    key_file: Path | None = Field(
        default=None, description="Key file (pepper, audit); empty: `keys/installation.json` in `var`."
    )
    public_host: str = Field(default="127.0.0.1", description="Address that the visitors' listener binds to.")
    public_port: Port = Field(default=8080, description="Port of the visitors' listener.")
    public_origins: tuple[str, ...] = Field(
        default=(),
        description="Origins (JSON list) that visitors' sockets may come from besides the address itself.",
    )
    staff_host: str = Field(
        default="127.0.0.1", description="Address that the staff listener binds to; keep it inside."
    )
    staff_port: Port = Field(default=8081, description="Port of the staff listener.")
    rasa_port: Port = Field(default=5005, description="Port of Rasa, on loopback.")
    actions_port: Port = Field(default=5055, description="Port of the action server, on loopback.")
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="Port of the metrics, on loopback; 0: none."
    )
    channel_secret: SecretStr = Field(
        default=SecretStr(""), description="Shared by handover and Rasa; made at set-up."
    )
    log_level: str = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR; no level logs what anyone typed."
    )

    demo: bool = Field(
        default=False, description="1: a new installation is filled with invented cases and colleagues."
    )

    # Who runs it
    organisation: str = Field(default="Meldpunt Twente", description="Name that visitors and staff see.")
    organisation_phone: str = Field(
        default="", description="Telephone number of the meldpunt; empty: not shown."
    )
    organisation_url: str = Field(default="", description="Web site of the meldpunt; empty: not shown.")
    security_contact: str = Field(
        default="mailto:security@example.org", description="Contact in security.txt."
    )
    exit_site: str = Field(
        default="https://www.buienradar.nl/", description="Where the quick exit goes: a neutral site."
    )
    timezone: str = Field(default="Europe/Amsterdam", description="Time zone of the opening hours.")
    opening_hours: str = Field(
        default="ma-vr 09:00-17:00",
        description="When people read: days and times, parts separated by commas.",
    )
    holidays: tuple[date, ...] = Field(
        default=(), description="Days (JSON list of dates) on which nobody reads."
    )

    # Conversation
    message_limit: int = Field(default=2000, ge=100, le=2000, description="Longest message, in characters.")
    bot_patience: Term = Field(
        default=timedelta(seconds=8), description="How long one call to the bot may take."
    )
    bot_attempts: int = Field(
        default=3, ge=1, le=10, description="Calls for one message before a person or the form takes over."
    )
    bot_pause: Term = Field(
        default=timedelta(seconds=1), description="Wait before the second call; doubles each time."
    )
    token_term: Term = Field(default=DAY, description="How long a visitor's token works after its last use.")
    conversations_per_minute: int = Field(
        default=20, ge=1, description="New conversations a minute from one network."
    )
    messages_per_minute: int = Field(default=40, ge=1, description="Messages a minute in one conversation.")
    sockets_per_network: int = Field(default=2000, ge=1, description="Open sockets from one network.")
    sockets_total: int = Field(default=12_000, ge=1, description="Open sockets of one handover process.")
    codes_per_minute: int = Field(
        default=10, ge=1, description="Receipt codes a minute from one network before slowing down."
    )

    # Staff
    staff_url: str = Field(
        default="", description="Address of the staff pages as browsers see it; needed behind a proxy."
    )
    oidc_issuer: str = Field(
        default="", description="Issuer of single sign-on (OpenID Connect) for staff; empty: none."
    )
    oidc_client: str = Field(default="", description="Our client id there.")
    oidc_secret: SecretStr = Field(default=SecretStr(""), description="Our client secret there.")
    oidc_key_file: Path | None = Field(
        default=None,
        description="Private key (PEM) to sign with there instead of a secret (private_key_jwt, NL GOV); empty: the secret.",
    )
    oidc_name: str = Field(default="Organisatie-account", description="Name on the button of single sign-on.")
    notice_to: tuple[str, ...] = Field(
        default=(), description="E-mail addresses (JSON list) for notices without content; empty: none."
    )
    notice_from: str = Field(default="meldpunt@example.org", description="Sender of the notices.")
    notice_hour: int = Field(default=8, ge=0, le=23, description="Hour of the daily notice.")
    smtp_host: str = Field(default="", description="Mail server for the notices; empty: none.")
    smtp_port: Port = Field(default=587, description="Port of the mail server.")
    smtp_user: str = Field(default="", description="User name at the mail server; empty: none.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password at the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`starttls`, `tls`, or `none` for a server on this machine."
    )
    heartbeat_file: str = Field(
        default="", description="File that is touched while all is well, for a monitor; empty: none."
    )
    session_term: Term = Field(default=8 * HOUR, description="How long a staff login lasts at most.")
    session_idle: Term = Field(
        default=timedelta(minutes=30), description="How long a staff login lasts without use."
    )
    chat_lease: Term = Field(
        default=timedelta(minutes=3),
        description="How long a live conversation stays claimed without a sign of the claimer.",
    )
    case_lease: Term = Field(
        default=5 * DAY, description="How long a report stays claimed without a sign of the claimer."
    )
    invite_term: Term = Field(default=3 * DAY, description="How long an invitation for a colleague works.")
    password_length: int = Field(default=12, ge=10, description="Shortest password of staff.")
    argon2_memory: int = Field(
        default=65536, ge=1024, description="Memory (KiB) that guessing a password or code costs."
    )
    argon2_time: int = Field(default=3, ge=1, description="Passes that guessing a password or code costs.")

    # Retention (domain.md 3.5; the FG decides)
    keep_unfinished: Term = Field(
        default=HOUR, description="Unfinished conversation, after the last sign of life."
    )
    keep_paused: Term = Field(default=DAY, description="The same, when the visitor said to come back later.")
    keep_chat: Term = Field(
        default=30 * DAY, description="Conversation with a person without a report, after its end."
    )
    keep_own_words: Term = Field(
        default=30 * DAY, description="Literal conversation, after the report was handled."
    )
    keep_anonymous: Term = Field(
        default=365 * DAY, description="Handled report without contact, after it was handled."
    )
    keep_handled: Term = Field(
        default=2 * 365 * DAY, description="Handled report with contact, after it was handled."
    )
    keep_unhandled: Term = Field(
        default=365 * DAY,
        description="Opened report that nobody handled; `acuut`, `hoog` and unopened ones are held longer.",
    )
    keep_audit: Term = Field(
        default=5 * 365 * DAY, description="Audit lines; older ones are named by `audit verify`, not removed."
    )

    @model_validator(mode="after")
    def _hours_can_be_read(self) -> Settings:
        try:
            parse_hours(self.opening_hours, frozenset(self.holidays), ZoneInfo(self.timezone))
        except ZoneInfoNotFoundError:
            raise ValueError(f"MELDPUNT_TIMEZONE: there is no time zone {self.timezone!r}") from None
        return self

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite+aiosqlite:///{self.var / 'meldpunt.db'}"

    @property
    def keys(self) -> Path:
        """The key file's path."""
        return self.key_file or self.var / "keys" / "installation.json"

    @property
    def bot_url(self) -> str:
        """Where Rasa's channel is."""
        return f"http://127.0.0.1:{self.rasa_port}/webhooks/meldpunt"

    @cached_property
    def hours(self) -> OpeningHours:
        """The opening hours, ready to ask."""
        return parse_hours(self.opening_hours, frozenset(self.holidays), ZoneInfo(self.timezone))
