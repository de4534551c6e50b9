"""Events get positions without gaps, those of a listing in the order of its versions, whoever commits when."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from itertools import pairwise
from typing import Any

import asyncpg
import pytest

from listingapi.events.positions import Mark
from listingapi.events.repository import TAKE
from listingapi.events.sequencing import Sequencer
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from tests.conftest import TestDatabase
from tests.integration.events.feed import feed, opened
from tests.integration.events.outbox import NOW, add, fill
from tests.plans import pages_of, plan_of

STORED = "SELECT position, listing_id, version, type, account_id, created_date, trace, data FROM event"
WRITERS = 12
LISTINGS = 8
CHANGES = 60


@pytest.fixture
async def connect(database: TestDatabase) -> AsyncIterator[Any]:
    """Makes connections of writers."""
    async with AsyncExitStack() as stack:

        async def new() -> Any:
            connection = await asyncpg.connect(database.superuser_url)
            stack.push_async_callback(connection.close, timeout=1)
            return connection

        yield new


def assert_in_order(events: list[tuple[int, int]]) -> None:
    versions = defaultdict(list)
    for listing_id, version in events:
        versions[listing_id].append(version)
    assert [each for each in versions.values() if any(before >= after for before, after in pairwise(each))] == []


async def test_an_event_is_moved_as_it_is(events: Database, superuser: Any) -> None:
    await add(
        superuser, 7, 3, "price.changed", account_id=4, created_date=NOW, trace="00-1-2-01", data='{"price_eur":1.10}'
    )

    await Sequencer(events).take_all()

    assert [tuple(row) for row in await superuser.fetch(STORED)] == [
        (1, 7, 3, "price.changed", 4, NOW, "00-1-2-01", '{"price_eur":1.10}')
    ]
    assert await superuser.fetchval("SELECT count(*) FROM outbox") == 0


async def test_more_than_is_taken_at_once_is_taken_in_order(events: Database, superuser: Any) -> None:
    await fill(superuser, 12_001, listings=7)

    await Sequencer(events).take_all()

    taken = await feed(superuser)
    assert len(taken) == 12_001
    assert_in_order(taken)


async def test_what_commits_later_with_a_lower_number_is_not_lost(
    events: Database, superuser: Any, connect: Any
) -> None:
    sequencer, slow = Sequencer(events, seconds_between_whole_looks=0), await connect()
    held = slow.transaction()
    await held.start()
    await add(slow, 1)
    await add(superuser, 2)
    for _ in range(3):
        await sequencer.take_all()
    await held.commit()

    await sequencer.take_all()

    assert await feed(superuser) == [(2, 1), (1, 1)]


@pytest.mark.parametrize("others", [1, 0], ids=["among others", "that is the youngest"])
async def test_what_follows_a_slow_transaction_stays_behind_it(
    events: Database, superuser: Any, connect: Any, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    """The mark is beyond the slow one's number, and the next whole look is far away."""
    sequencer, slow = Sequencer(events, seconds_between_whole_looks=0), await connect()
    held = slow.transaction()
    await held.start()
    await add(slow, 1, version=1)
    for _ in range(others):
        await add(superuser, 2)
    for _ in range(3):
        await sequencer.take_all()
    monkeypatch.setattr(sequencer, "_due", float("inf"))
    assert sequencer._mark.outbox_id > 0
    await add(superuser, 3)
    await sequencer.take_all()
    before = await feed(superuser)
    assert before[-1] == (3, 1), "the look from the mark on has to work"
    await held.commit()
    await add(superuser, 1, version=2)

    await sequencer.take_all()

    assert (await feed(superuser))[len(before) :] == [(1, 1), (1, 2)]


async def test_nothing_is_lost_doubled_or_reordered_whoever_holds_on_and_whoever_is_killed(
    database: TestDatabase, superuser: Any
) -> None:
    """Writers hold their transactions open, or roll them back, and the backends of three sequencers are killed."""
    written: list[tuple[int, int]] = []
    done = asyncio.Event()
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(opened(database)) for _ in range(3)]
        sequencers = [Sequencer(each, seconds_between_whole_looks=0.1) for each in databases]
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(sequence_until(done, each)) for each in sequencers]
            killing = group.create_task(kill_until(done, superuser))
            async with asyncio.TaskGroup() as writers:
                for number in range(WRITERS):
                    writers.create_task(write(database, random.Random(number), written))  # noqa: S311 - no secret
            done.set()
        assert await killing > 0
        assert sum(each.result() for each in running) > 0
        await sequencers[0].take_all()
        await Sequencer(databases[0]).take_all()
    taken = await asyncpg_feed(database)

    assert sorted(taken) == sorted(written)
    assert len(set(taken)) == len(taken)
    assert_in_order(taken)


async def asyncpg_feed(database: TestDatabase) -> list[tuple[int, int]]:
    connection = await asyncpg.connect(database.superuser_url)
    try:
        return await feed(connection)
    finally:
        await connection.close()


async def write(database: TestDatabase, chance: random.Random, written: list[tuple[int, int]]) -> None:
    """Change listings, in an order that others depend on; some transactions are held open, some rolled back."""
    connection = await asyncpg.connect(database.superuser_url)
    try:
        for _ in range(CHANGES):
            listing_id = chance.randrange(LISTINGS)
            held = connection.transaction()
            await held.start()
            await connection.execute("SELECT pg_advisory_xact_lock(1, $1), pg_current_xact_id()", listing_id)
            version = 1 + max((v for each, v in written if each == listing_id), default=0)
            await add(connection, listing_id, version)
            if chance.random() < 0.2:
                await asyncio.sleep(chance.random() / 2)
            if chance.random() < 0.1:
                await held.rollback()
            else:
                written.append((listing_id, version))
                await held.commit()
    finally:
        await connection.close()


async def sequence_until(done: asyncio.Event, sequencer: Sequencer) -> int:
    """Take rows again and again; returns how often a connection was lost."""
    lost = 0
    while not done.is_set():
        try:
            await sequencer.take_all()
        except DatabaseUnavailable:
            lost += 1
        await asyncio.sleep(0)
    return lost


async def kill_until(done: asyncio.Event, superuser: Any) -> int:
    """End the backends of sequencers; returns how many."""
    killed = 0
    while not done.is_set():
        killed += await superuser.fetchval(
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM (
                SELECT pid FROM pg_stat_activity
                WHERE application_name = 'listingapi events' AND datname = current_database() AND random() < 0.3
            ) AS chosen
            """
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 0.05)
    return killed


async def test_what_a_long_held_snapshot_keeps_is_not_looked_at_again(
    events: Database, superuser: Any, connect: Any
) -> None:
    sequencer, reader, serving = Sequencer(events, seconds_between_whole_looks=0), await connect(), await connect()
    await serving.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    async with reader.transaction(isolation="repeatable_read"):
        await reader.fetchval("SELECT count(*) FROM outbox")
        await fill(superuser, 30_000)
        for _ in range(3):
            await sequencer.take_all()
        await superuser.execute("VACUUM ANALYZE outbox")
        await add(superuser, 1, 100_000)

        whole, quick = await pages_read(serving, Mark()), await pages_read(serving, sequencer._mark)

    assert whole > 300, "the dead rows have to be there"
    assert quick < whole / 10


async def pages_read(connection: Any, mark: Mark) -> int:
    """How many pages a look at the outbox reads to find its rows; it takes none."""
    undone = connection.transaction()
    await undone.start()
    plan = await plan_of(connection, TAKE, mark.outbox_id, [str(xid) for xid in mark.slow], 5_000)
    await undone.rollback()
    return pages_of(plan)
