"""A relay publishes each event at least once, those of a listing in order, and moves on only over what is safe."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import asyncpg
import pytest

from listingapi.app import RELAY_SESSION
from listingapi.events import relay as module
from listingapi.events import relay_repository
from listingapi.events.cloud_events import CloudEvent
from listingapi.events.relay import NotPublished, Relay
from listingapi.events.relay_repository import READ
from listingapi.events.sequencing import Sequencer
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from tests import pools
from tests.conftest import TestDatabase
from tests.integration.events.broker import RecordingBroker, assert_in_order, told
from tests.integration.events.outbox import add, fill

POSITIONS = "SELECT partition, position FROM relay_partition WHERE position > 0 ORDER BY partition"
IN_TURN = """
    SELECT pid, backend_xid FROM pg_stat_activity
    WHERE application_name = 'listingapi relay' AND state = 'idle in transaction' AND datname = current_database()
"""


def opened(database: TestDatabase) -> AbstractAsyncContextManager[Database]:
    """The database as relays see it."""
    return pools.opened(database, pool_size=8, session=RELAY_SESSION)


@pytest.fixture
async def relaying(database: TestDatabase) -> AsyncIterator[Database]:
    async with opened(database) as connected:
        yield connected


async def sequence(database: Database, superuser: Any, number: int, listings: int, *, first_version: int = 1) -> None:
    """Put events of listings 0, 1, … into the feed, one of each in turn."""
    await fill(superuser, number, first_version=first_version, listings=listings)
    await Sequencer(database).take_all()


async def positions(superuser: Any) -> dict[int, int]:
    return {row["partition"]: row["position"] for row in await superuser.fetch(POSITIONS)}


async def test_three_relays_publish_a_backlog_once_and_in_order(relaying: Database, superuser: Any) -> None:
    await sequence(relaying, superuser, 3_000, listings=40)
    chance = random.Random(0)  # noqa: S311 not a secret

    async def dawdle(_: CloudEvent) -> None:
        await asyncio.sleep(chance.random() * 0.002)

    broker = RecordingBroker(dawdle)
    await asyncio.gather(*(Relay(relaying, broker, at_once=100).publish_all() for _ in range(3)))

    assert len(broker.taken) == len(set(broker.taken)) == 3_000
    assert_in_order(broker.taken)


async def test_no_two_events_of_a_listing_are_under_way(relaying: Database, superuser: Any) -> None:
    await sequence(relaying, superuser, 300, listings=3)
    broker = RecordingBroker(lambda _: asyncio.sleep(0))

    await Relay(relaying, broker, at_once=100).publish_all()

    assert len(broker.taken) == 300
    assert not broker.met


async def test_after_a_failure_the_listing_waits_and_the_cursor_stays_before_it(
    relaying: Database, superuser: Any
) -> None:
    """Listings 1 and 17 share a partition; their events take turns, at the positions 1 to 8."""
    for version in range(1, 5):
        for listing_id in (1, 17):
            await add(superuser, listing_id, version)
    await Sequencer(relaying).take_all()

    async def refuse(event: CloudEvent) -> None:
        if told(event) == (17, 2):
            raise ConnectionError

    broker = RecordingBroker(refuse)
    with pytest.raises(NotPublished):
        await Relay(relaying, broker, at_once=1).turn()

    assert [version for listing_id, version in broker.taken if listing_id == 17] == [1]
    assert (1, 4) in broker.taken
    assert await positions(superuser) == {1: 3}

    broker.act = RecordingBroker().act
    await Relay(relaying, broker, at_once=1).publish_all()

    assert set(broker.taken) == {(listing_id, version) for listing_id in (1, 17) for version in range(1, 5)}
    assert_in_order(broker.taken)
    assert await positions(superuser) == {1: 8}


async def test_a_failure_holds_up_no_other_partition_for_long(relaying: Database, superuser: Any) -> None:
    await sequence(relaying, superuser, 16, listings=16)

    async def refuse(event: CloudEvent) -> None:
        if event.subject == "5":
            raise ConnectionError

    broker = RecordingBroker(refuse)
    for _ in range(40):
        with suppress(NotPublished):
            await Relay(relaying, broker, at_once=16).turn()

    assert await positions(superuser) == {partition: partition + 1 for partition in range(16) if partition != 5}


async def test_what_takes_too_long_is_published_again(
    relaying: Database, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TURN_SECONDS", 0.2)
    await sequence(relaying, superuser, 4, listings=2)
    never = asyncio.Event()
    broker = RecordingBroker(lambda event: never.wait() if told(event) == (1, 2) else asyncio.sleep(0))

    with pytest.raises(NotPublished):
        await Relay(relaying, broker, at_once=10).turn()
    never.set()
    await Relay(relaying, broker, at_once=10).publish_all()

    assert broker.taken == [(0, 1), (1, 1), (0, 2), (1, 2)]


async def test_a_connection_that_is_lost_in_a_turn_moves_nothing(relaying: Database, superuser: Any) -> None:
    await sequence(relaying, superuser, 100, listings=4)

    async def lose_connection(event: CloudEvent) -> None:
        if told(event) == (3, 10):
            assert await superuser.fetchval(f"SELECT count(pg_terminate_backend(pid)) FROM ({IN_TURN}) AS t") == 1

    broker = RecordingBroker(lose_connection)
    with pytest.raises(DatabaseUnavailable):
        await Relay(relaying, broker, at_once=10).turn()
    before = await positions(superuser)
    broker.act = RecordingBroker().act
    await Relay(relaying, broker, at_once=10).publish_all()

    assert before == {}
    assert len(set(broker.taken)) == 100
    assert_in_order(broker.taken)


async def test_nobody_waits_for_a_relay_that_hangs(relaying: Database, superuser: Any) -> None:
    await sequence(relaying, superuser, 16, listings=16)
    has_begun = asyncio.Event()

    async def hang(_: CloudEvent) -> None:
        has_begun.set()
        await asyncio.sleep(60)

    hanging, quick = RecordingBroker(hang), RecordingBroker()
    turn = asyncio.create_task(Relay(relaying, hanging, at_once=16).turn())
    await has_begun.wait()

    await Relay(relaying, quick, at_once=16).publish_all()

    assert len(quick.taken) == 12
    assert {listing_id for listing_id, _ in quick.taken}.isdisjoint(hanging.under_way)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn


async def test_a_turn_is_no_writing_transaction_while_it_waits_for_the_broker(
    relaying: Database, superuser: Any
) -> None:
    """The sequencer would take one that has an id for a writer who holds something back."""
    await sequence(relaying, superuser, 1, listings=1)
    seen: list[Any] = []

    async def look(_: CloudEvent) -> None:
        seen.extend(await superuser.fetch(IN_TURN))

    await Relay(relaying, RecordingBroker(look), at_once=1).turn()

    assert [row["backend_xid"] for row in seen] == [None]


async def test_large_events_come_a_few_at_a_time(relaying: Database, superuser: Any) -> None:
    for version in range(1, 6):
        await add(superuser, 1, version, data=json.dumps({"text": "x" * 600_000}))
    await Sequencer(relaying).take_all()
    broker = RecordingBroker()
    relay = Relay(relaying, broker, at_once=1)

    await relay.turn()
    first = list(broker.taken)
    await relay.publish_all()

    assert first == [(1, 1), (1, 2)]
    assert broker.taken == [(1, version) for version in range(1, 6)]


async def test_the_backlog_is_what_was_not_published(relaying: Database, superuser: Any) -> None:
    await sequence(relaying, superuser, 20, listings=5)
    await superuser.execute("UPDATE event SET sequenced_date = now() - interval '90 s' WHERE position = 3")
    await superuser.execute("UPDATE relay_partition SET position = 16 WHERE partition = 0")
    await fill(superuser, 7, first_version=100)

    number, seconds = await relay_repository.backlog(relaying), await relay_repository.lag(relaying)
    await Relay(relaying, RecordingBroker(), at_once=10).publish_all()

    assert number == 16 + 7
    assert 90 <= seconds < 110
    assert (await relay_repository.backlog(relaying), await relay_repository.lag(relaying)) == (7, 0)


async def test_a_transaction_held_open_does_not_make_it_crawl(create_database: Callable[[], TestDatabase]) -> None:
    """What was published while it is held open is not looked at again, however much that was.

    In a database of its own: what earlier tests deleted is in the indexes until they are vacuumed, and looked at, too.
    """
    database = await asyncio.to_thread(create_database)
    writer, reader = await asyncpg.connect(database.superuser_url), await asyncpg.connect(database.superuser_url)
    async with opened(database) as relaying, reader.transaction(isolation="repeatable_read"):
        await reader.fetchval("SELECT count(*) FROM event, outbox, relay_partition")
        relay = Relay(relaying, RecordingBroker(), at_once=100)
        for number in range(200):
            await sequence(relaying, writer, 10, listings=1, first_version=1 + 10 * number)
            await relay.publish_all()
        await sequence(relaying, writer, 1, listings=1, first_version=10_000)

        [[text]] = await relaying.fetch(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {READ}", [0], 250)

    await reader.close()
    await writer.close()
    plan = json.loads(text)[0]["Plan"]
    assert plan["Actual Rows"] == 1
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 30
