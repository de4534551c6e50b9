"""What is asked for most is in Redis before anybody asks, and is there anew when it has changed."""

from typing import Any

import httpx
import pytest

from listingapi.events import changes_repository
from listingapi.events.changes_repository import Changes, Extent
from listingapi.hot.known import Known
from listingapi.hot.line import Line
from listingapi.hot.memory import Memory
from listingapi.hot.popular import Popular
from listingapi.hot.reads import _count
from listingapi.hot.stored import PREFIX, Stored, name_of
from listingapi.hot.upkeep import Upkeep
from listingapi.hot.warming import warm_most_read
from listingapi.infra.database import Database
from listingapi.ready import Ready
from tests.conftest import TestDatabase
from tests.integration.hot.sharing import made, reading, reprice, sharing
from tests.redis_server import RedisServer
from tests.shared import kept_in
from tests.until import until


async def test_what_has_changed_is_there_anew_without_being_asked_for(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    kept, other = await made(client), await made(client)
    async with sharing(database, redis_server) as (own, shared):
        upkeep = Upkeep(own, shared)
        await upkeep.look()
        await shared.fill({kept: Stored(Ready(1, b"[]"), 1)})
        for key in (kept, other):
            await reprice(client, key, 12_345)

        async def is_there() -> bool:
            await upkeep.look()
            found = await kept_in(shared, kept)
            return found is not None and found.ready.version == 2 and b'"price_eur":12345,' in found.ready.body

        await until(is_there)
        assert await kept_in(shared, other) is None


async def test_after_a_failover_it_goes_on_under_the_new_names(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await made(client)
    changes, extent = changes_repository.changes, changes_repository.extent

    async def changes_after(*given: Any, **limits: Any) -> Changes:
        return (await changes(*given, **limits))._replace(identity="another")

    async def extent_after(own: Database) -> Extent:
        return (await extent(own))._replace(identity="another")

    async with sharing(database, redis_server) as (own, shared):
        upkeep = Upkeep(own, shared)
        await upkeep.look()
        monkeypatch.setattr(changes_repository, "changes", changes_after)
        monkeypatch.setattr(changes_repository, "extent", extent_after)
        await upkeep.look()
        await upkeep.look()
        assert shared.name("upkeep") == f"{PREFIX}:another:upkeep"

        await shared.fill({key: Stored(Ready(1, b"[]"), 1)})
        await reprice(client, key, 12_345)

        async def is_there() -> bool:
            await upkeep.look()
            found = await kept_in(shared, key)
            return found is not None and found.ready.version == 2

        await until(is_there)


async def test_one_process_keeps_up_for_all(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    key = await made(client)
    async with sharing(database, redis_server) as (own, shared):
        first, second = Upkeep(own, shared), Upkeep(own, shared)
        await first.warm()
        assert await kept_in(shared, key) is not None
        redis_server.client().delete(name_of(await changes_repository.identity(own), key))
        await second.warm()
        assert await kept_in(shared, key) is None


async def test_what_is_asked_for_most_is_warmed_first(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    keys = [await made(client) for _ in range(4)]
    warmed: list[int] = []
    async with sharing(database, redis_server) as (own, shared):
        popular = Popular(shared)
        await popular.add({keys[0][1]: 5, keys[1][1]: 9})
        assert await popular.most(1) == [keys[1][1]]
        count = await warm_most_read(own, shared, popular, 3, warmed.append)

        assert (count, sum(warmed)) == (3, 3)
        # the two that were asked for, and the newest one
        assert [await kept_in(shared, key) is not None for key in keys] == [True, True, False, True]


async def test_what_was_asked_for_long_ago_counts_less(database: TestDatabase, redis_server: RedisServer) -> None:
    async with sharing(database, redis_server) as (_, shared):
        popular = Popular(shared)
        await popular.add({1: 10})
        for _ in range(5):
            await popular.fade()
        await popular.add({2: 5})

        assert await popular.most(2) == [2, 1]


async def test_more_is_counted_than_redis_is_told_at_once(
    database: TestDatabase, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listingapi.hot.popular.TOLD_AT_ONCE", 2)
    known = Known()
    known.begin(1)
    memory = Memory(known, Line(), 1_000_000)
    for listing_id in range(1, 6):
        memory.put(("listing", listing_id), Ready(1, b"[]"), 0.0, 1)
    async with sharing(database, redis_server) as (_, shared):
        popular = Popular(shared)
        await _count(memory, popular)

        assert sorted(await popular.most(10)) == [1, 2, 3, 4, 5]


async def test_reads_are_counted_for_all_processes(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listingapi.hot.reads.SECONDS_BETWEEN_COUNTS", 0.05)
    key = await made(client)
    async with reading(database, redis_server) as reader, sharing(database, redis_server) as (_, shared):
        await reader.until_followed(1, key)

        async def is_counted() -> bool:
            return await Popular(shared).most(10) == [key[1]]

        await until(is_counted)
