"""Two servers on one database make history of scheduled prices, and one is killed: each price stands there once."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import asyncpg
import psutil

from tests import factories
from tests.conftest import TestDatabase
from tests.history import assert_histories_are_whole
from tests.servers import ServeProcess, serving
from tests.streams import Connection
from tests.told import assert_all_is_told

LISTINGS = 40
PRICES_EACH = 5
APART = timedelta(milliseconds=800)
KILLED_AFTER = LISTINGS // 2  # in the midst of those that are due at about the same time
SETTLED_WITHIN_SECONDS = 30.0

NUMBER_OF = "SELECT count(*) FROM scheduled_price WHERE state = $1"
SCHEDULED_ENTRIES = "SELECT listing_id, version, price_eur, created_date FROM listing_price WHERE source = 'schedule'"
SETTLED = "SELECT listing_id, settled_version, price_eur, effective_date FROM scheduled_price WHERE state = 'applied'"


@dataclass(frozen=True, slots=True)
class Planned:
    """A price that is to come into force."""

    listing_id: int
    price: int
    effective_date: datetime

    @property
    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {"price_eur": self.price, "effective_date": self.effective_date.isoformat()}


@contextmanager
def two_servers(database: TestDatabase) -> Iterator[tuple[ServeProcess, ServeProcess]]:
    """Two servers of two processes each."""
    environment = database.settings().as_environment()
    with (
        serving("--workers", "2", environment=environment) as one,
        serving("--workers", "2", environment=environment) as other,
    ):
        yield one, other


async def create_listings(connection: Connection) -> list[int]:
    answers = [await connection.request("POST", "/listings", factories.listing()) for _ in range(LISTINGS)]
    return [answer.json["id"] for answer in answers]


def plan(listing_ids: list[int], first_due: datetime) -> list[Planned]:
    """Prices for each listing, due one after the other, in no order."""
    planned = [
        Planned(listing_id, 1000 * number + price, first_due + price * APART + timedelta(milliseconds=number))
        for number, listing_id in enumerate(listing_ids, 1)
        for price in range(PRICES_EACH)
    ]
    random.Random(20230112).shuffle(planned)  # noqa: S311 not a secret
    return planned


async def applied(superuser: "asyncpg.Connection[asyncpg.Record]", number: int) -> int:
    """Wait until so many scheduled prices came into force; how many did."""
    async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
        while (found := await superuser.fetchval(NUMBER_OF, "applied")) < number:
            pass
    return int(found)


def kill_all(server: ServeProcess) -> None:
    """`kill -9` of a server and its processes, all at once."""
    processes = psutil.Process(server.process.pid).children(recursive=True)
    server.kill()
    for process in processes:
        process.kill()


async def test_each_scheduled_price_is_history_once_though_one_of_two_servers_is_killed(
    database: TestDatabase, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with two_servers(database) as (killed, survivor):
        async with Connection(killed.address) as one, Connection(survivor.address) as other:
            for connection in (one, other):
                await connection.request("GET", "/listings")  # answered once it is up, some time after it listens
            start = monotonic()
            listing_ids = await create_listings(one)
            time_to_schedule = timedelta(seconds=5 + 4 * (monotonic() - start) * PRICES_EACH)
            planned = plan(listing_ids, datetime.now(UTC) + time_to_schedule)
            for number, each in enumerate(planned):
                path = f"/listings/{each.listing_id}/prices"
                assert (await (one, other)[number % 2].request("POST", path, each.body)).status == 202

            at_kill = await applied(superuser, KILLED_AFTER)
            kill_all(killed)
            start = monotonic()
            await applied(superuser, len(planned))
            print(f"{at_kill} of {len(planned)} applied at the kill, the rest {monotonic() - start:.1f} s later")
            assert at_kill < len(planned), "nothing was left to do when the server was killed"

            for listing_id in listing_ids:
                of_listing = [each for each in planned if each.listing_id == listing_id]
                await assert_told_in_order(other, listing_id, sorted(of_listing, key=lambda each: each.effective_date))

    assert await rows(superuser, SCHEDULED_ENTRIES) == await rows(superuser, SETTLED)
    await assert_histories_are_whole(superuser)
    await assert_all_is_told(superuser)


async def assert_told_in_order(connection: Connection, listing_id: int, planned: list[Planned]) -> None:
    """The history is the first price and then what was planned, each from its date on, and all are applied."""
    history = (await connection.request("GET", f"/listings/{listing_id}/prices")).json
    told = [(entry["price_eur"], datetime.fromisoformat(entry["created_date"])) for entry in history[1:]]
    assert told == [(each.price, each.effective_date) for each in planned]
    scheduled = (await connection.request("GET", f"/listings/{listing_id}/prices/scheduled")).json
    assert [each["state"] for each in scheduled] == ["applied"] * PRICES_EACH


async def rows(superuser: "asyncpg.Connection[asyncpg.Record]", query: str) -> list[Any]:
    return sorted(await superuser.fetch(query))
