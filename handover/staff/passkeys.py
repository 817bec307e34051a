"""Passkeys (WebAuthn): adding one, and giving one as second factor at login or when asked again.

The password still opens the account's key; a passkey stands where the one-time code stands, and cannot be phished.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import delete, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from handover.desk import Desk
from handover.staff.login import (
    Login,
    LoginRefused,
    NotLoggedIn,
    note_failure,
    note_proof,
    opened_pair,
    replace_session,
)
from handover.staff.web import LOGIN, SESSION_COOKIE, desk_of, login_of, set_cookie
from handover.store import Passkey, Staff, StaffSession
from handover.vault import lookup_of

VERIFIED = UserVerificationRequirement.REQUIRED


async def add_options(request: web.Request) -> web.StreamResponse:
    """What the browser needs to make a new passkey."""
    desk, login = desk_of(request), login_of(request)
    async with desk.store.reading() as session:
        staff = await session.get_one(Staff, login.actor.id)
        known = (await session.scalars(_of(staff.id))).all()
    options = generate_registration_options(
        rp_id=_host(request), rp_name=desk.settings.organisation, user_name=staff.username,
        user_display_name=staff.display_name, user_id=staff.id.encode(),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential) for key in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=VERIFIED
        ),
    )  # fmt: skip
    await _remember(desk, login.token, options.challenge)
    return web.Response(text=options_to_json(options), content_type="application/json")


async def added(request: web.Request) -> web.StreamResponse:
    """Keep the public half of a new passkey."""
    desk, login = desk_of(request), login_of(request)
    body = await _body(request)
    try:
        made = verify_registration_response(
            credential=body["credential"], expected_challenge=await _challenge(desk, login.token),
            expected_rp_id=_host(request), expected_origin=_origin(request), require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, KeyError, ValueError):
        return web.json_response({"problem": "passkey"}, status=422)
    name = str(body.get("name", "")).strip()[:64] or made.aaguid[:8]
    async with desk.store.writing() as session:
        session.add(
            Passkey(
                credential=made.credential_id, staff_id=login.actor.id, public_key=made.credential_public_key,
                sign_count=made.sign_count, name=name, created_at=desk.clock(), used_at=None,
            )
        )  # fmt: skip
        await desk.record(session, login.actor, "account.passkey_added", login.actor.id)
    return web.json_response({"to": "/mijn"})


async def removed(request: web.Request) -> web.StreamResponse:
    desk, login = desk_of(request), login_of(request)
    credential = base64url_to_bytes(str((await request.post()).get("credential", "")))
    async with desk.store.writing() as session:
        await session.execute(
            delete(Passkey).where(Passkey.credential == credential, Passkey.staff_id == login.actor.id)
        )
        await desk.record(session, login.actor, "account.passkey_removed", login.actor.id)
    raise web.HTTPSeeOther("/mijn")


async def login_options(request: web.Request) -> web.StreamResponse:
    """What the browser needs to sign with a passkey of whoever gave the password, or is logged in."""
    desk, token = desk_of(request), _token(request)
    staff, _ = await opened_pair(desk, token)
    async with desk.store.reading() as session:
        known = (await session.scalars(_of(staff.id))).all()
    options = generate_authentication_options(
        rp_id=_host(request), user_verification=VERIFIED,
        allow_credentials=[PublicKeyCredentialDescriptor(id=key.credential) for key in known],
    )  # fmt: skip
    await _remember(desk, token, options.challenge)
    return web.Response(text=options_to_json(options), content_type="application/json")


async def login_given(request: web.Request) -> web.StreamResponse:
    """The passkey as second factor: a full session."""
    desk, token = desk_of(request), _token(request)
    staff, pair = await opened_pair(desk, token)
    try:
        await _verify(request, staff)
    except LoginRefused as error:
        return web.json_response({"problem": error.reason}, status=401)
    response = web.json_response({"to": "/"})
    set_cookie(request, response, SESSION_COOKIE, await replace_session(desk, token, staff.id, pair.private))
    return response


async def proof_given(request: web.Request) -> web.StreamResponse:
    """The passkey again, in a session that is there."""
    desk, login = desk_of(request), login_of(request)
    staff, _ = await opened_pair(desk, login.token)
    try:
        await _verify(request, staff)
    except LoginRefused as error:
        return web.json_response({"problem": error.reason}, status=401)
    await note_proof(desk, login.token)
    return web.json_response({"to": None})


async def _verify(request: web.Request, staff: Staff) -> None:
    desk, body = desk_of(request), await _body(request)
    if staff.not_before is not None and staff.not_before > desk.clock():
        raise LoginRefused("too_soon")
    try:
        credential = body["credential"]
        expected = await _challenge(desk, _token(request))
        async with desk.store.writing() as session:
            key = await session.get(Passkey, base64url_to_bytes(credential["rawId"]), with_for_update=True)
            if key is None or key.staff_id != staff.id:
                raise LoginRefused("wrong_passkey")
            done = verify_authentication_response(
                credential=credential, expected_challenge=expected, expected_rp_id=_host(request),
                expected_origin=_origin(request), credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count, require_user_verification=True,
            )  # fmt: skip
            key.sign_count, key.used_at = done.new_sign_count, desk.clock()
            row = await session.get_one(Staff, staff.id, with_for_update=True)
            row.failures, row.not_before = 0, None
    except (WebAuthnException, LoginRefused, KeyError, TypeError, ValueError):
        await note_failure(desk, staff.id, "staff.passkey")
        raise LoginRefused("wrong_passkey") from None


def _token(request: web.Request) -> str:
    login: Login | None = request.get(LOGIN)
    if login is None:
        raise NotLoggedIn
    return login.token


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


async def _remember(desk: Desk, token: str, challenge: bytes) -> None:
    async with desk.store.writing() as session:
        row = await session.get(StaffSession, lookup_of(token))
        if row is not None:
            row.challenge = challenge


async def _challenge(desk: Desk, token: str) -> bytes:
    """What had to be signed: works once."""
    async with desk.store.writing() as session:
        row = await session.get(StaffSession, lookup_of(token))
        if row is None or row.challenge is None:
            raise ValueError("nothing was asked")
        challenge, row.challenge = row.challenge, None
        return challenge


def _origin(request: web.Request) -> str:
    """Where the staff pages are: the setting, or the address that was asked for."""
    return desk_of(request).settings.staff_url.rstrip("/") or f"{request.scheme}://{request.host}"


def _host(request: web.Request) -> str:
    return urlsplit(_origin(request)).hostname or ""


def _of(staff_id: str) -> Any:
    return select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.created_at)


ROUTES = [
    web.post("/mijn/passkeys/opties", add_options),
    web.post("/mijn/passkeys", added),
    web.post("/mijn/passkeys/verwijderen", removed),
    web.post("/login/passkey/opties", login_options),
    web.post("/login/passkey", login_given),
    web.post("/bevestigen/passkey/opties", login_options),
    web.post("/bevestigen/passkey", proof_given),
]
