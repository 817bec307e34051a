"""OpenID Connect, our half: authorisation code flow with PKCE (S256), state and nonce, as the NL GOV profile asks.

Nothing is kept on the server between leaving and coming back: what must be remembered travels in a cookie that only this
installation can open. The identity that comes back opens no seal; that needs the passphrase of the account.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import jwt

from handover.staff.oidc_client import proof_of_client
from handover.vault.derive import derive
from handover.vault.seal import NotOpened, Place, seal, unseal
from meldpunt.settings import Settings

ALGORITHMS = ["PS256", "RS256", "ES256"]
TERM = timedelta(minutes=10)
LEEWAY = 60
TIMEOUT = aiohttp.ClientTimeout(total=10)
PLACE = Place("sso", 0, "cookie")


class SsoFailed(Exception):
    """The provider or the answer is not right; nobody is logged in. The text names the step, never a value."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What must be known again when somebody comes back. ``staff`` is set where an account is being tied."""

    state: str
    nonce: str
    verifier: str
    at: float
    staff: str = ""

    @classmethod
    def new(cls, now: datetime, staff: str = "") -> Leaving:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, now.timestamp(), staff)

    def as_cookie(self, root: bytes) -> str:
        body = json.dumps(asdict(self)).encode()
        return base64.urlsafe_b64encode(seal(derive(root, "sso"), body, PLACE)).decode()

    @classmethod
    def from_cookie(cls, text: str, root: bytes, now: datetime) -> Leaving:
        """Raises :class:`SsoFailed` where it is not ours or too old."""
        try:
            left = cls(**json.loads(unseal(derive(root, "sso"), base64.urlsafe_b64decode(text), PLACE)))
        except (NotOpened, ValueError, TypeError):
            raise SsoFailed("cookie") from None
        if now.timestamp() - left.at > TERM.total_seconds():
            raise SsoFailed("too late")
        return left


async def address(settings: Settings, left: Leaving, back: str) -> str:
    """Where to send the browser."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(left.verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code", "client_id": settings.oidc_client, "redirect_uri": back, "scope": "openid",
        "state": left.state, "nonce": left.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
        found = await _discover(http, settings)
    return f"{found['authorization_endpoint']}?{urlencode(query)}"


async def subject(settings: Settings, left: Leaving, query: dict[str, str], back: str, now: datetime) -> str:
    """Who came back (``sub``), after checking everything; raises :class:`SsoFailed`."""
    if not hmac.compare_digest(query.get("state", "").encode(), left.state.encode()):
        raise SsoFailed("state")
    if query.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise SsoFailed("issuer")  # an answer of another provider (RFC 9207)
    if "code" not in query:
        raise SsoFailed("no code")
    form = {
        "grant_type": "authorization_code", "code": query["code"], "redirect_uri": back,
        "code_verifier": left.verifier,
    }  # fmt: skip
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            found = await _discover(http, settings)
            fields, headers = proof_of_client(settings, found["token_endpoint"], now)
            async with http.post(found["token_endpoint"], data=form | fields, headers=headers) as answer:
                if answer.status != 200:
                    raise SsoFailed("token")
                token = (await answer.json())["id_token"]
            keys = jwt.PyJWKSet.from_dict(await _json(http, found["jwks_uri"]))
        kid = jwt.get_unverified_header(token).get("kid")
        key = next((one for one in keys.keys if kid is None or one.key_id == kid), None)
        if key is None:
            raise SsoFailed("key")
        claims = await asyncio.to_thread(_claims, token, key, settings)
    except (aiohttp.ClientError, jwt.PyJWTError, TimeoutError, KeyError, TypeError, ValueError):
        raise SsoFailed("answer") from None
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), left.nonce.encode()):
        raise SsoFailed("nonce")
    return str(claims["sub"])


def _claims(token: str, key: jwt.PyJWK, settings: Settings) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=ALGORITHMS, audience=settings.oidc_client, issuer=settings.oidc_issuer,
        leeway=LEEWAY, options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
    )  # fmt: skip
    return claims


async def _discover(http: aiohttp.ClientSession, settings: Settings) -> dict[str, Any]:
    try:
        issuer = settings.oidc_issuer.rstrip("/")
        found = await _json(http, f"{issuer}/.well-known/openid-configuration")
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise SsoFailed("discovery") from None
    if found.get("issuer") != settings.oidc_issuer:
        raise SsoFailed("issuer")
    return found


async def _json(http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with http.get(url) as answer:
        answer.raise_for_status()
        body: dict[str, Any] = await answer.json()
        return body
