"""Over RabbitMQ, a database that is harmed takes no effect away, adds none, and makes nothing die."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from listingapi.consuming import rabbitmq as consuming_from
from listingapi.consuming import repository, subscription
from listingapi.infra.database import Database, Transaction
from listingapi.infra.periodic import every
from tests.conftest import TestDatabase
from tests.integration.consuming.changes import LISTINGS, by_listing, changes
from tests.integration.consuming.recording import Key, Recorder
from tests.integration.consuming.running import DEAD_QUEUE, consuming, effects_come_to, letters_in, publish
from tests.rabbitmq_server import VirtualHost
from tests.until import until

TERMINATE = """
    SELECT pid FROM (
        SELECT pid FROM pg_stat_activity
        WHERE application_name = 'listingapi worker' AND datname = current_database() AND query <> '' OFFSET 0
    ) AS found
    WHERE pg_terminate_backend(pid)
"""


async def test_backends_that_are_terminated_take_no_effect_away_and_add_none(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, database: TestDatabase
) -> None:
    given = changes(400)
    recorder.meanwhile = dawdle
    await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
    async with terminating(database.superuser_url) as terminated, consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, len(given))

    assert len(terminated) > 5
    assert by_listing(await recorder.effects(superuser)) == by_listing(given)
    assert await superuser.fetch("SELECT FROM failed_event") == []


async def dawdle(_: Key, __: Transaction) -> None:
    """Be at something when the backend is terminated."""
    await asyncio.sleep(0.005)


@asynccontextmanager
async def terminating(superuser_url: str) -> AsyncIterator[list[int]]:
    """Terminate the backends of consumers until the end of the block, whatever they are at."""
    connection = await asyncpg.connect(superuser_url)
    terminated: list[int] = []

    async def terminate() -> None:
        terminated.extend(row["pid"] for row in await connection.fetch(TERMINATE))

    try:
        async with every(0.25, terminate, name="kills"):
            yield terminated
    finally:
        await connection.close()


async def test_a_database_that_is_away_holds_the_queue_and_the_end_does_not_wait_for_it(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    closed = Database(pool_size=1)
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    async with consuming(rabbitmq, closed, recorder.consumer):
        await asyncio.sleep(0.5)
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, 1)

    assert await recorder.effects(superuser) == [(1, 1)]


async def reload(superuser: Any, statement: str) -> None:
    """Execute a statement, and have PostgreSQL heed its settings."""
    await superuser.execute(statement)
    await superuser.execute("SELECT pg_reload_conf()")


READ_ONLY = (
    "ALTER SYSTEM SET default_transaction_read_only = on",
    "ALTER SYSTEM RESET default_transaction_read_only",
)
REVOKED = ("REVOKE INSERT ON effect FROM listingapi_app", "GRANT INSERT ON effect TO listingapi_app")


@pytest.mark.parametrize(("fault", "repair"), [READ_ONLY, REVOKED], ids=["read-only", "rights are revoked"])
async def test_a_database_that_refuses_writes_sends_nothing_to_the_dead(  # noqa: PLR0913, PLR0917 - the fixtures
    events: Database,
    superuser: Any,
    recorder: Recorder,
    rabbitmq: VirtualHost,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    repair: str,
) -> None:
    """It does for longer than a message may be delivered again, all writes or those of one consumer."""
    asked = watched(monkeypatch)
    rabbitmq.set_policy("limit", r"^listingapi\.recorder$", '{"delivery-limit": 2}')
    await superuser.execute("SET default_transaction_read_only = off")
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 1)])
        await effects_come_to(recorder, superuser, 1)
        await reload(superuser, fault)
        try:
            await publish(rabbitmq, recorder.consumer, [(1, 2), (2, 1)])
            await until(lambda: reaches(asked, 8))
        finally:
            await reload(superuser, repair)
        await effects_come_to(recorder, superuser, 3)

    assert await letters_in(rabbitmq, DEAD_QUEUE) == []
    assert by_listing(await recorder.effects(superuser)) == {1: [1, 2], 2: [1]}


def watched(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """Each time that somebody looks whether the database is back, which they do soon."""
    asked, ask = [], repository.ask

    async def asking(database: Database) -> None:
        asked.append(database)
        await ask(database)

    monkeypatch.setattr(repository, "ask", asking)
    monkeypatch.setattr(subscription, "LONGEST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(consuming_from, "SECONDS_BETWEEN_ATTEMPTS", 0.1)
    return asked


async def reaches(asked: list[Database], times: int) -> bool:
    return len(asked) >= times
