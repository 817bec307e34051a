"""Single sign-on against a small OpenID provider that the test starts: who one is comes from there, what opens does not."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import SecretStr
from sqlalchemy import select

from handover.staff import make_staff_app
from handover.staff.oidc_client import KeyNotUsable
from handover.store import Staff
from tests.handover.staff.conftest import PASSWORD, StaffSide

CLIENT, SECRET = "meldpunt", "geheim"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAKE_KEY = {
    "rsa": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


@dataclass
class Provider:
    """The other half: gives codes, checks PKCE and the client, signs tokens. ``change`` spoils the claims."""

    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    asked: dict[str, str] = field(default_factory=dict)
    change: dict[str, Any] = field(default_factory=dict)
    sign_with: Any = None
    issuer: str = ""
    known_key: dict[str, Any] | None = None  # of the client, where it signs
    used: set[str] = field(default_factory=set)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.configuration)
        app.router.add_post("/token", self.token)
        app.router.add_get("/keys", self.keys)
        return app

    async def configuration(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, request: web.Request) -> web.Response:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [{**public, "kid": "een", "use": "sig", "alg": "PS256"}]})

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        verifier = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if not self.is_the_client(request, form) or challenge != self.asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "noor@organisatie", "iat": now, "exp": now + 60,
            "nonce": self.asked["nonce"], **self.change,
        }  # fmt: skip
        signed = jwt.encode(claims, self.sign_with or self.key, algorithm="PS256", headers={"kid": "een"})
        return web.json_response({"access_token": "x", "token_type": "Bearer", "id_token": signed})

    def is_the_client(self, request: web.Request, form: Any) -> bool:
        """By its secret; or, where its public key is known, only by a fresh assertion that it signed for this endpoint."""
        if self.known_key is None:
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            return request.headers.get("Authorization") == f"Basic {basic}"
        if "Authorization" in request.headers or form["client_assertion_type"] != ASSERTION:
            return False
        signed = str(form["client_assertion"])
        if jwt.get_unverified_header(signed)["kid"] != self.known_key["kid"]:
            return False
        try:
            claims = jwt.decode(
                signed, jwt.PyJWK(self.known_key), algorithms=["PS256", "ES256"], audience=f"{self.issuer}/token",
                issuer=CLIENT, options={"require": ["exp", "iat", "iss", "sub", "aud", "jti"]},
            )  # fmt: skip
        except jwt.PyJWTError:
            return False
        fresh = claims["jti"] not in self.used and claims["exp"] - claims["iat"] <= 300
        self.used.add(claims["jti"])
        return fresh and claims["sub"] == CLIENT == form["client_id"]


@pytest.fixture
async def provider(staff: StaffSide) -> AsyncIterator[Provider]:
    made = Provider()
    async with TestServer(made.app()) as server:
        made.issuer = str(server.make_url("")).rstrip("/")
        changed = {"oidc_issuer": made.issuer, "oidc_client": CLIENT, "oidc_secret": SecretStr(SECRET)}
        object.__setattr__(staff.desk, "settings", staff.desk.settings.model_copy(update=changed))
        yield made


async def there_and_back(staff: StaffSide, provider: Provider, **query: str) -> Any:
    """To the provider and back with a code, as a browser would."""
    away = await staff.client.get("/login/sso", allow_redirects=False)
    assert away.status == 303
    found = urlsplit(away.headers["Location"])
    provider.asked = {name: values[0] for name, values in parse_qs(found.query).items()}
    back = {"code": "abc", "state": provider.asked["state"], **query}
    return await staff.client.get("/login/sso/terug", params=back, allow_redirects=False)


async def tie(staff: StaffSide, provider: Provider) -> None:
    await staff.log_in()
    assert (await there_and_back(staff, provider)).status == 200
    await staff.form("/mijn", "/uitloggen")


async def test_the_way_there_has_pkce_state_and_nonce(staff: StaffSide, provider: Provider) -> None:
    await there_and_back(staff, provider)
    assert provider.asked["response_type"] == "code"
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["scope"] == "openid"
    assert len(provider.asked["nonce"]) > 30
    assert provider.asked["redirect_uri"].endswith("/login/sso/terug")


async def test_a_tied_account_comes_in_and_opens_its_seal_with_its_own_passphrase(
    staff: StaffSide, provider: Provider
) -> None:
    await staff.add_case("MT-1", "hoog", said="hallo")
    await tie(staff, provider)
    answer = await there_and_back(staff, provider)
    assert 'href="/login/zegel"' in await answer.text()
    assert (await staff.client.get("/wachtrij", allow_redirects=False)).headers["Location"] == "/login"
    assert (await staff.client.get("/login", allow_redirects=False)).headers["Location"] == "/login/zegel"
    wrong = await staff.form("/login/zegel", "/login/zegel", password="niet het goede")
    assert wrong.status == 401
    right = await staff.form("/login/zegel", "/login/zegel", password=PASSWORD)
    assert right.headers["Location"] == "/"
    assert "hallo" in await (await staff.client.get("/meldingen/MT-1")).text()


async def test_who_is_not_tied_does_not_come_in(staff: StaffSide, provider: Provider) -> None:
    answer = await there_and_back(staff, provider)
    assert answer.status == 403
    assert (await staff.client.get("/login/zegel", allow_redirects=False)).headers["Location"] == "/login"


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "een andere"}, {"aud": "een ander"}, {"iss": "https://elders.example"},
        {"exp": 1_000_000_000}, {"sub": None},
    ],
)  # fmt: skip
async def test_a_token_that_is_not_right_lets_nobody_in(
    staff: StaffSide, provider: Provider, change: dict[str, Any]
) -> None:
    await tie(staff, provider)
    provider.change = change
    assert (await there_and_back(staff, provider)).status == 401


async def test_a_token_signed_by_another_lets_nobody_in(staff: StaffSide, provider: Provider) -> None:
    await tie(staff, provider)
    provider.sign_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert (await there_and_back(staff, provider)).status == 401


async def test_a_wrong_state_or_no_cookie_lets_nobody_in(staff: StaffSide, provider: Provider) -> None:
    await tie(staff, provider)
    assert (await there_and_back(staff, provider, state="anders")).status == 401
    staff.client.session.cookie_jar.clear()
    answer = await staff.client.get("/login/sso/terug", params={"code": "abc", "state": "x"})
    assert answer.status == 401


async def test_coming_back_too_late_lets_nobody_in(staff: StaffSide, provider: Provider) -> None:
    await tie(staff, provider)
    away = await staff.client.get("/login/sso", allow_redirects=False)
    asked = {n: v[0] for n, v in parse_qs(urlsplit(away.headers["Location"]).query).items()}
    staff.later(minutes=11)
    answer = await staff.client.get("/login/sso/terug", params={"code": "abc", "state": asked["state"]})
    assert answer.status == 401


async def test_the_tie_can_be_taken_away(staff: StaffSide, provider: Provider) -> None:
    await tie(staff, provider)
    staff.later(seconds=60)
    await staff.log_in()
    await staff.form("/mijn", "/mijn/sso")
    async with staff.desk.store.reading() as session:
        assert await session.scalar(select(Staff.sso_subject)) is None


async def test_without_the_setting_there_is_no_such_way(staff: StaffSide) -> None:
    assert (await staff.client.get("/login/sso", allow_redirects=False)).status == 404
    assert "/login/sso" not in await (await staff.client.get("/login")).text()


def key_file(folder: Path, kind: str) -> Path:
    """A private key as an administrator would make it with openssl."""
    file = folder / "sso.pem"
    file.write_bytes(
        MAKE_KEY[kind]().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


def sign_with(staff: StaffSide, file: Path) -> None:
    changed = staff.desk.settings.model_copy(update={"oidc_key_file": file, "oidc_secret": SecretStr("")})
    object.__setattr__(staff.desk, "settings", changed)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
async def test_with_a_key_of_our_own_we_sign_and_send_no_secret(
    staff: StaffSide, provider: Provider, tmp_path: Path, kind: str
) -> None:
    sign_with(staff, key_file(tmp_path, kind))
    (published,) = (await (await staff.client.get("/login/sso/sleutels")).json())["keys"]
    assert "d" not in published
    provider.known_key = published
    await tie(staff, provider)
    answer = await there_and_back(staff, provider)
    assert 'href="/login/zegel"' in await answer.text()
    assert len(provider.used) == 2


async def test_a_key_that_the_provider_does_not_know_lets_nobody_in(
    staff: StaffSide, provider: Provider, tmp_path: Path
) -> None:
    sign_with(staff, key_file(tmp_path, "rsa"))
    (provider.known_key,) = (await (await staff.client.get("/login/sso/sleutels")).json())["keys"]
    await tie(staff, provider)
    sign_with(staff, key_file(tmp_path, "rsa"))
    assert (await there_and_back(staff, provider)).status == 401


async def test_an_answer_that_names_another_provider_lets_nobody_in(staff: StaffSide, provider: Provider) -> None:
    await tie(staff, provider)
    assert (await there_and_back(staff, provider, iss="https://elders.example")).status == 401


@pytest.mark.parametrize("kind", ["ed25519", "none", "no key"])
async def test_a_key_that_cannot_sign_is_said_at_the_start(staff: StaffSide, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "weg.pem" if kind == "none" else key_file(tmp_path, "ed25519")
    if kind == "no key":
        file.write_text("geen sleutel")
    sign_with(staff, file)
    with pytest.raises(KeyNotUsable, match=file.name):
        make_staff_app(staff.desk)


async def test_without_a_key_of_our_own_none_is_published(staff: StaffSide, provider: Provider) -> None:
    assert (await staff.client.get("/login/sso/sleutels")).status == 404
