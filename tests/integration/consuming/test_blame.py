"""What is wrong with the database is no failure of an event; what the database won't do for one is."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from listingapi.consuming.frame import Consumed, Waits
from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable
from tests.conftest import TestDatabase
from tests.integration.consuming.recording import Key, Recorder, incoming, waiting
from tests.integration.consuming.taking import take
from tests.pools import opened


async def test_a_database_that_goes_away_is_no_failure_of_the_event(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    async def terminate(_: Key, transaction: Transaction) -> None:
        [row] = await transaction.fetch("SELECT pg_backend_pid() AS pid")
        await superuser.execute("SELECT pg_terminate_backend($1)", row["pid"])
        await transaction.fetch("SELECT 1")

    recorder.meanwhile = terminate
    with pytest.raises(DatabaseUnavailable):
        await take(events, recorder, incoming(1, 1))
    recorder.meanwhile = None
    assert await superuser.fetch("SELECT FROM failed_event") == []

    assert await take(events, recorder, incoming(1, 1)) == [Consumed()]
    assert await recorder.effects(superuser) == [(1, 1)]


@pytest.mark.parametrize("poisoned", [set(), {(1, 1)}])
async def test_a_database_that_refuses_writes_is_no_failure_of_the_event(
    database: TestDatabase, events: Database, superuser: Any, recorder: Recorder, poisoned: set[Key]
) -> None:
    """As after a failover to a standby; what is wrong with an event can't be recorded then."""
    recorder.poisoned = poisoned
    async with opened(database, session={"default_transaction_read_only": "on"}) as standby:
        with pytest.raises(DatabaseUnavailable):
            await take(standby, recorder, incoming(1, 1))

    recorder.poisoned = set()
    assert await take(events, recorder, incoming(1, 1)) == [Consumed()]
    assert await recorder.effects(superuser) == [(1, 1)]


@pytest.mark.parametrize("table", ["effect", "consumed_event", "failed_event"])
async def test_rights_that_are_revoked_are_no_failure_of_the_event(
    events: Database, superuser: Any, recorder: Recorder, table: str
) -> None:
    recorder.poisoned = {(1, 1)}
    await superuser.execute(f"REVOKE INSERT ON {table} FROM listingapi_app")
    try:
        with pytest.raises(DatabaseUnavailable):
            await take(events, recorder, incoming(1, 1))
    finally:
        await superuser.execute(f"GRANT INSERT ON {table} TO listingapi_app")

    assert await superuser.fetch("SELECT FROM failed_event") == []


async def test_a_disk_that_is_full_is_no_failure_of_the_event(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    async def is_full(_: Key, transaction: Transaction) -> None:
        await transaction.fetch("DO $$ BEGIN RAISE 'no space' USING ERRCODE = '53100'; END $$")

    recorder.meanwhile = is_full
    with pytest.raises(DatabaseUnavailable):
        await take(events, recorder, incoming(1, 1))
    assert await superuser.fetch("SELECT FROM failed_event") == []


async def canceled(transaction: Transaction) -> None:
    await transaction.fetch("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(10)")


async def unfit(transaction: Transaction) -> None:
    await transaction.fetch("SELECT $1::bigint", 2**63)


async def swallowed(transaction: Transaction) -> None:
    """A consumer that goes on where PostgreSQL does not: what it did is taken back, and it must not count as done."""
    with pytest.raises(asyncpg.DivisionByZeroError):
        await transaction.fetch("SELECT 1 / 0")


@pytest.mark.parametrize("does", [canceled, unfit, swallowed])
async def test_what_the_database_refuses_to_do_is_a_failure_of_the_event(
    events: Database, superuser: Any, recorder: Recorder, does: Callable[[Transaction], Awaitable[None]]
) -> None:
    async def meanwhile(_: Key, transaction: Transaction) -> None:
        await does(transaction)

    recorder.meanwhile = meanwhile
    [outcome] = await take(events, recorder, incoming(1, 1))

    assert isinstance(outcome, Waits)
    assert await waiting(superuser) == [(1, 1, 1)]
