"""The keys of the identity provider as this process knows them, fetched anew as seldom as is right."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

from listingapi.access.jose import Header
from listingapi.access.jwks import IssuerKey, IssuerKeys, UnusableKeys
from listingapi.errors import IssuerUnavailable
from listingapi.infra.download import DownloadFailed

# However many tokens of unknown keys come, the identity provider is asked no more often.
SECONDS_BETWEEN_FETCHES = 1.0

logger = structlog.get_logger()


class PublishedKeys:
    """Knows the keys of the last fetch that went well.

    A key that is not among them is looked for in a fetch that begins after it was asked for: the identity provider
    may have published it a moment ago. All who wait for that fetch share it.
    """

    def __init__(self, fetch: Callable[[], Awaitable[IssuerKeys]]) -> None:
        self._fetch = fetch
        self._keys: IssuerKeys = {}
        self._next: asyncio.Task[bool] | None = None
        self._tasks: set[asyncio.Task[bool]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._began = -SECONDS_BETWEEN_FETCHES
        self.are_current = True

    def has(self, key: IssuerKey) -> bool:
        """Whether a key is still published."""
        return self._keys.get(Header(key.kid, key.algorithm)) == key

    async def find(self, header: Header) -> IssuerKey | None:
        """The key that a token names, if there is one.

        Raises:
            IssuerUnavailable: it is not known, and the fetch that might have shown it failed.
        """
        found = self._keys.get(header)
        if found is None:
            if not await self.refresh():
                raise IssuerUnavailable
            found = self._keys.get(header)
        return found

    async def refresh(self) -> bool:
        """Fetch the keys, and say whether that went well; those of before are kept if not."""
        if self._next is None:
            self._next = asyncio.create_task(self._fetch_in_turn(), name="keys_of_issuer")
            self._tasks.add(self._next)
            self._next.add_done_callback(self._tasks.discard)
        return await asyncio.shield(self._next)

    async def close(self) -> None:
        """Give up what is being fetched."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch_in_turn(self) -> bool:
        async with self._one_at_a_time:
            await asyncio.sleep(self._began + SECONDS_BETWEEN_FETCHES - monotonic())
            self._began = monotonic()
            self._next = None  # whoever asks from here on needs a later fetch
            return await self._fetch_now()

    async def _fetch_now(self) -> bool:
        try:
            keys = await self._fetch()
        except (DownloadFailed, UnusableKeys) as error:
            logger.warning("issuer_keys_not_fetched", reason=str(error), known=len(self._keys))
            self.are_current = False
            return False
        self.are_current = True
        if keys != self._keys:
            logger.info("issuer_keys_changed", known=len(keys))
        self._keys = keys
        return True
