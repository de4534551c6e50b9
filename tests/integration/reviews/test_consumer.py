"""Reviews come to the same in whichever order, and however often, they are told of flagged and corrected prices."""

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import permutations
from typing import Any

import httpx
import pytest

from listingapi.events.cloud_events import CloudEvent
from listingapi.infra.database import Database
from listingapi.reviews.consumer import CONSUMER
from tests import factories
from tests.integration.reviews.conftest import flag
from tests.settled import settled
from tests.told import fed
from tests.until import until

REVIEWS = "SELECT * FROM pricing.price_review ORDER BY listing_id, version"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
async def events(client: httpx.AsyncClient, superuser: Any) -> list[CloudEvent]:
    """What is told of a listing whose first price is flagged, as is the next one, which is corrected twice."""
    await flag(client)
    await client.post("/listings", json=factories.listing(latest_price_eur=1))
    await client.patch("/listings/1", json={"latest_price_eur": 90_000})
    for price in (95_000, 96_000):
        await client.post("/listings/1/prices/2/corrections", json={"price_eur": price, "reason": f"It was {price}."})
    await settled(superuser)
    return await fed(superuser, CONSUMER.types)


async def handle(database: Database, events: Sequence[CloudEvent]) -> None:
    for event in events:
        async with database.transaction() as transaction:
            await CONSUMER.handle(transaction, [event])


async def test_any_order_of_events_comes_to_the_same(
    opened: Database, superuser: Any, events: list[CloudEvent]
) -> None:
    expected = await superuser.fetch(REVIEWS)
    assert [row["state"] for row in expected] == ["open", "corrected"]
    assert len(events) == 4

    for order in permutations(events):
        await superuser.execute("DELETE FROM pricing.price_review")
        await handle(opened, [*order, *order[:2]])
        assert await superuser.fetch(REVIEWS) == expected, [event.id for event in order]


async def test_an_event_that_comes_again_opens_no_review_anew(
    client: httpx.AsyncClient, opened: Database, superuser: Any, events: list[CloudEvent]
) -> None:
    await client.post("/price-reviews/1/1/approval")
    before = await superuser.fetch(REVIEWS)

    await handle(opened, events)

    assert await superuser.fetch(REVIEWS) == before
    assert [row["state"] for row in before] == ["approved", "corrected"]


async def test_a_correction_that_is_told_while_the_price_is_is_not_missed(
    client: httpx.AsyncClient, opened: Database, superuser: Any, events: list[CloudEvent]
) -> None:
    """Whoever is told of the correction finds no review yet, and waits for the one that opens it."""
    _, changed, corrected, _ = events
    await superuser.execute("DELETE FROM pricing.price_review; DELETE FROM listing_price_correction")
    async with opened.transaction() as transaction:
        await CONSUMER.handle(transaction, [changed])
        await client.post("/listings/1/prices/2/corrections", json={"price_eur": 97_000, "reason": "A slip."})
        meanwhile = asyncio.create_task(handle(opened, [corrected]))
        await until(partial(is_waiting, superuser))
    await meanwhile

    assert [row["state"] for row in await superuser.fetch(REVIEWS)] == ["corrected"]


async def is_waiting(superuser: Any) -> bool:
    return bool(await superuser.fetchval(WAITING))
