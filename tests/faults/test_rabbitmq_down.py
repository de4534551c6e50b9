"""A RabbitMQ that is gone, frozen or short of memory delays events, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import factories
from tests.conftest import TestDatabase
from tests.integration.events import queue
from tests.integration.events.broker import assert_in_order
from tests.processes import running
from tests.rabbitmq_server import RabbitServer, VirtualHost
from tests.servers import ServeProcess, serving
from tests.told import told
from tests.until import until

LISTINGS = 4
CHANGES = 10
UNPUBLISHED = """
    SELECT count(*) FROM event JOIN relay_partition ON partition = listing_id % 16
    WHERE event.position > relay_partition.position
"""

FAULTS = [
    pytest.param(RabbitServer.freeze, RabbitServer.thaw, id="frozen"),
    pytest.param(RabbitServer.raise_alarm, RabbitServer.end_alarm, id="short of memory"),
    pytest.param(RabbitServer.kill, RabbitServer.start, id="killed"),
]


@pytest.fixture
def server(database: TestDatabase, rabbitmq: VirtualHost) -> Iterator[ServeProcess]:
    """A `listingapi serve` that leaves events to the relay."""
    with serving(environment=database.settings(rabbitmq_url=rabbitmq.url).as_environment()) as started:
        yield started


@pytest.fixture
async def client(server: ServeProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as connected:
        yield connected


async def write(client: httpx.AsyncClient, first_price: int) -> None:
    """Change the prices of all listings some times; each request has to succeed within seconds."""
    for price in range(first_price, first_price + CHANGES):
        for listing_id in range(1, LISTINGS + 1):
            answer = await client.post(f"/listings/{listing_id}/prices", json={"price_eur": price})
            assert answer.status_code == 201, answer.text
        assert (await client.get("/readyz")).status_code == 200


@asynccontextmanager
async def relayed(
    database: TestDatabase, rabbitmq: VirtualHost, client: httpx.AsyncClient, folder: Path
) -> AsyncIterator[queue.Seen]:
    """What comes through RabbitMQ by a relay, after some listings were created."""
    await queue.bind(rabbitmq)
    for _ in range(LISTINGS):
        assert (await client.post("/listings", json=factories.listing())).status_code == 201
    environment = database.settings(rabbitmq_url=rabbitmq.url).as_environment()
    with running("relay", environment=environment, log=folder / "log"):
        async with queue.seen_in(rabbitmq) as seen:
            await seen.until(LISTINGS)
        rabbitmq.server.keep_queues()
        yield seen


@pytest.mark.parametrize(("fault", "repair"), FAULTS)
async def test_events_wait_and_nothing_else_does(  # noqa: PLR0913, PLR0917 - the fixtures
    database: TestDatabase,
    rabbitmq: VirtualHost,
    client: httpx.AsyncClient,
    superuser: Any,
    tmp_path: Path,
    fault: Callable[[RabbitServer], None],
    repair: Callable[[RabbitServer], None],
) -> None:
    async with relayed(database, rabbitmq, client, tmp_path) as before:
        await asyncio.to_thread(fault, rabbitmq.server)
        await write(client, 1_000)
        await until(lambda: all_are_sequenced(superuser))
        assert await superuser.fetchval(UNPUBLISHED) == LISTINGS * CHANGES
        await asyncio.to_thread(repair, rabbitmq.server)
        async with queue.seen_in(rabbitmq) as after:
            await after.until(LISTINGS * CHANGES)
        await until(lambda: nothing_is_left(superuser))

    come = before.told + after.told
    assert set(come) == {(each.listing_id, each.version) for each in await told(superuser)}
    assert_in_order(come)


async def all_are_sequenced(superuser: Any) -> bool:
    answer: bool = await superuser.fetchval("SELECT NOT EXISTS (SELECT FROM outbox)")
    return answer


async def nothing_is_left(superuser: Any) -> bool:
    answer: bool = await superuser.fetchval(UNPUBLISHED) == 0
    return answer
