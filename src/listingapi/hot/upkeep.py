"""Keeps what all processes share in Redis as it is now: after each change anew, and what is read most always there."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from listingapi.events import changes_repository
from listingapi.hot import stored
from listingapi.hot.popular import Popular
from listingapi.hot.shared import Shared
from listingapi.hot.warming import fill, warm_most_read
from listingapi.infra.database import Database
from listingapi.infra.periodic import every
from listingapi.infra.redis import Redis, RedisUnavailable

SESSION = {"application_name": "listingapi caches", "plan_cache_mode": "force_generic_plan", "jit": "off"}
SECONDS_BETWEEN_LOOKS = 0.2
CHANGES_AT_ONCE = 500
# Before the first of what was put last is gone.
SECONDS_BETWEEN_ROUNDS = 300
KEPT_WARM = 10_000
# Whoever does this and is gone is followed by another one after that.
HELD_MILLISECONDS = 5_000


class Upkeep:
    """Follows the feed for all processes; one does, of those that could."""

    def __init__(self, database: Database, shared: Shared) -> None:
        self._database = database
        self._shared = shared
        self._popular = Popular(shared)
        self._hold = shared.redis.script(stored.HOLD)
        self._name = str(uuid.uuid4())
        self._position: int | None = None
        self._identity = ""

    async def look(self) -> None:
        """Put what is there now in the place of what has changed."""
        with suppress(RedisUnavailable):
            if not await self._is_its_turn():
                self._position = None
                return
            while await self._replace_some() == CHANGES_AT_ONCE:
                pass

    async def warm(self) -> None:
        """Have what is read most there."""
        with suppress(RedisUnavailable):
            if await self._is_its_turn():
                await self._popular.fade()
                await warm_most_read(self._database, self._shared, self._popular, KEPT_WARM)

    async def _is_its_turn(self) -> bool:
        held = await self._shared.redis.run(self._hold, [self._shared.name("upkeep")], [self._name, HELD_MILLISECONDS])
        return bool(held)

    async def _replace_some(self) -> int:
        after = await self._begin() if self._position is None else self._position
        found = await changes_repository.changes(self._database, after, limit=CHANGES_AT_ONCE, most_waiting=0)
        if found.newest < after or found.identity != self._identity:
            self._position = None
            return 0
        versions = {listing_id: version for listing_id, version, _ in found.listings}
        if versions:
            await fill(self._database, self._shared, await self._shared.change(versions, is_said=False))
        self._position = found.upto
        return len(found.listings)

    async def _begin(self) -> int:
        """From the end of the feed on, of whatever database that is now."""
        extent = await changes_repository.extent(self._database)
        self._identity = extent.identity
        self._shared.move_to(extent.identity)
        return extent.newest


@asynccontextmanager
async def kept_up(url: str, redis: Redis | None) -> AsyncIterator[None]:
    """Keep up what is shared in Redis until the end of the block, if there is one."""
    if redis is None:
        yield
        return
    database, shared = Database(pool_size=2, session=SESSION), Shared(redis)
    await database.open(url)
    try:
        async with shared.running(await changes_repository.identity(database), lambda *_: None):
            upkeep = Upkeep(database, shared)
            async with (
                every(SECONDS_BETWEEN_LOOKS, upkeep.look, name="upkeep_of_caches"),
                every(SECONDS_BETWEEN_ROUNDS, upkeep.warm, name="warming_of_caches"),
            ):
                yield
    finally:
        await database.close()
