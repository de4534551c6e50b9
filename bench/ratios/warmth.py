"""Has our caches hold what hours of visitors would have brought there, and no more, however fast the machine is."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from bench.ratios.field import Field, Replayed
from bench.ratios.loads import Popularity

from listingapi.events import changes_repository
from listingapi.hot.memory import Key, Kind
from listingapi.hot.shared import Shared
from listingapi.hot.stored import KEPT_MILLISECONDS
from listingapi.hot.warming import fill
from listingapi.infra.database import Database
from listingapi.infra.redis import PAUSE_SECONDS, Redis, RedisUnavailable
from listingapi.infra.start import StartError

# So many visitors read in a second: what was measured with caches that held less.
RATE = 12_000
# An entry is in Redis for nine tenths of the longest time, on average.
LIFETIME_SECONDS = KEPT_MILLISECONDS / 1000 * 0.9
AT_ONCE, ATTEMPTS = 100, 30
# For each listing that there is; of so many reads, both processes have filled the memory that they may take.
READS = 1.2


@dataclass(frozen=True, slots=True)
class Warmth:
    """Fills Redis with what such a time leaves there, then has so many reads by popularity fill our processes."""

    field: Field
    kind: Kind
    visitors: Replayed

    def __call__(self, random: Random, seconds: int) -> None:
        """Do so, in parts of some seconds, until so many reads were answered."""
        asyncio.run(_fill(self.field, self.kind, random))
        left = int(self.field.listings * READS)
        while left > 0:
            left -= self.visitors.send(random, seconds).counted.requests


def in_redis(popular: Popularity, random: Random) -> Iterator[int]:
    """The listings that are there at any one time: the sooner one is asked for again, the more likely it is."""
    for place in range(popular.listings):
        asked = RATE * popular.share(place) * LIFETIME_SECONDS
        if random.random() < asked / (1 + asked):
            yield popular.at(place)


async def _fill(field: Field, kind: Kind, random: Random) -> None:
    database, shared = Database(pool_size=1), Shared(Redis(field.redis_url))
    await database.open(field.database.serving_url)
    try:
        async with shared.running(await changes_repository.identity(database), lambda *_: None):
            listing_ids = list(in_redis(field.popular, random))
            for begin in range(0, len(listing_ids), AT_ONCE):
                await _fill_some(database, shared, [(kind, each) for each in listing_ids[begin : begin + AT_ONCE]])
    finally:
        await database.close()


async def _fill_some(database: Database, shared: Shared, keys: Sequence[Key]) -> None:
    """Where the machine is too busy for Redis to answer in time, it is asked again."""
    for _ in range(ATTEMPTS):
        try:
            return await fill(database, shared, keys)
        except RedisUnavailable:
            await asyncio.sleep(PAUSE_SECONDS)
    raise StartError("Redis does not answer.")
