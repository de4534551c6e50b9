"""How much of something may be done in a minute: the rule, and counting by it in this process.

An allowance is a bucket (GCRA, the generic cell rate algorithm, told as a leaky bucket): it holds the requests of a
minute, and refills evenly. All is counted in integers, so that it is exact.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic_ns
from typing import NamedTuple, Protocol

# What a request takes from its bucket. A microsecond gives back as many as the allowance has requests a minute.
COST = 60_000_000
MICROSECONDS = 1_000_000

MOST_BUCKETS = 20_000


class Verdict(NamedTuple):
    """Whether one more was let in, and what is used of the allowance now, in parts of `COST`."""

    is_allowed: bool
    used: int
    per_minute: int

    @property
    def remaining(self) -> int:
        """How many more would be let in at once."""
        return (self.per_minute * COST - self.used) // COST

    @property
    def seconds_until_next(self) -> int:
        """Whole seconds after which the next one is let in, if nobody else takes its place; at least one."""
        over = self.used + COST - self.per_minute * COST
        return max(1, _divided(over, self.per_minute * MICROSECONDS))

    @property
    def seconds_until_full(self) -> int:
        """Whole seconds after which the whole allowance is there again."""
        return _divided(self.used, self.per_minute * MICROSECONDS)


class Limits(Protocol):
    """Counts what is taken from allowances."""

    async def take(self, bucket: str, per_minute: int, requests: int = 1) -> Verdict:
        """Take one request from a bucket if it has one; with 0 requests, say only whether it has."""

    def take_at_once(self, bucket: str, per_minute: int) -> Verdict | None:
        """Take one request without waiting, if as far as is known here the bucket has one; else take nothing."""

    def has_at_once(self, bucket: str, per_minute: int) -> bool:
        """Whether that would take one."""

    @asynccontextmanager
    def running(self) -> AsyncIterator[None]:
        """Hold what it takes to count until the end of the block."""


def judge(used: int, per_minute: int, requests: int) -> Verdict:
    """Let in what fits; what does not takes nothing."""
    if used + COST > per_minute * COST:
        return Verdict(False, used, per_minute)  # noqa: FBT003 - it stands beside its field's name
    return Verdict(True, used + requests * COST, per_minute)  # noqa: FBT003


class _Bucket(NamedTuple):
    used: int
    at: int
    full_at: int


def microseconds() -> int:
    """The time since some moment, in microseconds."""
    return monotonic_ns() // 1_000


class LocalLimits:
    """Counts in this process, in bounded memory.

    When there is no room, those buckets go that are full again, or will be the soonest: whoever would have another's
    bucket forgotten has to use up thousands of buckets further than that one is.
    """

    def __init__(self, clock: Callable[[], int] = microseconds, most_buckets: int = MOST_BUCKETS) -> None:
        self._clock = clock
        self._most_buckets = most_buckets
        self._buckets: dict[str, _Bucket] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """There is nothing to hold."""
        yield

    async def take(self, bucket: str, per_minute: int, requests: int = 1) -> Verdict:
        """Take one request from a bucket if it has one; with 0 requests, say only whether it has."""
        return self._take(bucket, per_minute, requests)

    def take_at_once(self, bucket: str, per_minute: int) -> Verdict | None:
        """Take one request from a bucket if it has one."""
        verdict = self._take(bucket, per_minute, 1)
        return verdict if verdict.is_allowed else None

    def has_at_once(self, bucket: str, per_minute: int) -> bool:
        """Whether a bucket has one request."""
        return self._take(bucket, per_minute, 0).is_allowed

    def _take(self, bucket: str, per_minute: int, requests: int) -> Verdict:
        now = self._clock()
        kept = self._buckets.get(bucket)
        # an allowance that was lowered since is used up, and no more than that
        used = max(0, min(kept.used, per_minute * COST) - (now - kept.at) * per_minute) if kept else 0
        verdict = judge(used, per_minute, requests)
        if verdict.is_allowed and requests:
            if kept is None and len(self._buckets) >= self._most_buckets:
                self._make_room(now)
            self._buckets[bucket] = _Bucket(verdict.used, now, now + verdict.used // per_minute)
        return verdict

    def _make_room(self, now: int) -> None:
        in_order = sorted(self._buckets.items(), key=lambda each: each[1].full_at)
        full = sum(bucket.full_at <= now for _, bucket in in_order)
        self._buckets = dict(in_order[max(full, self._most_buckets // 10) :])


def _divided(number: int, by: int) -> int:
    """The quotient, rounded up."""
    return -(-number // by)
