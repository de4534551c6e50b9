"""The keys that an identity provider publishes (JWKS, RFC 7517): those that may sign tokens, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWS, PyJWTError

from listingapi.access.jose import ALGORITHMS, Header
from listingapi.access.refusals import TokenRefused
from listingapi.access.strict_json import NotStrictJSON, read_object

# The kind of a key decides on the algorithm: that of the token only has to agree.
ALGORITHM_OF: Mapping[tuple[object, object], str] = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}
PRIVATE_OR_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
FEWEST_RSA_BITS = 2048

jws = PyJWS(algorithms=sorted(ALGORITHMS))


class UnusableKeys(Exception):
    """What the identity provider answered is no JWKS."""


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A key that verifies tokens by the one algorithm that it is for; two are the same if they were published so."""

    kid: str
    algorithm: str
    published: Mapping[str, Any]
    key: PyJWK = field(compare=False, repr=False)

    def verify(self, token: str) -> bytes:
        """The payload of a token that this key signed.

        Raises:
            TokenRefused: it did not.
        """
        try:
            payload: bytes = jws.decode_complete(token, self.key, algorithms=[self.algorithm])["payload"]
        except PyJWTError:
            raise TokenRefused("signature wrong") from None
        return payload


IssuerKeys = Mapping[Header, IssuerKey]


def read_keys(body: bytes) -> IssuerKeys:
    """The keys of a JWKS that may sign tokens, by their name and algorithm; all others are left out.

    Raises:
        UnusableKeys: it is no JWKS.
    """
    try:
        published = read_object(body).get("keys")
    except NotStrictJSON as error:
        raise UnusableKeys(f"the key set is {error}") from None
    if not isinstance(published, list):
        raise UnusableKeys("the key set has no list of keys")
    usable = [key for key in map(_usable, published) if key]
    return {Header(key.kid, key.algorithm): key for key in usable}


def _usable(jwk: Any) -> IssuerKey | None:
    if not isinstance(jwk, dict) or not _may_verify(jwk):
        return None
    kid, algorithm = jwk.get("kid"), _algorithm(jwk)
    if not isinstance(kid, str) or not kid or algorithm is None:
        return None
    try:
        key = PyJWK(jwk, algorithm)
    except PyJWTError:
        return None
    return None if _is_weak(key) else IssuerKey(kid, algorithm, jwk, key)


def _may_verify(jwk: dict[str, Any]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    is_for_signatures = jwk.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations
    return is_for_signatures and PRIVATE_OR_SECRET.isdisjoint(jwk)


def _algorithm(jwk: dict[str, Any]) -> str | None:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    if not isinstance(kty, str) or not isinstance(crv, str | None):
        return None
    algorithm = ALGORITHM_OF.get((kty, crv))
    return algorithm if jwk.get("alg", algorithm) == algorithm else None


def _is_weak(key: PyJWK) -> bool:
    return isinstance(key.key, RSAPublicKey) and key.key.key_size < FEWEST_RSA_BITS
