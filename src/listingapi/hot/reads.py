"""Reads what is read most: from what this process keeps, what all keep together, or PostgreSQL.

Those who ask PostgreSQL at the same time share a statement.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from time import monotonic
from typing import NamedTuple

from listingapi.events import changes_repository
from listingapi.hot.following import Follower
from listingapi.hot.known import Known
from listingapi.hot.line import OLDEST_SECONDS, Line
from listingapi.hot.memory import KINDS, Key, Memory
from listingapi.hot.metrics import Found, measure, measure_pages
from listingapi.hot.popular import Popular
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored, decode
from listingapi.infra.coalescing import Coalesced
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.infra.periodic import every
from listingapi.infra.redis import Redis, RedisUnavailable
from listingapi.listings.ready_repository import listings
from listingapi.prices.ready_repository import histories
from listingapi.ready import Ready

# A plan for any number of ids: to make one for each statement takes longer than to carry it out.
SESSION = {"application_name": "listingapi reads", "plan_cache_mode": "force_generic_plan", "jit": "off"}
POOL_SIZE = 4
LOOKS = 2
KEYS_OF_ONE = 100
# Beyond that it takes too long until those are answered who wait.
MOST_WAITING = 5_000
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_BETWEEN_COUNTS = 10
MOST_COUNTED = 10_000
# After PostgreSQL did not answer: whoever waited for that is not to wait for the same again.
SECONDS_TO_RECOVER = 0.1

Now = Callable[[], float]


Reading = asyncio.Future[Ready | None]


class _Reading(NamedTuple):
    found: Reading
    began: float


class HotReads:
    """Finds what is ready to send, in PostgreSQL or in what is kept of it; nothing is shared without a Redis."""

    def __init__(self, most_bytes: int, redis: Redis | None = None, now: Now = monotonic) -> None:
        self._database = Database(pool_size=POOL_SIZE, session=SESSION)
        # Reads that take long are not to keep what is kept from being known to be true.
        self._feed = Database(pool_size=1, session=SESSION)
        self._sources = {
            "listing": _coalesced(partial(listings, self._database)),
            "history": _coalesced(partial(histories, self._database)),
        }
        self._line = Line()
        self._known = Known()
        self._memory = Memory(self._known, self._line, most_bytes)
        self.redis = redis
        self._shared = Shared(redis) if redis else None
        self._now = now
        self._found = Found()
        self._reading: dict[Key, _Reading] = {}
        self._failed = float("-inf")

    @asynccontextmanager
    async def running(self, url: str) -> AsyncIterator[None]:
        """Be connected, and follow what changes, until the end of the block."""
        follower = Follower(self._feed, self._known, self._memory, self._line, self._now, tell=self._move)
        async with AsyncExitStack() as stack:
            for database in (self._database, self._feed):
                await database.open(url)
                stack.push_async_callback(database.close)
            if self._shared:
                identity = await changes_repository.identity(self._feed)
                await stack.enter_async_context(self._shared.running(identity, self._memory.changed))
                count = partial(_count, self._memory, Popular(self._shared))
                await stack.enter_async_context(every(SECONDS_BETWEEN_COUNTS, count, name="popularity"))
            await stack.enter_async_context(every(1, self._measure, name="cache_metrics"))
            await stack.enter_async_context(every(SECONDS_BETWEEN_LOOKS, follower.look, name="changes_of_listings"))
            yield

    def _move(self, deployment: str) -> None:
        if self._shared:
            self._shared.move_to(deployment)

    @property
    def shares(self) -> bool:
        """Whether Redis answers, where there is one to share what is kept."""
        return self._shared is None or self._shared.is_available

    def changed(self, listing_id: int, version: int) -> None:
        """A listing has this version, which was written in this process; nobody joins a read of before any more."""
        self._memory.changed(listing_id, version)
        for kind in KINDS:
            self._reading.pop((kind, listing_id), None)
        if self._shared:
            self._shared.changed(listing_id, version)

    async def current(self, key: Key) -> Ready | None:
        """What there is now: never older than what anybody was told of before this was asked for.

        None where there is no such listing on the market, or its history is not one page.

        Raises:
            Overloaded: too many wait already.
            DatabaseUnavailable: PostgreSQL did not answer.
        """
        return await self.ask_current(key)

    def ask_current(self, key: Key) -> Reading:
        """The same for who does not wait; it may raise at once what was raised a moment ago."""
        if self._now() - self._failed < SECONDS_TO_RECOVER:
            raise DatabaseUnavailable
        reading = self._sources[key[0]].ask(key[1])
        reading.add_done_callback(partial(self._keep, key, self._now(), self._known.upto))
        return reading

    def _keep(self, key: Key, began: float, position: int | None, reading: Reading) -> None:
        if reading.cancelled():
            return
        if error := reading.exception():
            self._failed = self._now() if isinstance(error, DatabaseUnavailable) else self._failed
            return
        self._found.database += 1
        if ready := reading.result():
            self._memory.put(key, ready, began, position)

    def kept(self, key: Key) -> Ready | None:
        """What was there a second ago or later, if it is kept."""
        kept = self._memory.get(key, self._now())
        self._found.memory += kept is not None
        return kept

    @property
    def seconds_behind(self) -> float:
        """What is kept was true so long ago; if that is more than a second, it was read a second ago or later."""
        return self._now() - self._line.known_until

    async def recent(self, key: Key) -> Ready | None:
        """The same, also where it has to be read; those who ask while it is read share that.

        Raises:
            Overloaded, DatabaseUnavailable: as for what is current.
        """
        return self.kept(key) or await asyncio.shield(self.ask_recent(key))

    def ask_recent(self, key: Key) -> Reading:
        """The same of what is not kept, for who does not wait; others wait for it, too."""
        reading = self._reading.get(key)
        # What is read took its time to be found: those who come much later are not to wait for what is too old.
        if reading is None or self._now() - reading.began >= OLDEST_SECONDS:
            reading = self._begin_reading(key)
        return reading.found

    def _begin_reading(self, key: Key) -> _Reading:
        began = self._now()
        shared = self._shared
        if shared and shared.is_available:
            found: Reading = asyncio.get_running_loop().create_future()
            shared.ask(key, partial(self._when_shared, shared, key, found))
        else:
            found = self.ask_current(key)
            found.add_done_callback(partial(self._end_reading, key))
        reading = self._reading[key] = _Reading(found, began)
        return reading

    def _end_reading(self, key: Key, found: Reading) -> None:
        reading = self._reading.get(key)
        if reading and reading.found is found:
            del self._reading[key]

    def _when_shared(self, shared: Shared, key: Key, found: Reading, entry: bytes | None) -> None:
        """What is shared, and else what is current; without a task, which would cost more than all the rest."""
        try:
            if ready := self._believed(key, decode(entry)):
                self._end_reading(key, found)
                found.set_result(ready)
                return
            position = self._known.upto
            self.ask_current(key).add_done_callback(partial(self._when_read, shared, key, position, found))
        except Exception as error:  # noqa: BLE001 - it is for those who asked
            self._end_reading(key, found)
            found.set_exception(error)

    def _when_read(self, shared: Shared, key: Key, position: int | None, found: Reading, read: Reading) -> None:
        self._end_reading(key, found)
        if read.cancelled():
            found.cancel()
        elif error := read.exception():
            found.set_exception(error)
        else:
            ready = read.result()
            if ready and position is not None:
                shared.put(key, ready, position)
            found.set_result(ready)

    def _believed(self, key: Key, entry: Stored | None) -> Ready | None:
        """What is shared, if it is true for all that is known up to a moment ago."""
        if entry is None or not self._line.is_good(self._now()):
            return None
        if not self._memory.put(key, entry.ready, self._line.known_until, entry.position):
            return None
        self._found.redis += 1
        return entry.ready

    async def _measure(self) -> None:
        self._found.tell()
        measure_pages()
        measure(self._memory, self._now() - self._line.known_until)


async def _count(memory: Memory, popular: Popular) -> None:
    with suppress(RedisUnavailable):
        await popular.add(memory.asked(MOST_COUNTED))


def _coalesced(look_up: Callable[[Sequence[int]], Awaitable[Mapping[int, Ready]]]) -> Coalesced[int, Ready]:
    return Coalesced(look_up, looks=LOOKS, keys_of_one=KEYS_OF_ONE, most_waiting=MOST_WAITING)
