"""Tokens that were verified, so that each costs its verification once."""

from dataclasses import dataclass
from hashlib import sha256

from listingapi.access.claims import Identity
from listingapi.access.jwks import IssuerKey

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class KeptToken:
    """What a token says, the key that signed it, and the time from which on it is good no more."""

    identity: Identity
    key: IssuerKey
    good_until: float


class KeptTokens:
    """Remembers tokens by their SHA-256; the oldest ones go when there are too many.

    Only tokens that were good are put in, and who can make another one of the same digest can make any token, so it
    is looked up as it is: there is nothing that a comparison could give away by the time that it takes.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: dict[bytes, KeptToken] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, token: str, now: float) -> KeptToken | None:
        """What is known of a token; nothing once it has expired."""
        digest = _digest(token)
        kept = self._kept.get(digest)
        if kept and now >= kept.good_until:
            del self._kept[digest]
            return None
        return kept

    def put(self, token: str, kept: KeptToken) -> None:
        """Remember a token that was verified."""
        self.drop(token)
        if len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[_digest(token)] = kept

    def drop(self, token: str) -> None:
        """Forget a token."""
        self._kept.pop(_digest(token), None)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
