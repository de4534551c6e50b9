"""The connection dies under a transaction: nothing is half-written, the caller learns of it, and service resumes."""

import asyncio
import random
from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.history import HALF_WRITTEN, assert_histories_are_whole, prices_of
from tests.told import assert_all_is_told
from tests.until import PATIENCE_SECONDS

BLOCKED = """
    SELECT pid FROM pg_stat_activity
    WHERE application_name = 'listingapi serve' AND datname = current_database() AND wait_event_type = 'Lock'
"""
SESSIONS = """
    SELECT pid FROM pg_stat_activity
    WHERE application_name = 'listingapi serve' AND datname = current_database()
"""
TERMINATE = "SELECT pg_terminate_backend($1)"
KILLS = 100
WRITERS = 6


@pytest.fixture
async def listing_id(client: httpx.AsyncClient) -> int:
    created: int = (await client.post("/listings", json=factories.listing(latest_price_eur=1))).json()["id"]
    return created


async def blocked_session(superuser: Any) -> int:
    """The session that waits for a lock, as soon as one does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (pid := await superuser.fetchval(BLOCKED)) is None:
            pass
    return int(pid)


async def answered_again(client: httpx.AsyncClient) -> None:
    """Wait until the service answers as if nothing had been."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get("/listings")).status_code != 200:
            pass


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_write_whose_connection_is_ended_leaves_nothing(
    client: httpx.AsyncClient, superuser: Any, listing_id: int, method: str
) -> None:
    body = factories.listing(latest_price_eur=2)
    async with superuser.transaction():
        await superuser.execute("SELECT FROM listing FOR UPDATE")
        writing = asyncio.create_task(client.request(method, f"/listings/{listing_id}", json=body))
        await superuser.execute(TERMINATE, await blocked_session(superuser))
        response = await writing

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1
    assert "database did not answer" in response.json()["message"]
    assert await prices_of(superuser, listing_id) == [1]
    await assert_histories_are_whole(superuser)
    again = await client.request(method, f"/listings/{listing_id}", json=body)
    assert again.status_code == 200
    assert await prices_of(superuser, listing_id) == [1, 2]


async def test_a_read_survives_that_every_idle_connection_was_ended(
    client: httpx.AsyncClient, superuser: Any, listing_id: int
) -> None:
    await asyncio.gather(*(client.get("/listings") for _ in range(10)))
    for row in await superuser.fetch(SESSIONS):
        await superuser.execute(TERMINATE, row["pid"])
    statuses = [(await client.get(f"/listings/{listing_id}/prices")).status_code for _ in range(12)]

    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200


class Writer:
    """Changes the price of one listing to ever new amounts, and keeps what it was told."""

    def __init__(self, client: httpx.AsyncClient, listing_id: int, first_price: int) -> None:
        self._client = client
        self._listing_id = listing_id
        self._price = first_price
        self.acknowledged: list[int] = []
        self.attempted: list[int] = []

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._price += 1
            self.attempted.append(self._price)
            method = ("PUT", "PATCH")[self._price % 2]
            body = factories.listing(latest_price_eur=self._price)
            response = await self._client.request(method, f"/listings/{self._listing_id}", json=body)
            assert response.status_code in {200, 503}, response.text
            if response.status_code == 200:
                self.acknowledged.append(self._price)


@pytest.fixture
async def writers(client: httpx.AsyncClient) -> list[Writer]:
    """Several writers on two listings."""
    ids = [(await client.post("/listings", json=factories.listing(latest_price_eur=0))).json()["id"] for _ in range(2)]
    return [Writer(client, ids[number % 2], 1_000_000 * (number + 1)) for number in range(WRITERS)]


async def test_every_acknowledged_price_stands_once_while_connections_are_ended_at_random(
    client: httpx.AsyncClient, superuser: Any, writers: list[Writer]
) -> None:
    stop = asyncio.Event()
    chance = random.Random(20230112)  # noqa: S311 not a secret
    async with asyncio.TaskGroup() as group:
        for writer in writers:
            group.create_task(writer.run(stop))
        for _ in range(KILLS):
            sessions = await superuser.fetch(SESSIONS)
            await superuser.execute(TERMINATE, chance.choice(sessions)["pid"] if sessions else 0)
            assert await superuser.fetch(HALF_WRITTEN) == []
            await client.get("/listings?limit=1")
        stop.set()
    await answered_again(client)

    assert all(writer.acknowledged for writer in writers)
    assert sum(len(writer.attempted) - len(writer.acknowledged) for writer in writers), "nothing was interrupted"
    ids = [listing["id"] for listing in (await client.get("/listings")).json()]
    stored = [price for listing_id in ids for price in await prices_of(superuser, listing_id)]
    for writer in writers:
        kept = [price for price in stored if price in set(writer.attempted)]
        assert sorted(set(kept)) == kept, "an entry is doubled or out of order"
        assert set(writer.acknowledged) <= set(kept), "an acknowledged price is lost"
    await assert_histories_are_whole(superuser)
    await assert_all_is_told(superuser)


async def test_a_new_instance_serves_after_all_that(database: TestDatabase, clock: Clock) -> None:
    async with client_of(database.settings(), clock) as client:
        assert (await client.get("/listings")).status_code == 200
