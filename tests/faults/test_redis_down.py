"""Redis is not there, dies or freezes: that costs a moment, never an answer, and it is used again when it is back."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from listingapi.infra import redis
from listingapi.infra.limits import LocalLimits
from listingapi.infra.redis import Redis, RedisUnavailable
from listingapi.infra.redis_limits import RedisLimits
from listingapi.infra.start import StartError
from listingapi.settings import load_settings
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.faults.harm import Harm, freeze, kill, said_of_redis
from tests.redis_server import RedisServer
from tests.until import until as eventually

# A request takes its time where everything else runs, too; that no more than a moment comes from Redis is shown apart.
PATIENCE_SECONDS = 20.0
MOMENT_SECONDS = 2.0
READERS = 4


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a Redis that was lost looked for more often than it need be."""
    monkeypatch.setattr(redis, "PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(redis, "CONNECT_SECONDS", 0.1)


@pytest.fixture
def patient_with_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a Redis for well that is slow, as it may be where all tests share a machine."""
    monkeypatch.setattr(redis, "ANSWER_SECONDS", 2.0)
    monkeypatch.setattr(redis, "CONNECT_SECONDS", 2.0)


@pytest.fixture
async def client(
    database: TestDatabase,
    clock: Clock,
    fragile: RedisServer,
    patient_with_redis: None,  # noqa: ARG001 - it is for Redis
) -> AsyncIterator[httpx.AsyncClient]:
    settings = database.settings(redis_url=fragile.url, address_reads_per_minute=1_000_000)
    async with client_of(settings, clock) as connected:
        yield connected


class Reader:
    """Reads again and again, and keeps what it was answered and how long the longest took."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.statuses: list[int] = []
        self.longest = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.read()

    async def read(self) -> None:
        began = time.monotonic()
        self.statuses.append((await self._client.get("/listings")).status_code)
        self.longest = max(self.longest, time.monotonic() - began)


async def until(condition: Callable[[], Any], act: Callable[[], Awaitable[object]]) -> None:
    """Do something until a condition holds."""
    async with asyncio.timeout(3 * PATIENCE_SECONDS):
        while not condition():
            await act()


@pytest.mark.parametrize("harm", [kill, freeze])
async def test_every_request_is_answered_while_redis_goes_and_comes_back(
    client: httpx.AsyncClient, fragile: RedisServer, harm: Harm
) -> None:
    stop = asyncio.Event()
    readers = [Reader(client) for _ in range(READERS)]
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as group:
            for reader in readers:
                group.create_task(reader.run(stop))
            await until(lambda: len(readers[0].statuses) > 10, readers[0].read)
            restore = harm(fragile)
            await until(lambda: said_of_redis(logs), readers[0].read)
            for _ in range(50):
                await readers[0].read()
            await asyncio.to_thread(restore)
            await until(lambda: len(said_of_redis(logs)) > 1, readers[0].read)
            stop.set()

    assert {status for reader in readers for status in reader.statuses} == {200}
    assert max(reader.longest for reader in readers) < PATIENCE_SECONDS
    assert said_of_redis(logs) == ["redis_unavailable", "redis_available"]
    with fragile.client() as look:
        look.config_resetstat()
        await readers[0].read()
        assert look.info("commandstats")["cmdstat_evalsha"]["calls"] >= 1


@pytest.mark.parametrize("harm", [kill, freeze])
async def test_a_redis_that_is_lost_costs_a_moment_once(
    fragile: RedisServer, harm: Harm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "CONNECT_SECONDS", 60.0)
    limits = RedisLimits(Redis(fragile.url), otherwise=LocalLimits())
    async with limits.running():
        await limits.take("a", 10)
        harm(fragile)
        began = time.monotonic()
        await asyncio.gather(*(limits.take("a", 10) for _ in range(100)))
        for _ in range(100):
            await limits.take("a", 10)
        took = time.monotonic() - began

    assert took < MOMENT_SECONDS


async def test_that_it_is_lost_is_said_once_however_many_wait_for_it(fragile: RedisServer) -> None:
    asked = Redis(fragile.url)
    with capture_logs() as logs:
        async with asked.running():
            fragile.freeze()
            waiting = (asked.run(asked.script("return 1"), [], []) for _ in range(2))
            answers = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(answer) for answer in answers] == [RedisUnavailable] * 2
    assert said_of_redis(logs) == ["redis_unavailable"]


@pytest.mark.usefixtures("patient_with_redis")
@pytest.mark.parametrize("harm", [kill, freeze])
async def test_the_service_is_ready_without_redis_and_says_that_it_is_away(
    database: TestDatabase, clock: Clock, fragile: RedisServer, harm: Harm
) -> None:
    """Also where no requests are counted."""
    asked = {"Accept": "application/json"}
    statuses: set[int] = set()

    async with client_of(database.settings(redis_url=fragile.url), clock) as client:

        async def is_named(*parts: str) -> bool:
            await client.post("/listings", json=factories.listing())
            answer = await client.get("/readyz", headers=asked)
            statuses.add(answer.status_code)
            return [each["part"] for each in answer.json()["degraded"]] == list(parts)

        assert await is_named()
        restore = harm(fragile)
        await eventually(partial(is_named, "redis"))
        await asyncio.to_thread(restore)
        await eventually(is_named)

    assert statuses == {200}


@pytest.mark.usefixtures("patient_with_redis")
async def test_while_redis_is_away_the_process_counts(
    database: TestDatabase, clock: Clock, fragile: RedisServer
) -> None:
    async with client_of(database.settings(redis_url=fragile.url, address_reads_per_minute=3), clock) as client:
        await client.get("/listings")
        fragile.stop()
        statuses = [(await client.get("/listings")).status_code for _ in range(8)]

    assert statuses == [200] * 3 + [429] * 5


@pytest.mark.usefixtures("patient_with_redis")
async def test_it_starts_without_redis_and_takes_it_when_it_comes(
    database: TestDatabase, clock: Clock, fragile: RedisServer
) -> None:
    fragile.stop()
    settings = database.settings(redis_url=fragile.url, address_reads_per_minute=1_000_000)
    with capture_logs() as logs:
        async with client_of(settings, clock) as client:
            reader = Reader(client)
            await reader.read()
            await asyncio.to_thread(fragile.start)
            await until(lambda: "redis_available" in said_of_redis(logs), reader.read)

    assert set(reader.statuses) == {200}
    assert said_of_redis(logs) == ["redis_unavailable", "redis_available"]


async def test_an_error_of_redis_is_no_error_of_ours(client: httpx.AsyncClient, fragile: RedisServer) -> None:
    with fragile.client() as redis_client:
        redis_client.config_set("maxmemory", 1)

    assert (await client.get("/listings")).status_code == 200


async def test_connections_are_named_few_and_closed_at_the_end(
    database: TestDatabase, clock: Clock, fragile: RedisServer
) -> None:
    def ours() -> list[str]:
        with fragile.client() as look:
            return [each["name"] for each in look.client_list() if each["name"]]

    settings = database.settings(redis_url=fragile.url, address_reads_per_minute=1_000_000)
    async with client_of(settings, clock) as client:
        await asyncio.gather(*(client.get("/listings") for _ in range(50)))
        opened = ours()

    assert 1 <= len(opened) <= redis.MOST_CONNECTIONS
    assert set(opened) == {"listingapi-serve"}
    assert ours() == []


async def test_a_process_that_was_held_up_itself_does_not_blame_redis(
    fragile: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "ANSWER_SECONDS", 0.3)
    limits = RedisLimits(Redis(fragile.url), otherwise=LocalLimits(most_buckets=0))
    async with limits.running():
        for _ in range(3):
            asked = asyncio.create_task(limits.take("a", 60))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            time.sleep(redis.ANSWER_SECONDS * 2)  # noqa: ASYNC251 - this is what it is about
            await asked
        assert limits._redis.is_available


@pytest.mark.parametrize("url", ["http://localhost", "redis://localhost:eighty", "redis://localhost:99999", "redis://"])
def test_a_url_that_is_none_ends_the_start_with_a_sentence(url: str) -> None:
    with pytest.raises(StartError, match=r"^The setting LISTINGAPI_REDIS_URL is wrong: .+\.$"):
        load_settings(redis_url=url)


def test_an_option_of_the_url_that_is_wrong_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"^The setting LISTINGAPI_REDIS_URL is wrong: .+\.$"):
        Redis(f"unix://{tmp_path}?socket_timeout=long")


def test_what_is_wrong_with_a_url_is_said_without_its_password() -> None:
    with pytest.raises(StartError) as told:
        Redis("redis://:S3cr/etPart@redis.example:6379/0")
    assert "S3cr" not in str(told.value)
