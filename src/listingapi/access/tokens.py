"""Tokens of an identity provider (JWT)."""

from dataclasses import dataclass
from typing import Protocol

from listingapi.access.scopes import Scope


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


class Tokens(Protocol):
    """Verifies tokens."""

    async def identity(self, token: str) -> Identity:
        """What a token says.

        Raises:
            WrongCredentials: it is not one that is good now.
            IssuerUnavailable: the keys to check it by can't be had.
        """
