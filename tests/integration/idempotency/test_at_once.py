"""Requests at the same time, over two applications: those with one key take effect once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole, prices_of
from tests.integration.idempotency.writes import COUNT, WRITES, of, send
from tests.until import PATIENCE_SECONDS


@asynccontextmanager
async def two_applications(database: TestDatabase, clock: Clock) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of two applications on one database."""
    async with client_of(database.settings(), clock) as one, client_of(database.settings(), clock) as other:
        yield [one, other]


async def until_held_up(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Wait until a statement waits for a lock."""
    waiting = "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted"
    row_lock = " AND datname = current_database()) OR EXISTS (SELECT FROM pg_stat_activity WHERE datname ="
    busy = " current_database() AND wait_event_type = 'Lock')"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await connection.fetchval(waiting + row_lock + busy):
            pass


@pytest.mark.parametrize("where", [0, 1], ids=["the same application", "another application"])
@pytest.mark.parametrize("name", ["upsert-listing", "delete-listing", "post-listing-prices", "post-prices-batch"])
async def test_while_the_first_is_running_a_repetition_is_told_so_at_once(
    database: TestDatabase, clock: Clock, superuser: Any, name: str, where: int
) -> None:
    async with two_applications(database, clock) as clients:
        await clients[0].post("/listings", json=factories.listing())
        watcher = await asyncpg.connect(database.superuser_url)
        transaction = superuser.transaction()
        await transaction.start()
        await superuser.execute("SELECT FROM listing FOR UPDATE")
        first = asyncio.create_task(send(clients[0], WRITES[name], {}))
        await until_held_up(watcher)
        early = await send(clients[where], WRITES[name], {})
        assert not first.done()
        await transaction.rollback()
        done = await first
        late = await send(clients[where], WRITES[name], {})
        await watcher.close()

    assert (early.status_code, early.headers["retry-after"]) == (409, "1")
    assert "is still running" in early.json()["message"]
    assert done.is_success
    assert of(late) == of(done)
    assert await superuser.fetchval(COUNT) == 1


@pytest.mark.parametrize("name", ["upsert-listing", "post-listing-prices", "post-prices-batch", "post-listings"])
async def test_64_clients_with_one_key_make_one_price(
    database: TestDatabase, clock: Clock, superuser: Any, name: str
) -> None:
    async def until_answered(client: httpx.AsyncClient) -> httpx.Response:
        while (answer := await send(client, WRITES[name], {})).status_code == 409:
            assert answer.headers["retry-after"] == "1"
        return answer

    async with two_applications(database, clock) as clients:
        await clients[0].post("/listings", json=factories.listing())
        answers = await asyncio.gather(*(until_answered(clients[number % 2]) for number in range(64)))

    assert len({of(answer) for answer in answers}) == 1
    assert answers[0].is_success
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await superuser.fetchval("SELECT count(*) FROM listing_price") == 2
    assert len(await prices_of(superuser, 1)) == (1 if name == "post-listings" else 2)
    await assert_histories_are_whole(superuser)


async def test_different_keys_do_not_hold_each_other_up(database: TestDatabase, clock: Clock, superuser: Any) -> None:
    async with two_applications(database, clock) as clients:
        await clients[0].post("/listings", json=factories.listing())
        answers = await asyncio.gather(
            *(
                send(clients[price % 2], ("POST", "/listings/1/prices", {"price_eur": price}), {}, key=f"key-{price}")
                for price in range(32)
            )
        )

    assert {answer.status_code for answer in answers} == {201}
    assert sorted((await prices_of(superuser, 1))[1:]) == list(range(32))
    await assert_histories_are_whole(superuser)
