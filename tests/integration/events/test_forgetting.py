"""Events are kept for 30 days, and until they are published."""

from datetime import timedelta
from typing import Any

import pytest

from listingapi.events import sequencing
from listingapi.events.sequencing import Sequencer, forget_old
from listingapi.infra.database import Database
from tests.integration.events.feed import feed
from tests.integration.events.outbox import NOW, add, age, fill, published


async def test_old_events_are_forgotten_and_no_others(
    events: Database, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencing, "FORGOTTEN_AT_ONCE", 2)
    await fill(superuser, 5)
    await Sequencer(events).take_all()
    for position, days in enumerate([40, 31, 30.1, 29.9, 31], start=1):
        await age(superuser, position, days)
    await published(superuser, 5)

    await forget_old(events)

    assert [row["position"] for row in await superuser.fetch("SELECT position FROM event ORDER BY 1")] == [4, 5]
    assert tuple(await superuser.fetchrow("SELECT position, forgotten_position FROM event_feed")) == (5, 3)


async def test_all_may_be_forgotten(events: Database, superuser: Any) -> None:
    await fill(superuser, 2)
    await Sequencer(events).take_all()
    for position in (1, 2):
        await age(superuser, position, 31)
    await published(superuser, 2)

    await forget_old(events)
    await fill(superuser, 1, first_version=11)
    await Sequencer(events).take_all()

    assert [row["position"] for row in await superuser.fetch("SELECT position FROM event")] == [3]
    assert tuple(await superuser.fetchrow("SELECT position, forgotten_position FROM event_feed")) == (3, 2)


async def test_what_was_not_published_is_not_forgotten(events: Database, superuser: Any) -> None:
    """Positions 1 to 5 are of listings 0 to 4; the partitions of all but the fourth one are published."""
    await fill(superuser, 5, listings=5)
    await Sequencer(events).take_all()
    for position in range(1, 6):
        await age(superuser, position, 31)
    await superuser.execute("UPDATE relay_partition SET position = 5 WHERE partition <> 3")

    await forget_old(events)
    left = await feed_positions(superuser)
    await published(superuser, 5)
    await forget_old(events)

    assert (left, await feed_positions(superuser)) == ([4, 5], [])


async def feed_positions(connection: Any) -> list[int]:
    return [row["position"] for row in await connection.fetch("SELECT position FROM event ORDER BY position")]


async def test_what_happened_long_ago_is_kept_from_when_it_was_told(events: Database, superuser: Any) -> None:
    """An import tells of listings that are years old."""
    await add(superuser, 1, created_date=NOW - timedelta(days=4000))
    await Sequencer(events).take_all()
    await published(superuser, 1)

    await forget_old(events)

    assert await feed(superuser) == [(1, 1)]
