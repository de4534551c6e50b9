"""An event takes effect once, those of a listing in order; what fails is tried again, then it is dead."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from listingapi.consuming import frame, purging
from listingapi.consuming.frame import DELAYS, Consumed, Dead, Waits, consume
from listingapi.consuming.incoming import Incoming
from listingapi.consuming.purging import purge_consumed
from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable
from tests.conftest import TestDatabase
from tests.integration.consuming.recording import Key, Recorder, dead, incoming, make_due, waiting

CONSUMED = "SELECT listing_id, version, type, consumer FROM consumed_event ORDER BY 1, 2"


async def take(events: Database, recorder: Recorder, *taken: Incoming) -> list[Any]:
    return [await consume(events, recorder.consumer, one) for one in taken]


async def test_an_event_takes_effect_once(events: Database, superuser: Any, recorder: Recorder) -> None:
    outcomes = await take(events, recorder, incoming(1, 1), incoming(1, 1))

    assert outcomes == [Consumed(), Consumed()]
    assert (await recorder.effects(superuser), recorder.tried) == ([(1, 1)], [(1, 1)])
    assert [tuple(row) for row in await superuser.fetch(CONSUMED)] == [(1, 1, "price.changed", "recorder")]


async def test_each_consumer_has_its_own_effect(events: Database, superuser: Any, recorder: Recorder) -> None:
    other = Recorder("other")
    other.poisoned = {(1, 1)}
    await take(events, recorder, incoming(1, 1))
    await take(events, other, incoming(1, 1))

    assert (await recorder.effects(superuser), await other.effects(superuser)) == ([(1, 1)], [])


async def test_two_events_of_one_version_are_two(events: Database, superuser: Any, recorder: Recorder) -> None:
    await take(events, recorder, incoming(1, 1, "listing.created"), incoming(1, 1))

    assert await recorder.effects(superuser) == [(1, 1), (1, 1)]


async def test_an_event_that_two_have_at_once_takes_effect_once(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    outcomes = await asyncio.gather(*(take(events, recorder, incoming(1, 1), incoming(1, 2)) for _ in range(4)))

    assert outcomes == [[Consumed(), Consumed()]] * 4
    assert await recorder.effects(superuser) == [(1, 1), (1, 2)]


async def test_what_fails_leaves_nothing_but_its_failure(events: Database, superuser: Any, recorder: Recorder) -> None:
    recorder.poisoned = {(1, 1)}
    [outcome] = await take(events, recorder, incoming(1, 1))
    row = await superuser.fetchrow("SELECT attempts, reason, event, due_date - failed_date FROM failed_event")

    assert isinstance(outcome, Waits)
    assert outcome.seconds == pytest.approx(DELAYS[0], abs=0.5)
    assert (row[0], row[1]) == (1, "Poison: 1-1-price.changed is bad   ")
    assert '"id":"1-1-price.changed"' in row[2]
    assert await recorder.effects(superuser) == []
    assert await superuser.fetch(CONSUMED) == []


async def test_what_comes_again_before_its_time_is_not_tried(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(1, 1)}
    [_, outcome] = await take(events, recorder, incoming(1, 1), incoming(1, 1))

    assert isinstance(outcome, Waits)
    assert 0 < outcome.seconds <= DELAYS[0]
    assert (recorder.tried, await waiting(superuser)) == ([(1, 1)], [(1, 1, 1)])


async def test_what_fails_is_tried_five_times_ever_later(events: Database, superuser: Any, recorder: Recorder) -> None:
    recorder.poisoned = {(1, 1)}
    outcomes = []
    for _ in range(5):
        outcomes += await take(events, recorder, incoming(1, 1))
        await make_due(superuser)

    assert [outcome.seconds for outcome in outcomes[:4]] == pytest.approx(DELAYS, abs=0.5)
    assert outcomes[4] == Dead(5, "Poison: 1-1-price.changed is bad   ")
    assert await dead(superuser) == [(1, 1, 5)]


async def test_what_is_dead_is_not_tried_by_itself(events: Database, superuser: Any, recorder: Recorder) -> None:
    recorder.poisoned = {(1, 1)}
    await take(events, recorder, incoming(1, 1))
    await superuser.execute("UPDATE failed_event SET due_date = NULL, attempts = 5")
    [outcome] = await take(events, recorder, incoming(1, 1))

    assert isinstance(outcome, Dead)
    assert (len(recorder.tried), outcome.attempts) == (1, 5)


async def test_what_goes_well_the_second_time_is_forgotten_as_a_failure(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(1, 1)}
    await take(events, recorder, incoming(1, 1))
    await make_due(superuser)
    recorder.poisoned = set()
    await take(events, recorder, incoming(1, 1))

    assert await recorder.effects(superuser) == [(1, 1)]
    assert await superuser.fetch("SELECT FROM failed_event") == []


async def test_later_events_of_a_listing_wait_behind_one_that_does(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(1, 2)}
    await take(events, recorder, incoming(1, 1), incoming(1, 2))
    [third, other] = await take(events, recorder, incoming(1, 3), incoming(2, 1))

    assert (isinstance(third, Waits), other) == (True, Consumed())
    assert await recorder.effects(superuser) == [(1, 1), (2, 1)]
    assert await waiting(superuser) == [(1, 2, 1), (1, 3, 0)]


async def test_what_waits_stays_in_order_however_it_comes_back(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(1, 1)}
    await take(events, recorder, incoming(1, 1), incoming(1, 2))
    recorder.poisoned = set()
    await make_due(superuser)
    await take(events, recorder, incoming(1, 3), incoming(1, 1), incoming(1, 3))
    await make_due(superuser)
    await take(events, recorder, incoming(1, 4), incoming(1, 3), incoming(1, 2))
    await make_due(superuser)
    await take(events, recorder, incoming(1, 3), incoming(1, 4))

    assert await recorder.effects(superuser) == [(1, 1), (1, 2), (1, 3), (1, 4)]
    assert await waiting(superuser) == []


async def test_an_earlier_event_does_not_wait_for_a_later_one(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(1, 2)}
    await take(events, recorder, incoming(1, 2), incoming(1, 1))

    assert await recorder.effects(superuser) == [(1, 1)]


async def test_later_events_pass_one_that_is_dead(events: Database, superuser: Any, recorder: Recorder) -> None:
    recorder.poisoned = {(1, 1)}
    for _ in range(5):
        await take(events, recorder, incoming(1, 1))
        await make_due(superuser)
    await take(events, recorder, incoming(1, 2))

    assert (await recorder.effects(superuser), await dead(superuser)) == ([(1, 2)], [(1, 1, 5)])


async def test_another_consumer_does_not_wait(events: Database, superuser: Any, recorder: Recorder) -> None:
    recorder.poisoned = {(1, 1)}
    other = Recorder("other")
    await take(events, recorder, incoming(1, 1))
    await take(events, other, incoming(1, 1), incoming(1, 2))

    assert await other.effects(superuser) == [(1, 1), (1, 2)]


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
    standby = Database(pool_size=1, session={"default_transaction_read_only": "on"})
    await standby.open(database.serving_url)
    recorder.poisoned = poisoned
    with pytest.raises(DatabaseUnavailable):
        await take(standby, recorder, incoming(1, 1))
    await standby.close()

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


async def test_a_failure_is_not_recorded_where_somebody_else_has_consumed_the_event(
    events: Database, superuser: Any, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose connection to the broker was lost goes on for a while beside the one that has the event now."""
    other, record = Recorder(), frame._record_failure

    async def overtaken(*given: Any) -> Any:
        assert await take(events, other, incoming(1, 1)) == [Consumed()]
        return await record(*given)

    monkeypatch.setattr(frame, "_record_failure", overtaken)
    recorder.poisoned = {(1, 1)}

    assert await take(events, recorder, incoming(1, 1)) == [Consumed()]
    assert await superuser.fetch("SELECT FROM failed_event") == []
    assert await recorder.effects(superuser) == [(1, 1)]


async def test_what_is_consumed_and_what_fails_is_counted(events: Database, superuser: Any) -> None:
    counted = Recorder("counted")
    counted.poisoned = {(1, 1)}
    for _ in range(5):
        await take(events, counted, incoming(1, 1))
        await make_due(superuser)
    await take(events, counted, incoming(2, 1), incoming(2, 1))

    counts = [
        REGISTRY.get_sample_value(f"listingapi_events_{what}_total", {"consumer": "counted"})
        for what in ("consumed", "failed", "dead")
    ]
    assert counts == [1, 5, 1]


async def test_what_was_consumed_is_remembered_for_sixty_days(
    events: Database, superuser: Any, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "PURGED_AT_ONCE", 2)
    await take(events, recorder, *(incoming(1, version) for version in range(1, 8)))
    await superuser.execute("UPDATE consumed_event SET consumed_date = now() - interval '61 days' WHERE version <= 5")
    await superuser.execute("UPDATE consumed_event SET consumed_date = now() - interval '59 days' WHERE version = 6")

    await purge_consumed(events)

    assert [row["version"] for row in await superuser.fetch(CONSUMED)] == [6, 7]
