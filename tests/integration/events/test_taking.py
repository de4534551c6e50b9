"""What one transaction takes from the outbox, and that no one who hangs keeps the others from it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from listingapi.events import repository, sequencing
from listingapi.events.sequencing import Sequencer
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from tests.conftest import TestDatabase
from tests.integration.events.feed import feed, opened
from tests.integration.events.outbox import add, fill
from tests.samples import data_of, listing
from tests.until import until


async def test_large_events_are_taken_some_at_a_time(events: Database, superuser: Any) -> None:
    """One transaction for all of them would take longer than a statement may, again and again."""
    data = data_of("listing.updated", listing=listing(description="x" * 1_000_000))
    for version in range(1, 41):
        await add(superuser, 1, version, data=data)

    await Sequencer(events).take_all()

    assert await feed(superuser) == [(1, version) for version in range(1, 41)]
    taken = await superuser.fetch("SELECT count(*) FROM event GROUP BY sequenced_date ORDER BY sequenced_date")
    assert [each["count"] for each in taken] == [17, 17, 6]


async def test_one_that_is_frozen_keeps_the_others_for_moments_only(
    events: Database, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "LOCK", repository.LOCK.replace("'5s'", "'100ms'"))
    await add(superuser, 1)
    other = Sequencer(events)

    async def is_taken() -> bool:
        await other.take_all()
        return bool(await feed(superuser))

    frozen = asyncio.create_task(freeze(events, has_lock := asyncio.Event(), thaw := asyncio.Event()))
    await has_lock.wait()
    assert not await is_taken(), "only one takes rows at a time"
    await until(is_taken)

    thaw.set()
    with pytest.raises(DatabaseUnavailable):
        await frozen


async def freeze(events: Database, has_lock: asyncio.Event, thaw: asyncio.Event) -> None:
    """Stop in the middle of taking rows."""
    async with events.transaction() as transaction:
        assert await repository.lock(transaction) is not None
        has_lock.set()
        await thaw.wait()


async def test_no_position_is_given_twice_even_if_several_take_rows_at_once(
    database: TestDatabase, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of events holds their listing, so that it alone would let them."""
    monkeypatch.setattr(repository, "LOCK", repository.LOCK.replace("pg_try_advisory_xact_lock(721458012, 1)", "true"))
    monkeypatch.setattr(sequencing, "TAKEN_AT_ONCE", 7)
    await fill(superuser, 1_000)
    async with AsyncExitStack() as stack:
        sequencers = [Sequencer(await stack.enter_async_context(opened(database))) for _ in range(8)]

        await asyncio.gather(*(each.take_all() for each in sequencers))
        await sequencers[0].take_all()

    assert sorted(await feed(superuser)) == [(0, version) for version in range(1, 1_001)]
