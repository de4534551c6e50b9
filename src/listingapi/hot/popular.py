"""How often listings are asked for, as all processes know together, in Redis."""

from collections.abc import Mapping

from listingapi.hot import stored
from listingapi.hot.shared import Shared

# Redis does nothing else while it counts these.
TOLD_AT_ONCE = 1_000
REMEMBERED = 100_000
# With each round of the worker, what was asked before counts so much.
FADING = "0.8"


class Popular:
    """The listings that are asked for most; each method raises RedisUnavailable where Redis does not answer."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._asked = shared.redis.script(stored.ASKED)
        self._fade = shared.redis.script(stored.FADE)
        self._most_asked = shared.redis.script(stored.MOST_ASKED)

    async def add(self, asked: Mapping[int, int]) -> None:
        """Count how often listings were asked for."""
        pairs = list(asked.items())
        for begin in range(0, len(pairs), TOLD_AT_ONCE):
            arguments = [number for pair in pairs[begin : begin + TOLD_AT_ONCE] for number in pair]
            await self._shared.redis.run(self._asked, [self._name], arguments)

    async def fade(self) -> None:
        """Have the past count less."""
        await self._shared.redis.run(self._fade, [self._name], [FADING, REMEMBERED])

    async def most(self, count: int) -> list[int]:
        """So many listings, the most popular one first."""
        return [int(each) for each in await self._shared.redis.run(self._most_asked, [self._name], [count])]

    @property
    def _name(self) -> str:
        return self._shared.name("popular")
