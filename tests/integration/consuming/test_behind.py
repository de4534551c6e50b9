"""The events of a listing take effect in order: later ones wait behind one that failed, and for nothing else."""

from typing import Any

from listingapi.consuming.frame import Consumed, Waits
from listingapi.infra.database import Database
from tests.integration.consuming.recording import Recorder, dead, incoming, make_due, waiting
from tests.integration.consuming.taking import take


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
