"""Pages about accounts: who has access, inviting, accepting an invitation, ending access."""

from __future__ import annotations

import pyotp
import segno
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from handover.accounts import (
    AccountRefused,
    InviteUnknown,
    NewAccount,
    PasswordTooShort,
    accept_invite,
    end_access,
    invite,
    rotate,
)
from handover.staff.permissions import permissions
from handover.staff.restoring import invite_anew
from handover.staff.web import desk_of, keyring_of, login_of, page
from handover.store import Staff
from handover.vault import NoAccess


async def colleagues(request: web.Request) -> web.StreamResponse:
    return await _list(request)


async def invited(request: web.Request) -> web.StreamResponse:
    """Make an invitation; its code is shown once."""
    form = await request.post()
    roles = [role for role in permissions().roles if form.get(f"role_{role}")]
    if not roles:
        return await _list(request, problem="no_role", status=422)
    token = await invite(desk_of(request), login_of(request).actor, keyring_of(request), roles)
    return await _list(request, token=token)


async def ended(request: web.Request) -> web.StreamResponse:
    try:
        await end_access(desk_of(request), login_of(request).actor, request.match_info["staff"])
    except AccountRefused:
        return await _list(request, problem="not_ended", status=409)
    raise web.HTTPSeeOther("/collegas")


async def key_rotated(request: web.Request) -> web.StreamResponse:
    """A new key for the meldpunt: whoever's access ended opens nothing any more, not even in an older copy."""
    await rotate(desk_of(request), login_of(request).actor, keyring_of(request))
    return await _list(request, done=True)


async def restored(request: web.Request) -> web.StreamResponse:
    """End a colleague's account and invite them anew, by the printed recovery key."""
    form, staff = await request.post(), request.match_info["staff"]
    try:
        token = await invite_anew(desk_of(request), login_of(request).actor, str(form.get("key", "")), staff)
    except (NoAccess, AccountRefused):
        return await _list(request, problem="wrong_recovery", status=422)
    return await _list(request, token=token)


async def invitation(request: web.Request) -> web.StreamResponse:
    return page(request, "invitation.html", problem=None, form={})


async def accepted(request: web.Request) -> web.StreamResponse:
    """Make the account; its TOTP secret is shown once."""
    desk = desk_of(request)
    form = {name: str(value) for name, value in (await request.post()).items()}
    account = NewAccount(
        form.get("username", "").strip().lower(), form.get("display_name", "").strip(), form.get("password", ""),
        pyotp.random_base32(),
    )  # fmt: skip
    problem = None
    if not account.username or not account.display_name:
        problem = "names_needed"
    else:
        try:
            await accept_invite(desk, form.get("token", "").strip(), account)
        except InviteUnknown:
            problem = "invite_unknown"
        except PasswordTooShort:
            problem = "password_short"
        except (AccountRefused, IntegrityError):
            problem = "name_taken"
    if problem:
        return page(request, "invitation.html", status=422, problem=problem, form=form)
    uri = pyotp.TOTP(account.totp_secret).provisioning_uri(
        name=account.username, issuer_name=desk.settings.organisation
    )
    picture = segno.make(uri).svg_data_uri(scale=5, border=2)
    return page(request, "second_factor.html", secret=account.totp_secret, picture=picture)


async def _list(
    request: web.Request, *, token: str | None = None, problem: str | None = None, done: bool = False,
    status: int = 200,
) -> web.Response:  # fmt: skip
    async with desk_of(request).store.reading() as session:
        people = (await session.scalars(select(Staff).order_by(Staff.display_name))).all()
    return page(
        request, "colleagues.html", status=status, people=people, token=token, problem=problem, done=done,
        roles=list(permissions().roles),
    )  # fmt: skip


ROUTES = [
    web.get("/collegas", colleagues),
    web.post("/collegas/uitnodigen", invited),
    web.post("/collegas/{staff}/beeindigen", ended),
    web.post("/collegas/sleutel", key_rotated),
    web.post("/collegas/{staff}/herstel", restored),
    web.get("/uitnodiging", invitation),
    web.post("/uitnodiging", accepted),
]
