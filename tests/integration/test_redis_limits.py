"""Redis counts by the same rule as a process does, exactly for all processes together, and forgets by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from listingapi.infra.limits import LocalLimits, Verdict
from listingapi.infra.redis import Redis
from listingapi.infra.redis_limits import PREFIX, SECONDS_UNTOLD, RedisLimits
from tests.redis_server import RedisServer


async def let_in(limits: RedisLimits, bucket: str, per_minute: int, *, tries: int) -> int:
    verdicts = await asyncio.gather(*(limits.take(bucket, per_minute) for _ in range(tries)))
    return sum(verdict.is_allowed for verdict in verdicts)


async def told(limits: RedisLimits) -> None:
    """Wait until Redis was told of what was taken at once."""
    await asyncio.sleep(SECONDS_UNTOLD)
    if limits._asking:
        await limits._asking


@pytest.fixture
async def in_redis(redis_server: RedisServer) -> AsyncIterator[RedisLimits]:
    limits = RedisLimits(Redis(redis_server.url), otherwise=LocalLimits(most_buckets=0))
    async with limits.running():
        yield limits
        assert limits._redis.is_available, "the process counted"


@pytest.mark.parametrize("per_minute", [1, 7, 60, 600])
async def test_redis_counts_by_the_same_rule(in_redis: RedisLimits, per_minute: int) -> None:
    refilled_meanwhile = per_minute // 60

    let = await let_in(in_redis, "a", per_minute, tries=per_minute + 20)

    assert per_minute <= let <= per_minute + refilled_meanwhile


async def test_redis_says_as_much_as_the_process_does(in_redis: RedisLimits) -> None:
    limits = LocalLimits(clock=lambda: 0)

    def said(verdict: Verdict) -> tuple[bool, int, int]:
        return verdict.is_allowed, verdict.remaining, verdict.seconds_until_full

    for requests in (0, 1, 1, 0, 1, 1):
        assert said(await in_redis.take("a", 3, requests)) == said(await limits.take("a", 3, requests))
    assert (await in_redis.take("a", 3)).seconds_until_next == (await limits.take("a", 3)).seconds_until_next


async def test_an_allowance_that_was_lowered_in_redis_is_used_up_like_any_other(in_redis: RedisLimits) -> None:
    await let_in(in_redis, "a", 100, tries=60)

    lowered = await in_redis.take("a", 5)

    assert (lowered.is_allowed, lowered.remaining, lowered.seconds_until_next) == (False, 0, 12)


async def test_redis_forgets_a_bucket_when_it_is_full_again(in_redis: RedisLimits, redis_server: RedisServer) -> None:
    await in_redis.take("once", 60)
    await let_in(in_redis, "twice", 60, tries=2)
    await in_redis.take("looked at", 60, requests=0)
    with redis_server.client() as client:
        lifetimes = {key.removeprefix(PREFIX): client.pttl(key) for key in client.scan_iter()}

    assert lifetimes.keys() == {"once", "twice"}
    assert 0 < lifetimes["once"] <= 1_000
    assert 1_000 < lifetimes["twice"] <= 2_000


async def test_what_is_asked_at_once_is_one_call(in_redis: RedisLimits, redis_server: RedisServer) -> None:
    await in_redis.take("a", 60)
    with redis_server.client() as client:
        client.config_resetstat()
        await let_in(in_redis, "a", 60, tries=200)
        calls = client.info("commandstats")["cmdstat_evalsha"]["calls"]

    assert calls == 1


async def test_what_is_taken_at_once_is_told_in_one_call_soon_after(
    in_redis: RedisLimits, redis_server: RedisServer
) -> None:
    taken = [in_redis.take_at_once("a", 3_000) for _ in range(40)]
    assert [bool(verdict) for verdict in taken] == [True] * 30 + [False] * 10
    assert [verdict.remaining for verdict in taken[:2] if verdict] == [2_999, 2_998]
    with redis_server.client() as client:
        client.config_resetstat()
        await told(in_redis)
        calls = client.info("commandstats")["cmdstat_evalsha"]["calls"]

    assert calls == 1
    assert (await in_redis.take("a", 3_000)).remaining in {2_969, 2_970, 2_971, 2_972}
    assert in_redis.take_at_once("a", 3_000)


async def test_what_was_taken_at_once_is_told_before_the_next_one_asks(in_redis: RedisLimits) -> None:
    assert in_redis.take_at_once("a", 60)

    assert (await in_redis.take("a", 60)).remaining == 58


async def test_nothing_is_taken_at_once_of_what_another_process_has_used_up(
    in_redis: RedisLimits, redis_server: RedisServer
) -> None:
    other = RedisLimits(Redis(redis_server.url), otherwise=LocalLimits(most_buckets=0))
    async with other.running():
        await let_in(other, "a", 60, tries=60)
        beyond = in_redis.take_at_once("a", 60)
        await told(in_redis)

    assert beyond, "nothing was heard of it yet"
    assert in_redis.take_at_once("a", 60) is None
