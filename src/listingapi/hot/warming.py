"""Brings what is read most to where all processes find it, before anybody asks."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

from listingapi.events import changes_repository
from listingapi.hot.memory import KINDS, Key
from listingapi.hot.popular import Popular
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored
from listingapi.infra.database import Database
from listingapi.infra.redis import Redis, RedisUnavailable
from listingapi.infra.start import StartError
from listingapi.listings.newest_repository import newest
from listingapi.listings.ready_repository import listings
from listingapi.prices.ready_repository import histories

READ = {"listing": listings, "history": histories}
READ_AT_ONCE = 100
# Whoever visits meanwhile comes first.
SECONDS_BETWEEN_READS = 0.01

Report = Callable[[int], None]


def _nobody(_: int) -> None:
    """Whoever waits for nothing need not know."""


async def fill(database: Database, shared: Shared, keys: Sequence[Key]) -> None:
    """Read some keys, and keep what was found for all processes.

    Raises:
        RedisUnavailable: Redis does not answer.
        DatabaseUnavailable: PostgreSQL does not.
    """
    position = (await changes_repository.extent(database)).newest
    for kind in KINDS:
        listing_ids = [listing_id for of, listing_id in keys if of == kind]
        found = await READ[kind](database, listing_ids)
        await shared.fill({(kind, listing_id): Stored(ready, position) for listing_id, ready in found.items()})


async def warm_most_read(
    database: Database, shared: Shared, popular: Popular, count: int, report: Report = _nobody
) -> int:
    """Keep so many listings and their histories that are asked for most; the newest where not so many were asked for.

    Raises:
        RedisUnavailable, DatabaseUnavailable: as for some.
    """
    chosen = dict.fromkeys(await popular.most(count))
    chosen.update(dict.fromkeys(await newest(database, count - len(chosen))))
    for some in _in_parts(list(chosen)):
        await fill(database, shared, [(kind, listing_id) for listing_id in some for kind in KINDS])
        report(len(some))
        await asyncio.sleep(SECONDS_BETWEEN_READS)
    return len(chosen)


def _in_parts(listing_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(listing_ids), READ_AT_ONCE):
        yield listing_ids[begin : begin + READ_AT_ONCE]


async def warm(url: str, redis_url: str, count: int, report: Report) -> int:
    """The same from outside of a server, over connections of its own.

    Raises:
        StartError: Redis does not answer.
    """
    database = Database(pool_size=1)
    await database.open(url)
    shared = Shared(Redis(redis_url))
    try:
        async with shared.running(await changes_repository.identity(database), lambda *_: None):
            return await warm_most_read(database, shared, Popular(shared), count, report)
    except RedisUnavailable:
        raise StartError("Redis does not answer, which LISTINGAPI_REDIS_URL names.") from None
    finally:
        await database.close()
