"""What processes keep together is in Redis: while that is dead, frozen or slow, nothing fails or takes much longer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from listingapi.hot.memory import Key
from listingapi.hot.reads import HotReads
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored
from listingapi.infra import redis
from listingapi.infra.redis import Redis
from listingapi.ready import Ready
from tests import factories
from tests.conftest import TestDatabase
from tests.faults.harm import Harm, freeze, kill, said_of_redis
from tests.redis_server import RedisServer
from tests.shared import kept_in

MOST_BYTES = 1_000_000
LISTINGS = 40
READERS = 8
# A request takes its time where everything else runs, too.
PATIENCE_SECONDS = 20.0
# No more than what Redis may take to answer, with some time for a busy machine to notice.
MOMENT_SECONDS = 1.0
STILL_SECONDS, MOVING_SECONDS = 0.2, 0.02


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a Redis that was lost looked for more often than it need be."""
    monkeypatch.setattr(redis, "PAUSE_SECONDS", 0.02)


@pytest.fixture
async def keys(client: httpx.AsyncClient) -> Sequence[Key]:
    """Histories to read."""
    made = [await client.post("/listings", json=factories.listing()) for _ in range(LISTINGS)]
    return [("history", answer.json()["id"]) for answer in made]


@pytest.fixture
async def reads(database: TestDatabase, fragile: RedisServer) -> AsyncIterator[HotReads]:
    """What a process reads; it keeps nothing itself, so that it asks Redis each time."""
    found = HotReads(0, Redis(fragile.url))
    async with found.running(database.serving_url):
        yield found


def slow_down(server: RedisServer) -> Callable[[], None]:
    """Have it stand still most of the time."""
    is_over = Event()

    def slow() -> None:
        while not is_over.is_set():
            server.freeze()
            is_over.wait(STILL_SECONDS)
            server.thaw()
            is_over.wait(MOVING_SECONDS)

    thread = Thread(target=slow)
    thread.start()

    def end() -> None:
        is_over.set()
        thread.join()

    return end


async def read_until(condition: Callable[[], Any], reads: HotReads, keys: Sequence[Key]) -> float:
    """Read everything until a condition holds; returns how long the longest read took."""
    longest = 0.0
    async with asyncio.timeout(3 * PATIENCE_SECONDS):
        while not condition():
            for key in keys:
                began = time.monotonic()
                assert (await reads.recent(key) or Ready(0, b"")).version == 1
                longest = max(longest, time.monotonic() - began)
    return longest


@pytest.mark.parametrize("harm", [kill, freeze, slow_down])
async def test_every_read_is_answered_and_redis_is_used_again_when_it_is_back(
    reads: HotReads, fragile: RedisServer, keys: Sequence[Key], harm: Harm
) -> None:
    shared = reads._shared
    assert shared
    with capture_logs() as logs:
        restore = harm(fragile)
        parts = [keys[number::READERS] for number in range(READERS)]
        lost = (read_until(lambda: "redis_unavailable" in said_of_redis(logs), reads, part) for part in parts)
        longest = max(await asyncio.gather(*lost))
        await asyncio.to_thread(restore)
        await read_until(lambda: shared.is_available, reads, keys)
    with fragile.client() as look:
        look.config_resetstat()

    assert longest < PATIENCE_SECONDS
    await read_until(lambda: uses(fragile), reads, keys)


def uses(server: RedisServer) -> bool:
    """Whether it is asked for what is kept there."""
    with server.client() as look:
        return "cmdstat_mget" in look.info("commandstats")


@pytest.mark.parametrize("harm", [kill, freeze])
async def test_a_redis_that_is_lost_costs_reads_a_moment_once(
    reads: HotReads, fragile: RedisServer, keys: Sequence[Key], harm: Harm, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read_until(lambda: uses(fragile), reads, keys)
    monkeypatch.setattr(redis, "PAUSE_SECONDS", 60.0)
    restore = harm(fragile)
    began = time.monotonic()
    await asyncio.gather(*(reads.recent(key) for key in keys))
    await read_until(lambda: not reads._shared or not reads._shared.is_available, reads, keys)
    took = time.monotonic() - began
    await asyncio.to_thread(restore)

    assert took < MOMENT_SECONDS


@pytest.mark.parametrize("harm", [kill, freeze])
async def test_a_write_does_not_wait_for_redis(
    reads: HotReads, fragile: RedisServer, keys: Sequence[Key], harm: Harm
) -> None:
    restore = harm(fragile)
    began = time.monotonic()
    for _, listing_id in keys:
        reads.changed(listing_id, 1)
    took = time.monotonic() - began
    await asyncio.to_thread(restore)

    assert took < MOMENT_SECONDS / 10


async def test_however_many_ask_at_once_redis_is_not_taken_for_lost(
    fragile: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "ANSWER_SECONDS", PATIENCE_SECONDS)
    shared = Shared(Redis(fragile.url))

    async def ask(listing_id: int) -> None:
        for version in range(10):
            shared.put(("listing", listing_id), Ready(version, b"{}"), version)
            shared.changed(listing_id, version)
            await kept_in(shared, ("history", listing_id))

    with capture_logs() as logs:
        async with shared.running("1", lambda *_: None):
            await asyncio.gather(*(ask(listing_id) for listing_id in range(300)))
            await shared.fill({("listing", 1): Stored(Ready(99, b"{}"), 99)})

    assert said_of_redis(logs) == []
