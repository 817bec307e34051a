"""Showing an OpenID provider that it is us who ask: an assertion we sign (private_key_jwt, as NL GOV wants) or a secret.

With a private key nothing that the provider holds can be used to speak in our name, and nothing secret is sent.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from handover.desk import new_id
from meldpunt.settings import Settings

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TERM = timedelta(minutes=1)


class KeyNotUsable(RuntimeError):
    """The file of ``oidc_key_file`` holds no private key that can sign; the text says what to do."""


def proof_of_client(settings: Settings, audience: str, now: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """What goes along to the token endpoint (``audience``): form fields and headers."""
    if settings.oidc_key_file is None:
        secret = settings.oidc_secret.get_secret_value()
        return {}, {"Authorization": aiohttp.encode_basic_auth(settings.oidc_client, secret)}
    key, algorithm, public = _key(settings.oidc_key_file)
    claims = {
        "iss": settings.oidc_client, "sub": settings.oidc_client, "aud": audience, "jti": new_id(), "iat": now,
        "exp": now + TERM,
    }  # fmt: skip
    signed = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": public["kid"]})
    return {"client_id": settings.oidc_client, "client_assertion_type": KIND, "client_assertion": signed}, {}


def public_keys(settings: Settings) -> dict[str, Any] | None:
    """Our public key as a JWK set, for the provider; None where there is no private key."""
    return None if settings.oidc_key_file is None else {"keys": [_key(settings.oidc_key_file)[2]]}


def _key(file: Path) -> tuple[RSAPrivateKey | EllipticCurvePrivateKey, str, dict[str, Any]]:
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        raise KeyNotUsable(f"{file} cannot be read as a private key in PEM without a passphrase") from None
    if isinstance(key, RSAPrivateKey):
        return key, "PS256", _public(RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), ("e", "kty", "n"), "PS256")
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name == "secp256r1":
        known = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return key, "ES256", _public(known, ("crv", "kty", "x", "y"), "ES256")
    raise KeyNotUsable(f"{file} holds a key of another kind: make an RSA key of 2048 bits or more, or one on P-256")


def _public(jwk: dict[str, Any], named: tuple[str, ...], algorithm: str) -> dict[str, Any]:
    """With its thumbprint (RFC 7638) as name."""
    known = {name: jwk[name] for name in named}
    body = json.dumps(known, sort_keys=True, separators=(",", ":")).encode()
    name = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")
    return {**known, "kid": name, "use": "sig", "alg": algorithm}
