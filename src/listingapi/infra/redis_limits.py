"""Counts what is taken from allowances in Redis, so that it is exact across processes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from listingapi.infra.heard import Heard
from listingapi.infra.limits import COST, Limits, Verdict
from listingapi.infra.redis import Redis, RedisUnavailable

PREFIX = "listingapi:rate:"
MOST_AT_ONCE = 500
SECONDS_UNTOLD = 0.02

# The rule of limits.py, for any number of buckets, and by the clock of Redis, so that no other one matters.
# A bucket is `used at`, without a fraction; it goes when it is full again.
TAKE = f"""
local cost = {COST}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {{}}
for i, bucket in ipairs(KEYS) do
    local per_minute, requests = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    local used, at = string.match(redis.call('GET', bucket) or '', '^(%d+) (%d+)$')
    used = used and math.max(0, math.min(used, per_minute * cost) - math.max(0, now - at) * per_minute) or 0
    local is_allowed = used + cost <= per_minute * cost
    if is_allowed and requests > 0 then
        used = used + requests * cost
        local lifetime = math.ceil(used / per_minute / 1000)
        redis.call('SET', bucket, string.format('%.0f %.0f', used, now), 'PX', lifetime)
    end
    answers[2 * i - 1] = is_allowed and 1 or 0
    answers[2 * i] = used
end
return answers
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be taken from a bucket; of those that were let in already, nobody waits for a verdict."""

    bucket: str
    per_minute: int
    requests: int
    verdict: asyncio.Future[Verdict] | None = None
    told: int = 0


class RedisLimits:
    """Counts in Redis, and while that does not answer, in this process.

    What is asked while an answer is on its way goes in one call, after it. What is taken at once is told some
    milliseconds later, or with the next call.
    """

    def __init__(self, redis: Redis, otherwise: Limits) -> None:
        self._redis = redis
        self._otherwise = otherwise
        self._script = redis.script(TAKE)
        self._heard = Heard()
        self._waiting: list[_Asked] = []
        self._untold: dict[str, int] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None

    @property
    def is_exact(self) -> bool:
        """Whether Redis counts, for all processes."""
        return self._redis.is_available

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be connected until the end of the block."""
        async with self._redis.running():
            try:
                yield
            finally:
                if self._telling:
                    self._telling.cancel()

    async def take(self, bucket: str, per_minute: int, requests: int = 1) -> Verdict:
        """Take one request from a bucket if it has one; with 0 requests, say only whether it has."""
        if not self._redis.is_available:
            return await self._otherwise.take(bucket, per_minute, requests)
        verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Asked(bucket, per_minute, requests, verdict))
        self._begin()
        return await verdict

    def take_at_once(self, bucket: str, per_minute: int) -> Verdict | None:
        """Take one request, if by what Redis said last the bucket has more than a few; it is told later."""
        if not self._redis.is_available:
            return self._otherwise.take_at_once(bucket, per_minute)
        verdict = self._heard.take(bucket, per_minute)
        if verdict:
            self._untold[bucket] = per_minute
            self._tell_later()
        return verdict

    def has_at_once(self, bucket: str, per_minute: int) -> bool:
        """Whether that would take one."""
        if not self._redis.is_available:
            return self._otherwise.has_at_once(bucket, per_minute)
        return self._heard.may_take(bucket, per_minute)

    def _tell_later(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(SECONDS_UNTOLD, self._tell)

    def _tell(self) -> None:
        self._telling = None
        self._begin()

    def _begin(self) -> None:
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())

    def _next(self) -> Sequence[_Asked]:
        """What goes with the next call: first those that were let in already, which a verdict has to know of."""
        several: list[_Asked] = []
        while self._untold and len(several) < MOST_AT_ONCE:
            bucket, per_minute = self._untold.popitem()
            untold = self._heard.untold(bucket)
            several.append(_Asked(bucket, per_minute, untold, told=untold))
        room = MOST_AT_ONCE - len(several)
        several, self._waiting = several + self._waiting[:room], self._waiting[room:]
        return several

    async def _ask(self) -> None:
        try:
            await self._call(self._next())
            while self._waiting:
                await self._call(self._next())
        finally:
            self._asking = None
            if self._untold:
                self._tell_later()

    async def _call(self, several: Sequence[_Asked]) -> None:
        for asked, verdict in zip(several, await self._verdicts(several), strict=True):
            self._heard.hear(asked.bucket, verdict.used, asked.told)
            if asked.verdict and not asked.verdict.done():
                asked.verdict.set_result(verdict)

    async def _verdicts(self, several: Sequence[_Asked]) -> list[Verdict]:
        keys = [PREFIX + asked.bucket for asked in several]
        arguments = [number for asked in several for number in (asked.per_minute, asked.requests)]
        try:
            answer: list[int] = await self._redis.run(self._script, keys, arguments)
        except RedisUnavailable:
            return [await self._otherwise.take(asked.bucket, asked.per_minute, asked.requests) for asked in several]
        found = zip(answer[::2], answer[1::2], several, strict=True)
        return [Verdict(bool(is_allowed), used, asked.per_minute) for is_allowed, used, asked in found]
