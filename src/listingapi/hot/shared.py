"""What all processes keep together, in Redis: it makes reads faster, and is never what makes them right.

Nobody believes an entry only because it is there: Redis may have been frozen, or have come back with what it had long
ago. Whoever reads it compares it with what they know of the feed (`known.py`). That entries of before a change are
replaced at once, and are told of to other processes, only saves looks that would come to nothing.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import structlog

from listingapi.hot import stored
from listingapi.hot.looks import Looks
from listingapi.hot.memory import KINDS, Key
from listingapi.hot.stored import Stored
from listingapi.infra.redis import Redis, RedisUnavailable
from listingapi.infra.tasks import end
from listingapi.ready import Ready

WRITTEN_AT_ONCE = 100
# A script that is run for each entry costs more than the entry; what is missing meanwhile is read once more at most.
SECONDS_TO_GATHER = 0.03
# While Redis is slow, what would be written is of less and less use.
MOST_UNWRITTEN = 2_000

Name = TypeVar("Name")
Value = TypeVar("Value")
Tell = Callable[[int, int], None]

logger = structlog.get_logger()


class Shared:
    """Entries of one database in Redis."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._fill = redis.script(stored.FILL)
        self._change = redis.script(stored.CHANGE)
        self._deployment = ""
        self._was_unclear = False
        self._looks = Looks(redis, self._name_of)
        self._fills: dict[Key, Stored] = {}
        self._changes: dict[int, int] = {}
        self._filling: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self, deployment: str, tell: Tell) -> AsyncIterator[None]:
        """Be connected until the end of the block, and tell of listings that others say have changed, and how."""
        self._deployment = deployment
        self._told = partial(self._tell, tell)
        async with self.redis.running():
            self._hearing = self._hear()
            try:
                yield
            finally:
                await end(self._hearing)

    def move_to(self, deployment: str) -> None:
        """Go on with the entries of another database, and write none of what was read from the one before."""
        if deployment == self._deployment:
            return
        self._deployment = deployment
        self._fills, self._changes = {}, {}
        if self._writing:
            self._writing.cancel()
        self._hearing.cancel()
        self._hearing = self._hear()

    def _hear(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.redis.hear(self._channel, self._told), name="hearing")

    @property
    def is_available(self) -> bool:
        """Whether Redis answers, as far as is known."""
        return self.redis.is_available

    def name(self, of: str) -> str:
        """The name of something else that is kept beside the entries."""
        return f"{stored.PREFIX}:{self._deployment}:{of}"

    def ask(self, key: Key, tell: Callable[[bytes | None], None]) -> None:
        """Tell which entry is kept, true or not, as soon as that is known; none where Redis does not answer.

        Raises:
            Overloaded: too many wait already.
        """
        self._looks.ask(key, tell)

    def put(self, key: Key, ready: Ready, position: int) -> None:
        """Have something kept, unless something newer is; that is done later."""
        if self.redis.is_available and len(self._fills) < MOST_UNWRITTEN:
            self._fills[key] = Stored(ready, position)
            if len(self._fills) >= WRITTEN_AT_ONCE:
                self._write_soon()
            elif self._filling is None:
                self._filling = asyncio.get_running_loop().call_later(SECONDS_TO_GATHER, self._write_soon)

    def changed(self, listing_id: int, version: int) -> None:
        """Have others know that a listing has this version now; that is done later."""
        if self.redis.is_available and len(self._changes) < MOST_UNWRITTEN:
            self._changes[listing_id] = max(version, self._changes.get(listing_id, 0))
            self._write_soon()

    async def fill(self, entries: Mapping[Key, Stored]) -> None:
        """Keep each of some entries, unless something newer is there.

        Raises:
            RedisUnavailable: Redis does not answer.
        """
        arguments = [part for entry in entries.values() for part in _filled(entry)]
        await self.redis.run(self._fill, list(map(self._name_of, entries)), arguments)

    async def change(self, versions: Mapping[int, int], *, is_said: bool) -> Sequence[Key]:
        """Let nothing older than these versions be kept, and say so to all processes; those that had been kept.

        Raises:
            RedisUnavailable: Redis does not answer.
        """
        keys: list[Key] = [(kind, listing_id) for listing_id in versions for kind in KINDS]
        said = " ".join(f"{listing_id} {version}" for listing_id, version in versions.items()) if is_said else ""
        arguments: list[int | str] = [versions[listing_id] for _, listing_id in keys]
        arguments += (self._channel, said)
        had_body = await self.redis.run(self._change, list(map(self._name_of, keys)), arguments)
        return [keys[number] for number in had_body]

    @property
    def _channel(self) -> str:
        return self.name("changes")

    def _tell(self, tell: Tell, said: bytes) -> None:
        """Tell of the changes in a message; anybody may have said anything there."""
        try:
            numbers = [int(word) for word in said.split()]
            changes = list(zip(numbers[::2], numbers[1::2], strict=True))
        except ValueError:
            if not self._was_unclear:
                logger.warning("shared_changes_unclear")
            self._was_unclear = True
            return
        for listing_id, version in changes:
            tell(listing_id, version)

    def _name_of(self, key: Key) -> str:
        return stored.name_of(self._deployment, key)

    def _write_soon(self) -> None:
        if self._filling:
            self._filling.cancel()
            self._filling = None
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="shared_writes")

    async def _write(self) -> None:
        try:
            while self._fills or self._changes:
                changes, self._changes = self._changes, {}
                fills, self._fills = self._fills, {}
                for some in _in_parts(changes):
                    await self.change(some, is_said=True)
                for several in _in_parts(fills):
                    await self.fill(several)
        except RedisUnavailable:
            self._fills, self._changes = {}, {}
        finally:
            self._writing = None


def _in_parts(several: Mapping[Name, Value]) -> list[dict[Name, Value]]:
    pairs = list(several.items())
    return [dict(pairs[begin : begin + WRITTEN_AT_ONCE]) for begin in range(0, len(pairs), WRITTEN_AT_ONCE)]


def _filled(entry: Stored) -> tuple[int, int, bytes, int]:
    """Entries that are put at the same time do not all go at the same time."""
    lifetime = int(stored.KEPT_MILLISECONDS * random.uniform(0.8, 1))  # noqa: S311 - nothing secret
    return entry.ready.version, entry.position, stored.encode(entry), lifetime
