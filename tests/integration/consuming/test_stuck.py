"""An event that can't come to an end, or takes its connection down, holds nothing up but its own listing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from listingapi.consuming import frame, subscription, together
from listingapi.consuming.in_process import InProcessBroker
from listingapi.events import relay as relay_module
from listingapi.events.relay import EVENTS_AT_ONCE, NotPublished, Relay
from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable
from tests.integration.consuming.recording import Key, Recorder, event, make_due, waiting
from tests.integration.consuming.running import DEAD_QUEUE, consuming, effects_come_to, number_in, publish
from tests.rabbitmq_server import VirtualHost
from tests.until import until

PARTITIONS = 16
# More than a relay reads at a time, all of one partition, the stuck one first.
LISTINGS = [PARTITIONS * number for number in range(1, EVENTS_AT_ONCE + 51)]
STUCK: Key = (PARTITIONS, 1)
FILL = """
    WITH added AS (
        INSERT INTO event (position, listing_id, version, type, account_id, created_date, data)
        SELECT place, listing_id, 1, 'price.changed', 1, now(), '{}'
        FROM unnest($1::bigint[]) WITH ORDINALITY AS given (listing_id, place)
        RETURNING position
    )
    UPDATE event_feed SET position = (SELECT max(position) FROM added) WHERE name = 'events'
"""

Fault = Callable[[Transaction], Awaitable[object]]


async def endless(_: Transaction) -> None:
    await asyncio.Event().wait()


async def fatal(transaction: Transaction) -> None:
    await transaction.fetch("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture(params=[endless, fatal])
def stuck(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Recorder:
    """A consumer to which one event does what the parameter says."""
    fault: Fault = request.param

    async def meanwhile(key: Key, transaction: Transaction) -> None:
        if key == STUCK:
            await fault(transaction)

    recorder.meanwhile = meanwhile
    monkeypatch.setattr(frame, "ACTING_SECONDS", 0.3)
    monkeypatch.setattr(together, "TOGETHER_SECONDS", 0.1)
    monkeypatch.setattr(subscription, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(relay_module, "TURN_SECONDS", 3.0)
    return recorder


async def test_an_event_that_is_stuck_holds_no_others_up(events: Database, superuser: Any, stuck: Recorder) -> None:
    await superuser.fetch(FILL, LISTINGS)
    relay = Relay(events, InProcessBroker(events, [stuck.consumer]), at_once=100)
    for _ in range(10):
        await turn(relay)

    assert sorted(await stuck.effects(superuser)) == [(listing_id, 1) for listing_id in LISTINGS[1:]]
    assert [(listing_id, version) for listing_id, version, _ in await waiting(superuser)] == [STUCK]


async def turn(relay: Relay) -> None:
    with suppress(NotPublished):
        await relay.turn()


async def test_one_that_is_tried_again_holds_no_others_up(events: Database, superuser: Any, stuck: Recorder) -> None:
    """It is the first that is due."""
    other: Key = (7, 1)
    stuck.poisoned = {other}
    broker = InProcessBroker(events, [stuck.consumer])
    await consume_stuck(broker)
    await broker.publish(event(*other))
    stuck.poisoned = set()
    await make_due(superuser)
    for _ in range(10):
        with suppress(DatabaseUnavailable):
            await broker.retry_due()

    assert await stuck.effects(superuser) == [other]
    assert [key[:2] for key in await waiting(superuser)] == [STUCK]


async def consume_stuck(broker: InProcessBroker) -> None:
    for _ in range(10):
        with suppress(DatabaseUnavailable):
            await broker.publish(event(*STUCK))


async def test_over_rabbitmq_it_is_dead_in_the_end_and_the_others_pass(
    events: Database, superuser: Any, stuck: Recorder, rabbitmq: VirtualHost
) -> None:
    given = [STUCK, *((listing_id, 1) for listing_id in range(5))]
    await publish(rabbitmq, stuck.consumer, given)
    async with consuming(rabbitmq, events, stuck.consumer):
        await effects_come_to(stuck, superuser, 5)

        async def is_dead() -> bool:
            return await number_in(rabbitmq, DEAD_QUEUE) == 1

        await until(is_dead)
    assert await stuck.effects(superuser) == given[1:]


async def test_a_database_that_is_away_is_not_what_an_event_did(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    """However often it is handed in meanwhile."""
    broker = InProcessBroker(Database(pool_size=1), [recorder.consumer])
    for _ in range(20):
        with pytest.raises(DatabaseUnavailable):
            await broker.publish(event(*STUCK))

    await InProcessBroker(events, [recorder.consumer]).publish(event(*STUCK))
    assert await recorder.effects(superuser) == [STUCK]
