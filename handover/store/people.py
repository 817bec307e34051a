"""Tables of staff: accounts without password hashes, sessions, invitations, and the meldpunt's key pair."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handover.store.base import Base
from handover.store.conversations import Id
from handover.store.types import BigId


class Staff(Base):
    """A staff account. The password is right when it opens ``wrapped_private_key``; nothing else is stored
    of it.

    ``roles`` are names from permissions.yml. ``sealed_totp`` opens with the account's private key only.
    ``available_until`` says that this person takes conversations now.
    """

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    roles: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    public_key: Mapped[bytes]
    wrapped_private_key: Mapped[bytes]
    salt: Mapped[bytes]
    cost: Mapped[dict[str, Any]]
    sealed_totp: Mapped[bytes | None]
    totp_step: Mapped[int] = mapped_column(BigId, default=0)
    failures: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    available_until: Mapped[datetime | None]
    sso_subject: Mapped[str | None] = mapped_column(String(255), unique=True, index=True)


class StaffSession(Base):
    """A login. The cookie finds it (``lookup``) and opens ``wrapped_private_key``; neither is possible
    without it.

    ``proved_at`` is when the person last gave a second factor; ``challenge`` is what a passkey must sign next.
    """

    __tablename__ = "staff_sessions"

    lookup: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    wrapped_private_key: Mapped[bytes]
    device: Mapped[str] = mapped_column(String(16))
    second_factor: Mapped[bool] = mapped_column(default=False)
    proved_at: Mapped[datetime | None]
    challenge: Mapped[bytes | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Passkey(Base):
    """A passkey of a colleague (WebAuthn): its public half, and how often it signed."""

    __tablename__ = "passkeys"

    credential: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigId, default=0)
    name: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Invite(Base):
    """An invitation for a colleague; its token, shown once, opens ``sealed_keys``."""

    __tablename__ = "invites"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lookup: Mapped[bytes] = mapped_column(unique=True)
    roles: Mapped[list[str]]
    sealed_keys: Mapped[bytes]
    invited_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class MeldpuntKey(Base):
    """One generation of the meldpunt's key pair: the public half. Rotation makes the next generation."""

    __tablename__ = "meldpunt_keys"

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes]
    recovery_public_key: Mapped[bytes]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class KeyGrant(Base):
    """The private half of a generation, sealed for one holder: a staff id, or "recovery"."""

    __tablename__ = "key_grants"

    generation: Mapped[int] = mapped_column(
        ForeignKey("meldpunt_keys.generation", ondelete="CASCADE"), primary_key=True
    )
    holder: Mapped[str] = mapped_column(Id, primary_key=True)
    sealed: Mapped[bytes]
    granted_by: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]
