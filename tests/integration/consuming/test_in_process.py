"""Without RabbitMQ, events reach the consumers within the process, by the same frame."""

import asyncio
from typing import Any

import pytest

from listingapi.consuming import in_process
from listingapi.consuming.in_process import InProcessBroker
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from tests.integration.consuming.recording import Key, Recorder, dead, event, make_due, waiting

SHORT = (0.001, 0.001, 0.001, 0.001)


async def test_an_event_reaches_those_that_want_its_type(events: Database, superuser: Any, recorder: Recorder) -> None:
    other = Recorder("other", ["listing.withdrawn"])
    broker = InProcessBroker(events, [recorder.consumer, other.consumer])
    await broker.publish(event(1, 1))
    await broker.publish(event(1, 2, "listing.withdrawn"))

    assert (await recorder.effects(superuser), await other.effects(superuser)) == ([(1, 1)], [(1, 2)])


async def test_an_event_that_is_published_again_has_no_more_effect(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    broker = InProcessBroker(events, [recorder.consumer])
    await broker.publish(event(1, 1))
    await broker.publish(event(1, 1))

    assert await recorder.effects(superuser) == [(1, 1)]


async def test_one_that_fails_is_published_and_keeps_no_other_consumer_from_it(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    other = Recorder("other")
    recorder.poisoned = {(1, 1)}
    await InProcessBroker(events, [recorder.consumer, other.consumer]).publish(event(1, 1))

    assert await other.effects(superuser) == [(1, 1)]
    assert await waiting(superuser) == [(1, 1, 1)]


async def test_events_that_are_published_at_once_take_effect_together(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    broker = InProcessBroker(events, [recorder.consumer])
    await asyncio.gather(*(broker.publish(event(listing_id, 1)) for listing_id in range(1, 21)))

    assert sorted(await recorder.effects(superuser)) == [(listing_id, 1) for listing_id in range(1, 21)]
    assert await superuser.fetchval("SELECT count(DISTINCT xmin::text) FROM effect") == 1


async def test_one_that_fails_keeps_none_of_those_that_are_published_with_it(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    recorder.poisoned = {(7, 1)}
    broker = InProcessBroker(events, [recorder.consumer])
    await asyncio.gather(*(broker.publish(event(listing_id, 1)) for listing_id in range(1, 21)))

    assert len(await recorder.effects(superuser)) == 19
    assert await waiting(superuser) == [(7, 1, 1)]


async def test_what_it_is_at_is_ended_before_its_database_is_closed(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    is_at_it, may_go_on = asyncio.Event(), asyncio.Event()

    async def hold(*_: object) -> None:
        is_at_it.set()
        await may_go_on.wait()

    recorder.meanwhile = hold
    broker = InProcessBroker(events, [recorder.consumer])
    publishing = asyncio.create_task(broker.publish(event(1, 1)))
    await is_at_it.wait()
    publishing.cancel()
    may_go_on.set()
    await broker.end()

    assert await recorder.effects(superuser) == [(1, 1)]


async def test_what_nobody_waits_for_any_more_is_not_tried_by_itself(events: Database, recorder: Recorder) -> None:
    is_at_it, may_go_on = asyncio.Event(), asyncio.Event()

    async def hold(*_: object) -> None:
        is_at_it.set()
        await may_go_on.wait()

    recorder.meanwhile, recorder.poisoned = hold, {(1, 1)}
    broker = InProcessBroker(events, [recorder.consumer])
    publishing = asyncio.gather(*(broker.publish(event(listing_id, 1)) for listing_id in range(1, 5)))
    await is_at_it.wait()
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    may_go_on.set()
    await broker.end()

    assert recorder.tried == [(1, 1)]


async def test_an_event_is_not_published_where_nothing_could_be_recorded(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    broker = InProcessBroker(events, [recorder.consumer])
    await events.close()

    with pytest.raises(DatabaseUnavailable):
        await broker.publish(event(1, 1))
    assert await recorder.effects(superuser) == []


async def test_what_is_due_is_tried_again_in_order(
    events: Database, superuser: Any, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_process, "RETRIED_AT_ONCE", 2)
    broker = InProcessBroker(events, [recorder.consumer])
    recorder.poisoned = {(1, 1), (2, 1)}
    for listing_id, version in [(1, 1), (1, 2), (2, 1), (1, 3), (2, 2)]:
        await broker.publish(event(listing_id, version))
    await broker.retry_due()
    assert recorder.tried == [(1, 1), (2, 1)]

    recorder.poisoned = set()
    await make_due(superuser)
    await broker.retry_due()

    assert await recorder.effects(superuser) == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
    assert await waiting(superuser) == []


async def test_what_others_wait_for_goes_before_them(events: Database, superuser: Any, recorder: Recorder) -> None:
    broker = InProcessBroker(events, [recorder.consumer])
    recorder.poisoned = {(1, 1)}
    await broker.publish(event(1, 1))
    await broker.publish(event(1, 2))
    await make_due(superuser)
    await broker.retry_due()

    assert (recorder.tried, await waiting(superuser)) == ([(1, 1), (1, 1)], [(1, 1, 2), (1, 2, 0)])


async def test_what_several_processes_try_again_takes_effect_once(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    brokers = [InProcessBroker(events, [recorder.consumer]) for _ in range(4)]
    recorder.poisoned = {(listing_id, 1) for listing_id in range(20)}
    for listing_id in range(20):
        await brokers[0].publish(event(listing_id, 1))
    recorder.poisoned = set()
    await make_due(superuser)
    await asyncio.gather(*(broker.retry_due() for broker in brokers))

    assert sorted(await recorder.effects(superuser)) == [(listing_id, 1) for listing_id in range(20)]


async def test_one_poison_event_among_a_thousand_dies_and_the_rest_pass(
    events: Database, superuser: Any, recorder: Recorder
) -> None:
    poison: Key = (7, 50)
    recorder.poisoned = {poison}
    broker = InProcessBroker(events, [recorder.consumer], SHORT)
    given = [(listing_id, version) for version in range(1, 101) for listing_id in range(10)]
    for listing_id, version in given:
        await broker.publish(event(listing_id, version))
        await broker.retry_due()
    while await waiting(superuser):
        await make_due(superuser)
        await broker.retry_due()

    effects = await recorder.effects(superuser)
    assert sorted(effects) == sorted(set(given) - {poison})
    assert sorted(effects, key=lambda key: key[0]) == sorted(effects)
    assert await dead(superuser) == [(*poison, 5)]
    assert recorder.tried.count(poison) == 5
