"""Redis answers, but late: a little later than PostgreSQL would is still of use, more is not, and it is seen which."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from listingapi.hot.memory import Key
from listingapi.hot.reads import HotReads
from listingapi.infra import redis
from listingapi.infra.redis import Redis
from listingapi.infra.redis_pace import ANSWERS
from tests import factories
from tests.conftest import TestDatabase
from tests.faults.harm import said_of_redis
from tests.redis_server import RedisServer
from tests.slow_redis import SlowRedis
from tests.until import until

LISTINGS = 20
# All is so much slower than it would be, that a busy machine makes no difference.
TIMES = 10
ANSWER_SECONDS = 0.05 * TIMES
USEFUL, USELESS, LOST = 0.01 * TIMES, 0.04 * TIMES, 0.08 * TIMES


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a Redis for slow that is much slower than one that really is; look often whether it is not any more."""
    monkeypatch.setattr(redis, "PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(redis, "CONNECT_SECONDS", 10 * LOST)
    monkeypatch.setattr(redis, "ANSWER_SECONDS", ANSWER_SECONDS)


@pytest.fixture
async def relay(fragile: RedisServer, tmp_path: Path) -> AsyncIterator[SlowRedis]:
    made = SlowRedis(tmp_path, fragile.url)
    async with made.running():
        yield made


@pytest.fixture
async def keys(client: httpx.AsyncClient) -> Sequence[Key]:
    """Histories to read."""
    made = [await client.post("/listings", json=factories.listing()) for _ in range(LISTINGS)]
    return [("history", answer.json()["id"]) for answer in made]


@pytest.fixture
async def reads(database: TestDatabase, relay: SlowRedis) -> AsyncIterator[HotReads]:
    """What a process reads; it keeps nothing itself, so that it asks Redis each time."""
    found = HotReads(0, Redis(relay.url))
    async with found.running(database.serving_url):
        yield found


async def read(reads: HotReads, keys: Sequence[Key]) -> float:
    """Read each, one after the other; how many seconds the longest took."""
    longest = 0.0
    for key in keys:
        began = time.monotonic()
        ready = await reads.recent(key)
        longest = max(longest, time.monotonic() - began)
        assert ready
        assert ready.version == 1
    return longest


async def read_until(reads: HotReads, keys: Sequence[Key], *, is_shared: bool) -> float:
    """Read everything until Redis is used, or is not any more; how many seconds the longest read took."""
    longest = 0.0

    async def is_so() -> bool:
        nonlocal longest
        longest = max(longest, await read(reads, keys[:2]))
        return reads.shares is is_shared

    await until(is_so)
    return longest


async def test_one_that_is_a_little_late_is_used(reads: HotReads, relay: SlowRedis, keys: Sequence[Key]) -> None:
    relay.late = USEFUL
    with capture_logs() as logs:
        await read(reads, keys)

    assert said_of_redis(logs) == []
    assert relay.answers >= LISTINGS


@pytest.mark.parametrize(("late", "reason"), [(USELESS, "RedisSlow"), (LOST, "TimeoutError")])
async def test_one_that_is_slow_is_left_alone_until_it_is_not(
    reads: HotReads, relay: SlowRedis, keys: Sequence[Key], late: float, reason: str
) -> None:
    with capture_logs() as logs:
        relay.late, before = late, relay.answers
        longest = await read_until(reads, keys, is_shared=False)
        waited_for = relay.answers - before
        alone = await read(reads, keys)
        await asyncio.sleep(14 * late)  # until it has been seen whether it is well
        assert not reads.shares
        said_while_slow = [(entry["event"], entry["reason"]) for entry in logs if entry["event"] == "redis_unavailable"]
        relay.late = 0.0
        await read_until(reads, keys, is_shared=True)

    assert longest < ANSWER_SECONDS * 2
    assert alone < USELESS
    assert waited_for <= 2 * ANSWERS
    assert said_while_slow == [("redis_unavailable", reason)]
    assert said_of_redis(logs) == ["redis_unavailable", "redis_available"]


async def test_a_process_that_is_always_late_itself_does_not_blame_redis(
    fragile: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each turn of its event loop takes longer than an answer may; also when it sees whether Redis is back."""
    monkeypatch.setattr(redis, "SLOW_SHARE", 0.03)
    turn_seconds = 2 * 0.03 * ANSWER_SECONDS

    async def be_busy() -> None:
        while True:
            await asyncio.sleep(0)
            time.sleep(turn_seconds)  # noqa: ASYNC251 - this is what it is about

    busy = asyncio.create_task(be_busy())
    asked = Redis(fragile.url)
    with capture_logs() as logs:
        async with asked.running():
            for _ in range(2 * ANSWERS):
                told: asyncio.Future[object] = asyncio.get_running_loop().create_future()
                asked.look(["a"], told.set_result)
                await told
        busy.cancel()

    assert said_of_redis(logs) == []
