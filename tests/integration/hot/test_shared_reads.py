"""Processes read what others have put into Redis, believe none of it for being there, and do without."""

import asyncio
from functools import partial

import httpx

from listingapi.hot.stored import Stored
from listingapi.ready import Ready
from tests.conftest import TestDatabase
from tests.integration.hot.sharing import made, reading, reprice
from tests.redis_server import RedisServer
from tests.until import until


async def test_what_one_process_has_read_another_one_need_not(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    key = await made(client)
    async with reading(database, redis_server) as one, reading(database, redis_server) as other:
        await one.until_followed(1, key)
        await until(partial(one.has_shared, key))
        body = Ready(1, b"from Redis")
        one.plant(key, Stored(body, 1))
        await asyncio.sleep(0.5)  # until the other one has followed

        assert await other.reads.recent(key) == body


async def test_an_entry_of_before_a_change_is_not_believed(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    key = await made(client)
    async with reading(database, redis_server) as reader:
        await reader.until_followed(1, key)
        await reprice(client, key, 1)
        await reader.until_followed(2, key)
        old = Stored(Ready(1, b"as it was"), 1)
        async with reading(database, redis_server) as other:
            await other.until_followed(2, key)
            for process in (reader, other):
                process.reads._memory.clear()
                process.plant(key, old)
                found = await process.reads.recent(key)
                assert found
                assert found.version == 2


async def test_an_entry_of_before_anything_is_remembered_is_not_believed(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    key = await made(client)
    async with reading(database, redis_server) as reader:
        await reader.until_followed(1, key)
        await until(partial(reader.has_shared, key))
        reader.reads._memory.clear()
        reader.reads._known.begin(1)
        reader.plant(key, Stored(Ready(1, b"as it was"), 0))

        assert (await reader.reads.recent(key) or Ready(0, b"")).body != b"as it was"


async def test_without_redis_all_is_read(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    key = await made(client)
    redis_server.stop()
    try:
        async with reading(database, redis_server) as reader:
            await reader.until_followed(1, key)
            reader.reads.changed(key[1], 1)
            await reprice(client, key, 1)
            await reader.until_followed(2, key)
    finally:
        redis_server.start()
