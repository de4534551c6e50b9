"""Processes of a test, and what they keep together in Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from listingapi.events import changes_repository
from listingapi.hot.memory import Key
from listingapi.hot.reads import HotReads
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored, encode, name_of
from listingapi.infra.database import Database
from listingapi.infra.redis import Redis
from tests import factories
from tests.conftest import TestDatabase
from tests.pools import opened
from tests.redis_server import RedisServer
from tests.until import until

MOST_BYTES = 1_000_000


class Reader:
    """What a process reads, and the entries it would find in Redis."""

    def __init__(self, reads: HotReads, redis_server: RedisServer, deployment: str) -> None:
        self.reads = reads
        self._redis_server = redis_server
        self._deployment = deployment

    async def until_followed(self, version: int, key: Key) -> None:
        """Wait until this process knows of a version, and that of all that is before a moment ago."""

        async def is_followed() -> bool:
            ready = await self.reads.recent(key)
            return bool(ready and ready.version >= version and self.reads.kept(key))

        await until(is_followed)

    async def has_shared(self, key: Key) -> bool:
        """Whether it is kept in Redis."""
        with self._redis_server.client() as client:
            return bool(client.exists(name_of(self._deployment, key)))

    def plant(self, key: Key, stored: Stored) -> None:
        """Have Redis come back with this."""
        with self._redis_server.client() as client:
            client.set(name_of(self._deployment, key), encode(stored))


@asynccontextmanager
async def reading(database: TestDatabase, redis_server: RedisServer) -> AsyncIterator[Reader]:
    """What one process reads."""
    reads = HotReads(MOST_BYTES, Redis(redis_server.url))
    async with reads.running(database.serving_url), opened(database) as own:
        yield Reader(reads, redis_server, await changes_repository.identity(own))


@asynccontextmanager
async def sharing(database: TestDatabase, redis_server: RedisServer) -> AsyncIterator[tuple[Database, Shared]]:
    """A process that reads nothing by itself."""
    shared = Shared(Redis(redis_server.url))
    async with (
        opened(database) as own,
        shared.running(await changes_repository.identity(own), lambda *_: None),
    ):
        yield own, shared


async def made(client: httpx.AsyncClient) -> Key:
    """The history of a listing with one price."""
    answer = await client.post("/listings", json=factories.listing())
    return "history", answer.json()["id"]


async def reprice(client: httpx.AsyncClient, key: Key, price: int) -> None:
    answer = await client.patch(f"/listings/{key[1]}", json={"latest_price_eur": price})
    assert answer.status_code == 200
