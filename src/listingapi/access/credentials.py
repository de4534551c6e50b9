"""Whom credentials belong to: API keys are looked up, tokens verified, and what was found is kept for a second."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from datetime import datetime
from time import monotonic
from typing import Generic, TypeVar

from listingapi.access import keys, repository
from listingapi.access.callers import Caller
from listingapi.access.refusals import wrong_credentials
from listingapi.access.repository import Holder, StoredKey
from listingapi.access.scopes import Scope
from listingapi.access.tokens import Tokens
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.infra.periodic import every

# A key that was revoked opens nothing after this time, in any process.
KEPT_SECONDS = 1.0
MOST_KEPT = 10_000
SAVED_SECONDS = 10
# What the last save may take, when all else waits for it to end.
LAST_SECONDS = 2.0

Found = TypeVar("Found")
Clock = Callable[[], datetime]


class Kept(Generic[Found]):
    """Remembers what was looked up, for a moment; those who ask for the same at once share one look."""

    def __init__(self, look_up: Callable[..., Awaitable[Found]]) -> None:
        self._look_up = look_up
        self._found: dict[Hashable, tuple[float, Found]] = {}
        self._looking: dict[Hashable, asyncio.Future[Found]] = {}

    def kept(self, key: Hashable) -> Found | None:
        """What belongs to a key, if it was looked up a moment ago."""
        kept = self._found.get(key)
        return kept[1] if kept and monotonic() - kept[0] < KEPT_SECONDS else None

    async def get(self, key: Hashable) -> Found:
        """What belongs to a key."""
        kept = self._found.get(key)
        if kept and monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        looking = self._looking.get(key)
        if looking is None:
            looking = self._looking[key] = asyncio.ensure_future(self._look(key))
        return await asyncio.shield(looking)

    async def _look(self, key: Hashable) -> Found:
        asked = monotonic()
        try:
            found = await self._look_up(key)
        finally:
            del self._looking[key]
        if len(self._found) >= MOST_KEPT:
            self._found.clear()
        self._found[key] = (asked, found)
        return found


class Credentials:
    """Finds the caller of a bearer token (RFC 6750): an API key, or a token of the identity provider."""

    def __init__(self, database: Database, clock: Clock, tokens: Tokens | None) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens
        self._keys: Kept[StoredKey | None] = Kept(lambda digest: repository.find_key(database, digest))
        self._holders: Kept[Holder | None] = Kept(lambda account_id: repository.find_holder(database, account_id))
        self._used: dict[tuple[int, int], datetime] = {}

    async def caller(self, token: str) -> Caller:
        """The caller of a bearer token.

        Raises:
            WrongCredentials: it is none that is good now.
            IssuerUnavailable, DatabaseUnavailable: it could not be checked.
        """
        if token.startswith(keys.PREFIX):
            return await self._of_key(token)
        if self._tokens is None:
            raise wrong_credentials("no identity provider is configured")
        return await self._of_token(token, self._tokens)

    async def _of_key(self, key: str) -> Caller:
        if not keys.is_well_formed(key):
            raise wrong_credentials("not an API key")
        found = await self._keys.get(keys.digest(key))
        if found is None:
            raise wrong_credentials("unknown API key")
        caller = self._holder_of(found)
        if caller is None:
            raise wrong_credentials("API key expired or revoked, or its account suspended", key_id=found.key_id)
        return caller

    def known(self, digest: bytes) -> Caller | None:
        """The caller of the API key of a digest, if it was looked up a moment ago and is good."""
        found = self._keys.kept(digest)
        return self._holder_of(found) if found else None

    def _holder_of(self, found: StoredKey) -> Caller | None:
        """Who uses a key that is good now."""
        now = self._clock()
        if not found.is_good(now):
            return None
        self._used[found.holder.account_id, found.key_id] = now
        return _caller(found.holder, found.scopes, f"key {found.key_id}", found.key_id)

    async def _of_token(self, token: str, tokens: Tokens) -> Caller:
        identity = await tokens.identity(token)
        holder = await self._holders.get(identity.account_id)
        if holder is None or holder.is_suspended:
            raise wrong_credentials("no such account, or suspended", account_id=identity.account_id)
        return _caller(holder, identity.scopes, f"user {identity.subject}")

    @property
    def can_check_tokens(self) -> bool:
        """Whether the identity provider gave its keys when it was last asked, if there is one."""
        return self._tokens is None or self._tokens.has_current_keys

    def checking_tokens(self) -> AbstractAsyncContextManager[None]:
        """Keep the keys of the identity provider up to date until the end of the block."""
        return self._tokens.running() if self._tokens else nullcontext()

    @asynccontextmanager
    async def saving_uses(self) -> AsyncIterator[None]:
        """Store now and then, and at the end of the block, when keys were used last."""
        try:
            async with every(SAVED_SECONDS, self._save_uses, name="uses_of_keys"):
                yield
        finally:
            with suppress(DatabaseUnavailable, TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await self._save_uses()

    async def _save_uses(self) -> None:
        uses, self._used = self._used, {}
        if not uses:
            return
        try:
            await repository.touch(self._database, uses)
        except DatabaseUnavailable:
            self._used = uses | self._used
            raise


def _caller(holder: Holder, scopes: frozenset[Scope], actor: str, key_id: int | None = None) -> Caller:
    return Caller(
        holder.account_id, scopes & holder.may_have, actor, key_id, holder.reads_per_minute, holder.writes_per_minute
    )
