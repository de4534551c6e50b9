"""What a token claims, read by the settings: whom it is of, the account that they act for, and what they may do.

The signature is verified before. The times are compared with the application's clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from listingapi.access.refusals import TokenRefused
from listingapi.access.scopes import Scope

LONGEST_SUBJECT = 255
LARGEST_ID = 2**63 - 1
# The first second of the year 10000: no token lives that long, and beyond it numbers stop being exact.
END_OF_TIME = 253_402_300_800

DECIMAL = re.compile(r"[1-9][0-9]{0,18}")
INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
SCOPES: Mapping[str, frozenset[Scope]] = {str(scope): frozenset({scope}) for scope in Scope}
NOTHING: frozenset[Scope] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says that was verified: its subject, the account that it acts for, and its scopes.

    `expires` is in seconds since 1970, without leeway; `kid` is the key that signed it.
    """

    subject: str
    account_id: int
    scopes: frozenset[Scope]
    expires: float
    kid: str


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """Which claims are taken, and where account and scopes are: a claim's name, or a JSON Pointer (RFC 6901)."""

    issuer: str
    audience: str
    leeway_seconds: int
    account_claim: str
    scopes_claim: str
    roles: Mapping[str, frozenset[Scope]]

    def identity(self, claims: dict[str, Any], kid: str, now: float) -> Identity:
        """Whom the claims are of; `now` is in seconds since 1970.

        Raises:
            TokenRefused: they are not all there, are for another service or for another time.
        """
        self._check_parties(claims)
        return Identity(
            subject=_subject(claims.get("sub")),
            account_id=_account_id(_find(claims, self.account_claim)),
            scopes=self._scopes(_find(claims, self.scopes_claim)),
            expires=self._check_times(claims, now),
            kid=kid,
        )

    def _check_parties(self, claims: dict[str, Any]) -> None:
        # Neither name is a secret, so these comparisons need not take the same time for all.
        if claims.get("iss") != self.issuer:
            raise TokenRefused("issued by another")
        audience = claims.get("aud")
        several = audience if isinstance(audience, list) else [audience]
        if not all(isinstance(name, str) for name in several) or self.audience not in several:
            raise TokenRefused("meant for another audience")

    def _check_times(self, claims: dict[str, Any], now: float) -> float:
        expires = _time(claims.get("exp"))
        if now >= expires + self.leeway_seconds:
            raise TokenRefused("expired")
        if any(name in claims and _time(claims[name]) > now + self.leeway_seconds for name in ("nbf", "iat")):
            raise TokenRefused("not valid yet")
        return expires

    def _scopes(self, value: Any) -> frozenset[Scope]:
        names = [] if value is None else value.split(" ") if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TokenRefused("scopes of another type")
        return NOTHING.union(*(SCOPES.get(name, NOTHING) | self.roles.get(name, NOTHING) for name in names))


def _subject(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_SUBJECT or not value.isprintable():
        raise TokenRefused("no subject")
    return value


def _account_id(value: Any) -> int:
    number = int(value) if isinstance(value, str) and DECIMAL.fullmatch(value) else value
    if type(number) is not int or not 1 <= number <= LARGEST_ID:
        raise TokenRefused("no account")
    return number


def _time(value: Any) -> float:
    if type(value) not in {int, float} or not 0 <= value < END_OF_TIME:
        raise TokenRefused("not a time")
    return float(value)


def _find(claims: dict[str, Any], place: str) -> Any:
    """What is at a place; None where there is nothing."""
    if not place.startswith("/"):
        return claims.get(place)
    found: Any = claims
    for escaped in place[1:].split("/"):
        found = _member(found, escaped.replace("~1", "/").replace("~0", "~"))
    return found


def _member(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and INDEX.fullmatch(name) and int(name) < len(value):
        return value[int(name)]
    return None
