"""Tokens of an identity provider (JWT, RFC 7519), verified by the rules of RFC 8725 with the keys that it publishes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Protocol

from listingapi.access.claims import ClaimRules, Identity
from listingapi.access.jose import LONGEST_TOKEN, read_header
from listingapi.access.jwks import IssuerKeys, read_keys
from listingapi.access.kept_tokens import KeptToken, KeptTokens
from listingapi.access.published_keys import PublishedKeys
from listingapi.access.refusals import TokenRefused, wrong_credentials
from listingapi.access.strict_json import NotStrictJSON, read_object
from listingapi.infra.download import Downloader
from listingapi.infra.periodic import every
from listingapi.settings import TokenSettings

# A key that was withdrawn verifies nothing after this time.
SECONDS_BETWEEN_REFRESHES = 300.0
FETCH_SECONDS = 5.0
LARGEST_KEY_SET_BYTES = 1024 * 1024


class Tokens(Protocol):
    """Verifies tokens."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep what tokens are verified by up to date until the end of the block."""

    async def identity(self, token: str) -> Identity:
        """What a token says.

        Raises:
            WrongCredentials: it is not one that is good now.
            IssuerUnavailable: the keys to check it by can't be had.
        """

    @property
    def has_current_keys(self) -> bool:
        """Whether the identity provider gave its keys when it was last asked."""


class IssuerTokens:
    """Verifies the tokens of one identity provider; those that are good are kept for as long as they are."""

    def __init__(self, jwks_url: str, rules: ClaimRules, clock: Callable[[], datetime]) -> None:
        self._jwks_url = jwks_url
        self._rules = rules
        self._clock = clock
        self._kept = KeptTokens()
        self._downloader = Downloader(seconds=FETCH_SECONDS, most_bytes=LARGEST_KEY_SET_BYTES)
        self._keys = PublishedKeys(self._fetch)

    @property
    def has_current_keys(self) -> bool:
        """Whether the identity provider gave its keys when it was last asked."""
        return self._keys.are_current

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Refresh the keys now and then until the end of the block, so that withdrawn ones vanish."""
        try:
            async with every(SECONDS_BETWEEN_REFRESHES, self._keys.refresh, name="keys_of_issuer"):
                yield
        finally:
            await self._keys.close()
            await self._downloader.close()

    async def identity(self, token: str) -> Identity:
        """What a token says.

        Raises:
            WrongCredentials: it is not one that is good now.
            IssuerUnavailable: the keys to check it by can't be had.
        """
        if len(token) > LONGEST_TOKEN:
            raise wrong_credentials("token too long")
        now = self._clock().timestamp()
        kept = self._kept.get(token, now)
        if kept and self._keys.has(kept.key):
            return kept.identity
        try:
            verified = await self._verify(token)
        except TokenRefused as error:
            self._kept.drop(token)
            raise wrong_credentials(error.reason) from None
        self._kept.put(token, verified)
        return verified.identity

    async def _verify(self, token: str) -> KeptToken:
        key = await self._keys.find(read_header(token))
        if key is None:
            raise TokenRefused("unknown key")
        try:
            claims = read_object(key.verify(token))
        except NotStrictJSON:
            raise TokenRefused("claims not readable") from None
        identity = self._rules.identity(claims, key.kid, self._clock().timestamp())
        return KeptToken(identity, key, identity.expires + self._rules.leeway_seconds)

    async def _fetch(self) -> IssuerKeys:
        return read_keys(await self._downloader.get(self._jwks_url))


def tokens_of_issuer(settings: TokenSettings, clock: Callable[[], datetime]) -> IssuerTokens | None:
    """Verifies the tokens of the configured identity provider; None if there is none."""
    if not (settings.jwt_issuer and settings.jwt_audience and settings.jwt_jwks_url):
        return None
    rules = ClaimRules(
        settings.jwt_issuer,
        settings.jwt_audience,
        settings.jwt_leeway_seconds,
        settings.jwt_account_claim,
        settings.jwt_scopes_claim,
        settings.jwt_roles,
    )
    return IssuerTokens(settings.jwt_jwks_url, rules, clock)
