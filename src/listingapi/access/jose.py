"""The outside of a token: a JWS in its compact form (RFC 7515) with a header that names a key of the issuer."""

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from listingapi.access.refusals import TokenRefused
from listingapi.access.strict_json import NotStrictJSON, read_object

LONGEST_TOKEN = 8 * 1024
ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
TYPES = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})

COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Header:
    """What is used of the header of a token. Keys that it brings or names an address of are never looked at."""

    kid: str
    algorithm: str


def read_header(token: str) -> Header:
    """The header of a token whose form is right; nothing of it is verified.

    Raises:
        TokenRefused: this can't be a token of an identity provider.
    """
    if not COMPACT.fullmatch(token):
        raise TokenRefused("token not in the compact form")
    try:
        return _checked(read_object(_decoded(token.partition(".")[0])))
    except (ValueError, NotStrictJSON):
        raise TokenRefused("header not readable") from None


def _decoded(segment: str) -> bytes:
    """The bytes of base64url; that there is no other way to write them is checked with the signature."""
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _checked(header: dict[str, Any]) -> Header:
    kid, algorithm = header.get("kid"), header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise TokenRefused("algorithm not taken")
    if "typ" in header and not _is_type_of_access_token(header["typ"]):
        raise TokenRefused("not a token for access")
    if "crit" in header:
        raise TokenRefused("extensions are not taken")
    if not isinstance(kid, str) or not kid:
        raise TokenRefused("no key is named")
    return Header(kid, algorithm)


def _is_type_of_access_token(value: object) -> bool:
    return isinstance(value, str) and value.lower() in TYPES
