"""An event takes effect once; what fails is tried again, then it is dead."""

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from listingapi.consuming import frame, purging
from listingapi.consuming.frame import DELAYS, Consumed, Dead, Waits
from listingapi.consuming.purging import purge_consumed
from listingapi.infra.database import Database
from tests.integration.consuming.recording import Recorder, dead, incoming, make_due, waiting
from tests.integration.consuming.taking import CONSUMED, take


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
