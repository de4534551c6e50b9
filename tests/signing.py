"""Keys that sign tokens, and tokens put together by hand, so that every part of one can be wrong."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

ALGORITHMS = get_default_algorithms()
numbers = count(1)

JSON = Mapping[str, Any] | bytes


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair of an identity provider."""

    kid: str
    algorithm: str
    private: Any

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half, as it is published."""
        published = ALGORITHMS[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        published.pop("key_ops", None)
        return {**published, "kid": self.kid, "use": "sig", "alg": self.algorithm}

    def signature(self, signed: bytes, algorithm: str = "") -> bytes:
        """The signature of what is signed; of another algorithm than the key's own, if one is named."""
        return ALGORITHMS[algorithm or self.algorithm].sign(signed, self.private)

    def sign(self, claims: JSON, **header: Any) -> str:
        """A token; members of the header that are given go before the right ones."""
        return self.sign_raw({"typ": "JWT", "alg": self.algorithm, "kid": self.kid, **header}, claims)

    def sign_raw(self, header: JSON, claims: JSON, algorithm: str = "") -> str:
        """A token with exactly this header."""
        signed = f"{segment(header)}.{segment(claims)}"
        return f"{signed}.{segment(self.signature(signed.encode(), algorithm))}"


def segment(content: JSON) -> str:
    """One part of a token: base64url, without padding."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(text).rstrip(b"=").decode()


@cache
def rsa_private_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """The RSA key of all tests: making one takes a while."""
    return rsa.generate_private_key(65537, bits)


def rs256_key(kid: str = "rsa") -> SigningKey:
    """A key for RS256; each has the same key pair."""
    return SigningKey(kid, "RS256", rsa_private_key())


def es256_key(kid: str = "") -> SigningKey:
    """A new key for ES256."""
    return SigningKey(kid or f"ec-{next(numbers)}", "ES256", ec.generate_private_key(ec.SECP256R1()))


def eddsa_key(kid: str = "") -> SigningKey:
    """A new key for EdDSA."""
    return SigningKey(kid or f"ed-{next(numbers)}", "EdDSA", ed25519.Ed25519PrivateKey.generate())
