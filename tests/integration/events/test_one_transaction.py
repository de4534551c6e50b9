"""An event is there if and only if its change is, whoever is in the way or killed; and a listing's are in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.told import assert_all_is_told, kinds, price_of, told
from tests.until import PATIENCE_SECONDS

Connection = Any
CHANGES = {
    "PUT": ("PUT", "/listings/1", factories.listing(name="Other", latest_price_eur=13)),
    "PATCH": ("PATCH", "/listings/1", {"latest_price_eur": 13}),
    "POST prices": ("POST", "/listings/1/prices", {"price_eur": 13}),
    "POST prices:batch": ("POST", "/prices:batch", {"prices": [{"listing_id": 1, "price_eur": 13}]}),
}
CREATED = [(1, "listing.created")]
STATE = "SELECT version, name, latest_price_eur FROM listing"
# The record of the answer is written last: whoever waits for it has written all else.
IN_THE_WAY = "LOCK TABLE idempotency_record IN SHARE MODE"
KILL_WHO_WAITS = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE NOT granted AND relation = 'idempotency_record'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
async def altered(create_database: Callable[[], TestDatabase]) -> AsyncIterator[tuple[TestDatabase, Connection]]:
    """A database that no other test gets, with a connection that may alter it."""
    database = await asyncio.to_thread(create_database)
    connection = await asyncpg.connect(database.superuser_url)
    yield database, connection
    await connection.close()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "refuses",
    [
        pytest.param("ALTER TABLE outbox ADD CHECK (type <> 'price.changed')", id="the event"),
        pytest.param("ALTER TABLE listing_price ADD CHECK (price_eur <> 13)", id="the entry of the history"),
        pytest.param("ALTER TABLE listing ADD CHECK (latest_price_eur <> 13)", id="the listing"),
    ],
)
async def test_where_a_part_is_refused_nothing_is_written_and_nothing_told(
    altered: tuple[TestDatabase, Connection], clock: Clock, change: str, refuses: str
) -> None:
    database, superuser = altered
    await superuser.execute(refuses)
    method, path, body = CHANGES[change]
    async with client_of(database.settings(), clock) as client:
        await client.post("/listings", json=factories.listing())
        client.event_hooks = {}
        assert (await client.request(method, path, json=body)).status_code == 500

    assert tuple(await superuser.fetchrow(STATE)) == (1, "Flat near the station", 100_000)
    assert kinds(await told(superuser)) == CREATED


async def until_one_is_killed(watcher: Connection) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await watcher.fetchval(KILL_WHO_WAITS):
            pass


@pytest.mark.parametrize("change", CHANGES)
async def test_a_write_that_is_killed_before_its_end_is_not_told(
    client: httpx.AsyncClient, database: TestDatabase, superuser: Connection, change: str
) -> None:
    await client.post("/listings", json=factories.listing())
    method, path, body = CHANGES[change]
    watcher = await asyncpg.connect(database.superuser_url)
    async with superuser.transaction():
        await superuser.execute(IN_THE_WAY)
        writing = asyncio.create_task(client.request(method, path, json=body, headers={"Idempotency-Key": "a"}))
        await until_one_is_killed(watcher)
        answer = await writing
    await watcher.close()

    assert answer.status_code == 503
    assert tuple(await superuser.fetchrow(STATE)) == (1, "Flat near the station", 100_000)
    assert kinds(await told(superuser)) == CREATED


async def test_however_many_overtake_each_other_each_change_is_told_once_and_in_order(
    database: TestDatabase, clock: Clock, superuser: Connection
) -> None:
    async with client_of(database.settings(), clock) as one, client_of(database.settings(), clock) as other:
        for _ in range(2):
            await one.post("/listings", json=factories.listing())

        async def write(price: int, client: httpx.AsyncClient) -> httpx.Response:
            if price % 4 == 0:
                lines = [{"listing_id": listing_id, "price_eur": price} for listing_id in (1, 2)]
                return await client.post("/prices:batch", json={"prices": lines})
            return await client.put(f"/listings/{1 + price % 2}", json=factories.listing(latest_price_eur=price))

        answers = await asyncio.gather(*(write(price, client) for price in range(24) for client in (one, other)))

    assert all(answer.is_success for answer in answers)
    await assert_all_is_told(superuser)
    for listing_id in (1, 2):
        events = [event.data for event in await told(superuser) if event.listing_id == listing_id]
        assert [event["previous_price_eur"] for event in events[1:]] == [price_of(event) for event in events[:-1]]


VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize("change", CHANGES)
async def test_an_event_has_the_trace_of_its_request(
    client: httpx.AsyncClient, superuser: Connection, change: str
) -> None:
    await client.post("/listings", json=factories.listing())
    method, path, body = CHANGES[change]
    await client.request(method, path, json=body, headers={"traceparent": VALID, "Idempotency-Key": "a"})

    [created, *events] = await told(superuser)
    assert created.trace is None
    assert {event.trace for event in events} == {VALID}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([("traceparent", VALID.upper())], id="capitals"),
        pytest.param([("traceparent", VALID.replace("00-", "ff-", 1))], id="a version that is none"),
        pytest.param([("traceparent", VALID.replace("00-", "01-", 1) + "-new")], id="a version that we do not know"),
        pytest.param([("traceparent", VALID + "-more")], id="more than there is"),
        pytest.param([("traceparent", f"00-{'0' * 32}-00f067aa0ba902b7-01")], id="no trace"),
        pytest.param([("traceparent", f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01")], id="no parent"),
        pytest.param([("traceparent", VALID[:-1])], id="too short"),
        pytest.param([("traceparent", "")], id="empty"),
        pytest.param([("traceparent", VALID), ("traceparent", VALID)], id="twice"),
    ],
)
async def test_a_trace_that_is_none_is_left_out(
    client: httpx.AsyncClient, superuser: Connection, headers: list[tuple[str, str]]
) -> None:
    answer = await client.post("/listings", json=factories.listing(), headers=headers)

    assert answer.status_code == 201
    assert [event.trace for event in await told(superuser)] == [None]
