"""What is kept stays of use while reads of PostgreSQL are held up, and is of the database that there is now."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import pytest

from listingapi.hot.line import OLDEST_SECONDS
from listingapi.hot.memory import KINDS, Key
from listingapi.hot.reads import LOOKS, HotReads
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored
from listingapi.infra.redis import Redis
from listingapi.ready import Ready
from tests import factories
from tests.conftest import TestDatabase
from tests.redis_server import RedisServer
from tests.shared import kept_in
from tests.until import until

THERE: Key = ("history", 1)
LATER: Key = ("history", 2)


@pytest.fixture
async def reads(database: TestDatabase) -> AsyncIterator[HotReads]:
    reads = HotReads(1_000_000)
    async with reads.running(database.serving_url):
        yield reads


async def test_reads_that_are_held_up_do_not_hold_up_the_look_at_what_changes(
    client: httpx.AsyncClient, superuser: Any, reads: HotReads
) -> None:
    ids = [(await client.post("/listings", json=factories.listing())).json()["id"] for _ in range(1 + LOOKS)]
    warm: Key = ("listing", ids[0])

    async def is_kept() -> bool:
        return bool(await reads.recent(warm) and reads.kept(warm))

    await until(is_kept)
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE listing IN ACCESS EXCLUSIVE MODE")
        held_up = []
        for listing_id in ids[1:]:
            for kind in KINDS:
                held_up.append(asyncio.ensure_future(reads.current((kind, listing_id))))
                await asyncio.sleep(0.02)  # so that each is a statement of its own
        await asyncio.sleep(OLDEST_SECONDS * 1.5)

        assert not any(each.done() for each in held_up)
        assert reads.kept(warm) is not None
    assert all(await asyncio.gather(*held_up))


async def test_who_goes_on_with_another_database_finds_nothing_of_the_one_before(redis_server: RedisServer) -> None:
    told = list[tuple[int, int]]()
    mover, other = Shared(Redis(redis_server.url)), Shared(Redis(redis_server.url))
    async with (
        mover.running("before", lambda *change: told.append(change)),
        other.running("after", lambda *_: None),
    ):
        await mover.fill({THERE: Stored(Ready(1, b"[]"), 1)})
        mover.move_to("after")
        assert await kept_in(mover, THERE) is None

        async def is_told() -> bool:
            await other.change({7: 2}, is_said=True)
            return (7, 2) in told

        await until(is_told)
        mover.put(LATER, Ready(1, b"[]"), 1)
        mover.move_to("further")
        mover.put(THERE, Ready(2, b"[]"), 2)
        await until(partial(_has, mover, THERE))
        assert await kept_in(mover, LATER) is None


async def _has(shared: Shared, key: Key) -> bool:
    return await kept_in(shared, key) is not None
