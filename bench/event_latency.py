"""How long after its commit a change of price takes effect with a consumer, and how long an outage is felt.

    .venv/bin/python -m bench.event_latency [SECONDS] [OUTAGE_SECONDS]

Starts a PostgreSQL and a RabbitMQ of its own, one `listingapi serve`, one `listingapi relay` and one `listingapi
worker`, and changes 200 prices a second, evenly. PostgreSQL notes when each transaction was committed: the latency is
the time between the commits of a change and of its effect with a consumer. Then RabbitMQ is killed, and started again
after a while, with as many changes a second throughout: it has drained when all that was changed before it was back is
published and consumed.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from http import HTTPStatus
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
from tests import factories
from tests.conftest import TestDatabase
from tests.processes import running
from tests.rabbitmq_server import RabbitServer, rabbitmq_in
from tests.servers import serving
from tests.streams import Connection

from listingapi.infra.embedded import SUPERUSER, own_server
from listingapi.infra.migrations import migrate

A_SECOND = 200
LISTINGS = 500
CONNECTIONS = 16
WARM_UP_SECONDS = 5.0
SECONDS_BETWEEN_LOOKS = 0.5

LATENCIES = """
    SELECT consumed.consumer, count(*) AS number,
        percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM
            pg_xact_commit_timestamp(consumed.xmin) - pg_xact_commit_timestamp(price.xmin)) * 1000) AS milliseconds
    FROM listing_price AS price
    JOIN consumed_event AS consumed USING (listing_id, version)
    WHERE consumed.type = 'price.changed' AND pg_xact_commit_timestamp(price.xmin) BETWEEN $1 AND $2
    GROUP BY consumed.consumer ORDER BY consumed.consumer
"""
UNSEQUENCED = "SELECT count(*) FROM outbox WHERE outbox_id <= $1"
UNPUBLISHED = """
    SELECT count(*) FROM event JOIN relay_partition ON partition = listing_id % 16
    WHERE event.position > relay_partition.position AND event.position <= $1
"""
UNCONSUMED = """
    SELECT count(*) FROM event WHERE position <= $1 AND type = 'price.changed' AND (
        SELECT count(*) FROM consumed_event AS consumed
        WHERE (consumed.listing_id, consumed.version, consumed.type) = (event.listing_id, event.version, event.type)
    ) < $2
"""


class Load:
    """Changes prices evenly until it is told to end."""

    def __init__(self, address: tuple[str, int], listing_ids: Sequence[int]) -> None:
        self._address = address
        self._listing_ids = listing_ids
        self._numbers = count()
        self._start = monotonic()
        self.changed = 0
        self.latest = 0.0

    async def run(self) -> None:
        """Send changes over several connections, each when it is due."""
        self._start = monotonic()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._change(Connection(self._address)))

    async def _change(self, connection: Connection) -> None:
        while True:
            number = next(self._numbers)
            due = self._start + number / A_SECOND
            await asyncio.sleep(max(0.0, due - monotonic()))
            path = f"/listings/{self._listing_ids[number % len(self._listing_ids)]}/prices"
            answer = await connection.request("POST", path, {"price_eur": 1_000 + number})
            if answer.status != HTTPStatus.CREATED:
                sys.exit(f"{answer.status}: {answer.body!r}")
            self.changed += 1
            self.latest = max(self.latest, monotonic() - due)


def main() -> None:
    seconds, outage_seconds = map(float, [*sys.argv[1:], "30", "60"][:2])
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        database = _database(stack, folders[0])
        rabbitmq = stack.enter_context(rabbitmq_in(folders[1]))
        environment = database.settings(rabbitmq_url=rabbitmq.virtual_host().url).as_environment()
        server = stack.enter_context(serving(environment=environment))
        for name in ("relay", "worker"):
            stack.enter_context(running(name, environment=environment, log=folders[2] / name))
        asyncio.run(measure(database, server.address, rabbitmq, seconds, outage_seconds))


def _database(stack: ExitStack, folder: Path) -> TestDatabase:
    """A database that notes when transactions were committed."""
    with own_server(folder) as server:
        asyncio.run(_execute(server.url(SUPERUSER, "listingapi"), "ALTER SYSTEM SET track_commit_timestamp = on"))
    server = stack.enter_context(own_server(folder))
    migrate(server.migration_url, server.serving_url)
    return TestDatabase(server.serving_url, server.migration_url, server.url(SUPERUSER, "listingapi"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def measure(
    database: TestDatabase, address: tuple[str, int], rabbitmq: RabbitServer, seconds: float, outage_seconds: float
) -> None:
    """Load, measure, take RabbitMQ away, and measure again."""
    connection = await asyncpg.connect(database.superuser_url)
    load = Load(address, await _listings(address))
    rabbitmq.keep_queues()
    loading = asyncio.create_task(load.run())
    await asyncio.sleep(WARM_UP_SECONDS)
    await _report_latency(connection, seconds, load)
    await _report_outage(connection, rabbitmq, outage_seconds, load)
    loading.cancel()
    await asyncio.gather(loading, return_exceptions=True)
    await connection.close()


async def _listings(address: tuple[str, int]) -> list[int]:
    connection = Connection(address)
    answers = [await connection.request("POST", "/listings", factories.listing()) for _ in range(LISTINGS)]
    return [answer.json["id"] for answer in answers]


async def _report_latency(connection: Any, seconds: float, load: Load) -> None:
    begin, before = await connection.fetchval("SELECT clock_timestamp()"), load.changed
    await asyncio.sleep(seconds)
    end, changed = await connection.fetchval("SELECT clock_timestamp()"), load.changed - before
    await _until_consumed(connection, await _position(connection))
    print(f"{changed / seconds:.0f} changes a second for {seconds:.0f} s, at most {load.latest * 1000:.0f} ms late")
    for row in await connection.fetch(LATENCIES, begin, end):
        median, p99, longest = row["milliseconds"]
        print(
            f"commit to consumer {row['consumer']:<12} {row['number']:>6} events: "
            f"median {median:.0f} ms, p99 {p99:.0f} ms, longest {longest:.0f} ms"
        )


async def _report_outage(connection: Any, rabbitmq: RabbitServer, seconds: float, load: Load) -> None:
    before = load.changed
    await asyncio.to_thread(rabbitmq.kill)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(rabbitmq.start)
    back, changed, position = monotonic(), load.changed - before, await _position(connection)
    print(f"RabbitMQ was away for {seconds:.0f} s and its start; {changed} changes meanwhile")
    await _until_none(connection, UNPUBLISHED, position)
    print(f"published {monotonic() - back:.1f} s after it was back")
    await _until_consumed(connection, position)
    print(f"consumed  {monotonic() - back:.1f} s after it was back, while 200 more a second came")


async def _position(connection: Any) -> int:
    """The position in the feed that all changes until now have at most."""
    drawn = await connection.fetchval("SELECT last_value FROM outbox_outbox_id_seq")
    await _until_none(connection, UNSEQUENCED, drawn)
    return int(await connection.fetchval("SELECT position FROM event_feed"))


async def _until_consumed(connection: Any, position: int) -> None:
    consumers = await connection.fetchval(
        "SELECT count(DISTINCT consumer) FROM consumed_event WHERE type = 'price.changed'"
    )
    await _until_none(connection, UNCONSUMED, position, consumers)


async def _until_none(connection: Any, statement: str, *arguments: Any) -> None:
    while True:
        if not await connection.fetchval(statement, *arguments):
            return
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


if __name__ == "__main__":
    main()
