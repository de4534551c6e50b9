"""An allowance lets in exactly what it says, refills evenly, and is counted in bounded memory."""

import pytest

from listingapi.infra.limits import LocalLimits
from tests.stopped import SECOND, StoppedClock


@pytest.fixture
def time() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def limits(time: StoppedClock) -> LocalLimits:
    return LocalLimits(time, most_buckets=100)


async def let_in(limits: LocalLimits, bucket: str, per_minute: int, *, tries: int) -> int:
    return sum([(await limits.take(bucket, per_minute)).is_allowed for _ in range(tries)])


@pytest.mark.parametrize("per_minute", [1, 2, 7, 60, 997, 6_000, 29_999])
async def test_a_whole_allowance_is_let_in_at_once_and_not_one_more(limits: LocalLimits, per_minute: int) -> None:
    assert await let_in(limits, "a", per_minute, tries=per_minute + 3) == per_minute


@pytest.mark.parametrize("per_minute", [1, 2, 7, 59, 60, 61, 997, 30_000])
async def test_whoever_waits_as_long_as_told_is_let_in_and_nobody_earlier(
    limits: LocalLimits, time: StoppedClock, per_minute: int
) -> None:
    await let_in(limits, "a", per_minute, tries=per_minute)
    told = (await limits.take("a", per_minute)).seconds_until_next
    needed = -(-60 * SECOND // per_minute)
    time.now += needed - 1

    assert told == -(-needed // SECOND)
    assert not (await limits.take("a", per_minute)).is_allowed
    time.now += told * SECOND - (needed - 1)
    assert (await limits.take("a", per_minute)).is_allowed


async def test_an_allowance_refills_evenly(limits: LocalLimits, time: StoppedClock) -> None:
    await let_in(limits, "a", 60, tries=60)
    for _ in range(100):
        time.now += SECOND
        assert await let_in(limits, "a", 60, tries=3) == 1
    time.now += 3_600 * SECOND
    assert await let_in(limits, "a", 60, tries=70) == 60


async def test_a_refusal_takes_nothing(limits: LocalLimits, time: StoppedClock) -> None:
    await let_in(limits, "a", 60, tries=1_000)
    time.now += SECOND

    assert (await limits.take("a", 60)).is_allowed


async def test_looking_takes_nothing(limits: LocalLimits) -> None:
    for _ in range(5):
        assert (await limits.take("a", 1, requests=0)).is_allowed
    assert not limits._buckets
    await limits.take("a", 1)

    assert not (await limits.take("a", 1, requests=0)).is_allowed


async def test_a_bucket_is_one_callers_own(limits: LocalLimits) -> None:
    await let_in(limits, "a", 5, tries=9)

    assert await let_in(limits, "b", 5, tries=9) == 5


async def test_what_was_used_counts_when_the_allowance_is_changed(limits: LocalLimits) -> None:
    await let_in(limits, "a", 60, tries=10)

    assert await let_in(limits, "a", 15, tries=9) == 5
    assert await let_in(limits, "a", 20, tries=9) == 5


async def test_a_verdict_says_how_much_is_left(limits: LocalLimits, time: StoppedClock) -> None:
    first = await limits.take("a", 60)
    await let_in(limits, "a", 60, tries=29)
    time.now += SECOND // 2
    later = await limits.take("a", 60)
    await let_in(limits, "a", 60, tries=60)

    assert (first.remaining, first.seconds_until_full) == (59, 1)
    assert (later.remaining, later.seconds_until_full) == (29, 31)
    assert (await limits.take("a", 60)).remaining == 0


async def test_buckets_that_are_full_again_make_room(limits: LocalLimits, time: StoppedClock) -> None:
    for number in range(100):
        await limits.take(f"first {number}", 60)
    time.now += SECOND
    await limits.take("new", 60)

    assert list(limits._buckets) == ["new"]


async def test_many_addresses_neither_fill_the_memory_nor_reset_one_that_is_used_up(limits: LocalLimits) -> None:
    await let_in(limits, "used up", 60, tries=60)
    for number in range(10_000):
        assert (await limits.take(f"new {number}", 60)).is_allowed
        assert len(limits._buckets) <= 100

    assert not (await limits.take("used up", 60)).is_allowed


async def test_an_allowance_that_was_lowered_is_used_up_and_refills_like_any_other(
    limits: LocalLimits, time: StoppedClock
) -> None:
    await let_in(limits, "a", 100, tries=60)

    lowered = await limits.take("a", 5)
    time.advance(lowered.seconds_until_next)

    assert (lowered.is_allowed, lowered.remaining, lowered.seconds_until_next) == (False, 0, 12)
    assert (await limits.take("a", 5)).is_allowed
