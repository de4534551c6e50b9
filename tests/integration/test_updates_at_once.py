"""Two updates at once: real concurrency, over several connections of two instances whose clocks disagree."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from tests import factories
from tests.conftest import TestDatabase, client_of
from tests.history import assert_histories_are_whole, prices_of

WRITERS = 8
UPDATES = 12
NOON = datetime(2023, 1, 12, 12, tzinfo=UTC)


def running(seconds_per_look: float, *, start: datetime = NOON) -> Callable[[], datetime]:
    """A clock that moves at each look, backwards if told so."""
    looks = count()
    return lambda: start + timedelta(seconds=seconds_per_look * next(looks))


CLOCKS = {
    "agree": (running(1), running(1)),
    "are an hour apart": (running(1), running(1, start=NOON + timedelta(hours=1))),
    "run apart": (running(1), running(-1)),
    "run backwards": (running(-1), running(-60)),
    "stand still": (running(0), running(0, start=NOON - timedelta(days=1))),
}


async def write(client: httpx.AsyncClient, listing_id: int, prices: list[int]) -> list[int]:
    """Change the price again and again, by PUT and by PATCH in turn; return what was acknowledged."""
    acknowledged = []
    for price in prices:
        method = ("PUT", "PATCH")[price % 2]
        body = factories.listing(latest_price_eur=price) if method == "PUT" else {"latest_price_eur": price}
        response = await client.request(method, f"/listings/{listing_id}", json=body)
        assert response.status_code == 200, response.text
        acknowledged.append(response.json()["latest_price_eur"])
    return acknowledged


@pytest.mark.parametrize("clocks", CLOCKS)
async def test_every_acknowledged_price_stands_once_and_in_order(
    database: TestDatabase, superuser: Any, clocks: str
) -> None:
    one_clock, other_clock = CLOCKS[clocks]
    async with client_of(database.settings(), one_clock) as one, client_of(database.settings(), other_clock) as other:
        listing_id = (await one.post("/listings", json=factories.listing(latest_price_eur=0))).json()["id"]
        plans = [[1 + UPDATES * writer + update for update in range(UPDATES)] for writer in range(WRITERS)]
        written = await asyncio.gather(
            *(write((one, other)[writer % 2], listing_id, plan) for writer, plan in enumerate(plans))
        )
        history = (await one.get(f"/listings/{listing_id}/prices")).json()
        [listing] = (await other.get("/listings")).json()

    assert written == plans
    prices = [entry["price_eur"] for entry in history]
    assert sorted(prices) == list(range(1 + WRITERS * UPDATES))
    for plan in plans:
        assert [price for price in prices if price in plan] == plan, "a writer's own order was not kept"
    assert prices[-1] == listing["latest_price_eur"]
    dates = [entry["created_date"] for entry in history]
    assert [datetime.fromisoformat(date) for date in dates] == sorted(map(datetime.fromisoformat, dates))
    assert datetime.fromisoformat(dates[-1]) <= datetime.fromisoformat(listing["updated_date"])
    assert await prices_of(superuser, listing_id) == prices
    await assert_histories_are_whole(superuser)


async def test_the_same_price_from_many_at_once_is_one_change(database: TestDatabase, superuser: Any) -> None:
    async with client_of(database.settings(), running(1)) as one, client_of(database.settings(), running(1)) as other:
        listing_id = (await one.post("/listings", json=factories.listing(latest_price_eur=0))).json()["id"]
        for price in range(1, 6):
            await asyncio.gather(*(write(client, listing_id, [price]) for client in (one, other) * 8))

    assert await prices_of(superuser, listing_id) == list(range(6))
    await assert_histories_are_whole(superuser)


async def test_patches_of_different_properties_lose_none(database: TestDatabase) -> None:
    patches: list[dict[str, Any]] = [
        {"name": "Patched"}, {"description": "Patched"}, {"rooms_count": 9}, {"bedrooms_count": 9},
        {"surface_area_m2": 9.5}, {"latest_price_eur": 9}, {"postal_address": {"city": "Nice"}},
        {"postal_address": {"postal_code": "06000"}},
    ]  # fmt: skip
    async with client_of(database.settings(), running(1)) as one, client_of(database.settings(), running(1)) as other:
        listing_id = (await one.post("/listings", json=factories.listing())).json()["id"]
        await asyncio.gather(
            *(
                (one, other)[number % 2].patch(f"/listings/{listing_id}", json=patch)
                for number, patch in enumerate(patches)
            )
        )
        [listing] = (await one.get("/listings")).json()

    for patch in patches[:-2]:
        assert patch.items() <= listing.items()
    assert listing["postal_address"] == factories.address(city="Nice", postal_code="06000")
