"""An application that takes tokens, its identity provider, a stranger's, and what forgers try on it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from structlog.testing import capture_logs

from listingapi.access import published_keys
from listingapi.access.scopes import Scope
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.issuer import Issuer, claims, issuing
from tests.signing import SigningKey, eddsa_key, es256_key, rs256_key, rsa_private_key, segment

NEW_ACCOUNT = "INSERT INTO account (name, kind, is_suspended) VALUES ($1, $2, $3) RETURNING account_id"

REFUSAL = b'{"message":"These credentials are not valid: send an API key or a token of the identity provider that is."}'
CHALLENGE = 'Bearer error="invalid_token"'
ROLES = {"editor": frozenset({Scope.LISTINGS_READ, Scope.LISTINGS_WRITE})}

# What the log says of them.
FORM = "token not in the compact form"
SIGNATURE = "signature wrong"

NO_LIMITS = {"address_reads_per_minute": 0, "account_reads_per_minute": 0, "failed_logins_per_minute": 0}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a forger finds: `good` is a token that is taken, and each key signs for the issuer but the `foreign` one."""

    client: httpx.AsyncClient
    issuer: Issuer
    stranger: Issuer
    clock: Clock
    account_id: int
    suspended_id: int
    rsa: SigningKey
    ec: SigningKey
    ed: SigningKey
    foreign: SigningKey

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Claims that are good but for what is changed."""
        return claims(self.clock.now, changed.pop("account_id", self.account_id), **changed)

    def signed(self, **changed: Any) -> str:
        """A token of the issuer whose claims are good but for what is changed."""
        return self.ec.sign(self.claims(**changed))

    def signed_text(self, old: str, new: str) -> str:
        """A token of the issuer in whose claims some text is another."""
        text = json.dumps(self.claims())
        assert old in text
        return self.ec.sign(text.replace(old, new, 1).encode())

    def headed(self, **header: Any) -> str:
        """A good token of the issuer but for the members of its header that are given."""
        return self.ec.sign(self.claims(), **header)

    @property
    def seconds(self) -> int:
        """The time, in seconds since 1970."""
        return int(self.clock.now.timestamp())

    @property
    def good(self) -> str:
        """A good token."""
        return self.signed()

    @property
    def parts(self) -> list[str]:
        """The three parts of a good token."""
        return self.good.split(".")


Forge = Callable[[Scene], str]


@asynccontextmanager
async def scene_on(database: TestDatabase) -> AsyncIterator[Scene]:
    """Run the application with an identity provider, and insert an account and a suspended one."""
    keys = [rs256_key(), eddsa_key("ed"), es256_key("ec")]
    foreign = es256_key("foreign")
    clock = Clock()
    with issuing(*keys) as issuer, issuing(foreign) as stranger, pytest.MonkeyPatch.context() as patch:
        patch.setattr(published_keys, "SECONDS_BETWEEN_FETCHES", 0.001)
        settings = database.settings(anonymous_scopes=frozenset(), jwt_roles=ROLES, **NO_LIMITS, **issuer.settings)
        ids = await new_account(database), await new_account(database, "suspended", is_suspended=True)
        async with client_of(settings, clock) as client:
            rsa, ed, ec = keys
            yield Scene(client, issuer, stranger, clock, *ids, rsa=rsa, ed=ed, ec=ec, foreign=foreign)


async def new_account(
    database: TestDatabase, name: str = "agency", kind: str = "agency", *, is_suspended: bool = False
) -> int:
    """Insert an account."""
    connection = await asyncpg.connect(database.superuser_url)
    account_id: int = await connection.fetchval(NEW_ACCOUNT, name, kind, is_suspended)
    await connection.close()
    return account_id


async def get_listings(client: httpx.AsyncClient, token: str) -> httpx.Response:
    """Ask for something that needs a scope."""
    return await client.get("/listings", headers={"Authorization": f"Bearer {token}"})


async def assert_refused(scene: Scene, token: str, reason: str) -> None:
    """A token is refused as all others are, and only the log says why: once, and without a word of the token."""
    with capture_logs() as logged:
        answer = await get_listings(scene.client, token)

    assert answer.status_code == 401
    assert answer.content == REFUSAL
    assert answer.headers["WWW-Authenticate"] == CHALLENGE
    assert [entry.get("reason") for entry in logged if entry["event"] == "credentials_refused"] == [reason]
    assert not any(part in repr(logged) for part in token.split(".") if len(part) > 8)


def certificate_of(key: SigningKey) -> str:
    """A certificate that a key has signed for itself, as `x5c` has it."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "id.example")])
    day = datetime(2023, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.private.public_key(), 1, day, day + timedelta(days=3650))
    return b64encode(builder.sign(key.private, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def public_bytes(key: SigningKey, encoding: Encoding) -> bytes:
    """The public half of a key in a file's format."""
    public: bytes = key.private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return public


def p384_key() -> SigningKey:
    """A key of another curve."""
    return SigningKey("p384", "ES384", ec.generate_private_key(ec.SECP384R1()))


def weak_key() -> SigningKey:
    """An RSA key that is too short."""
    return SigningKey("weak", "RS256", rsa_private_key(1024))


def with_signature(token: str, signature: bytes) -> str:
    """A token with another signature."""
    return f"{token.rpartition('.')[0]}.{segment(signature)}"


def with_header(text: bytes) -> Forge:
    """A token of the issuer whose header is this."""
    return lambda s: s.ec.sign_raw(text, s.claims())
