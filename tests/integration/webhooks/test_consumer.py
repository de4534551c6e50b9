"""Who is told of what: by type, listing, search and threshold, and as the feed shows it to that account."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from listingapi.access.scopes import Scope
from listingapi.webhooks import consumer as module
from tests import factories
from tests.accounts import Accounts
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import NOWHERE, World, world_on

TYPES = ["listing.created", "listing.updated", "listing.withdrawn", "listing.relisted", "price.changed"]
BODIES = """
    SELECT event FROM webhook_delivery JOIN webhook_event USING (listing_id, version, type, is_own)
    WHERE webhook_id = $1 ORDER BY delivery_id
"""


async def told(world: World, made: dict[str, Any]) -> list[str]:
    """What a webhook is told, oldest first."""
    return [each["event_id"].partition("-")[2] for each in reversed(await world.log(made))]


async def test_a_webhook_is_told_of_the_types_that_it_asks_for(world: World) -> None:
    some = await world.subscribe(NOWHERE, types=["listing.withdrawn", "listing.created"])
    all_types = await world.subscribe(NOWHERE, types=TYPES)
    listing_id = await world.list_one()
    await world.change(listing_id, 90_000)
    await world.api.delete(f"/listings/{listing_id}")
    await world.api.post(f"/listings/{listing_id}/relist")
    await world.tell()

    assert await told(world, some) == ["1-listing.created", "3-listing.withdrawn"]
    assert await told(world, all_types) == [
        "1-listing.created", "2-price.changed", "3-listing.withdrawn", "4-listing.relisted",
    ]  # fmt: skip


async def test_a_webhook_is_told_of_its_listing_alone(world: World) -> None:
    listing_id, other_id = await world.list_one(), await world.list_one()
    made = await world.subscribe(NOWHERE, listing_id=listing_id)
    await world.change(other_id, 90_000)
    await world.change(listing_id, 80_000)
    await world.tell()

    assert [each["event_id"] for each in await world.log(made)] == [f"{listing_id}-2-price.changed"]


SEARCHES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"city": "paris"}, True),
    ({"city": "Lyon"}, False),
    ({"country": "FR", "postal_code": "75", "building_type": ["HOUSE", "APARTMENT"]}, True),
    ({"building_type": ["HOUSE"]}, False),
    ({"max_price_eur": 90_000}, True),
    ({"max_price_eur": 89_999.99}, False),
    ({"min_price_eur": "90000.00", "min_surface_area_m2": 63.5, "max_rooms": 3, "min_bedrooms": 2}, True),
    ({"max_surface_area_m2": 63}, False),
    ({"min_price_per_m2": 1417.32, "max_price_per_m2": 1417.33}, True),
    ({"max_price_per_m2": 1417}, False),
    ({"min_drop_percent": 10}, True),
    ({"min_drop_percent": 10.01}, False),
    ({"text": "balcony rivoli"}, True),
    ({"text": "swimming pool"}, False),
    ({"status": "on-market"}, True),
    ({"status": "withdrawn"}, False),
]


@pytest.mark.parametrize(("search", "is_found"), SEARCHES, ids=str)
async def test_a_webhook_is_told_of_what_its_search_finds(
    world: World, search: dict[str, Any], *, is_found: bool
) -> None:
    listing_id = await world.list_one()
    made = await world.subscribe(NOWHERE, search=search)
    await world.change_and_tell(listing_id, 90_000)

    assert bool(await world.log(made)) == is_found


async def test_many_searches_are_each_held_against_the_listing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "JUDGED_AT_ONCE", 3)
    made = [await world.subscribe(NOWHERE, search=search) for search, _ in SEARCHES]
    plain = await world.subscribe(NOWHERE)
    await world.change_and_tell(await world.list_one(), 90_000)

    assert [bool(await world.log(each)) for each in made] == [is_found for _, is_found in SEARCHES]
    assert await told(world, plain) == ["2-price.changed"]


async def test_a_search_without_a_status_hears_that_a_listing_left(world: World) -> None:
    made = await world.subscribe(NOWHERE, types=["listing.withdrawn"], search={"city": "Paris"})
    listing_id = await world.list_one()
    await world.api.delete(f"/listings/{listing_id}")
    await world.tell()

    assert await told(world, made) == ["2-listing.withdrawn"]


async def test_a_threshold_is_held_against_the_event(world: World) -> None:
    listing_id = await world.list_one()
    percent = await world.subscribe(NOWHERE, min_cut_percent=10)
    euros = await world.subscribe(NOWHERE, min_cut_eur="10000.01", types=["price.changed", "listing.updated"])
    for price in (90_000, 82_000, 95_000, 84_000):
        await world.change(listing_id, price)
    await world.api.patch(f"/listings/{listing_id}", json={"name": "Another name"})
    await world.tell()

    assert await told(world, percent) == ["2-price.changed", "5-price.changed"]
    assert await told(world, euros) == ["5-price.changed", "6-listing.updated"]


@pytest.fixture
async def closed(database: TestDatabase, clock: Clock, superuser: Any) -> AsyncIterator[World]:
    """An API where callers without credentials may do nothing."""
    async with world_on(database, clock, superuser, anonymous_scopes=frozenset()) as made:
        yield made


async def test_what_is_an_accounts_own_is_told_to_it_alone(
    closed: World, database: TestDatabase, superuser: Any
) -> None:
    async with Accounts.on(database) as accounts:
        owner = await accounts.key(await accounts.add("owner"))
        other = await accounts.key(await accounts.add("other", "portal"), scopes={Scope.WEBHOOKS_WRITE})
    types = ["price.changed", "price.scheduled"]
    own = await closed.subscribe(NOWHERE, owner, types=types)
    others = await closed.subscribe(NOWHERE, other, types=types)
    rule = {"kind": "largest-change", "max_change_percent": 1}
    await closed.api.post("/pricing-rules", json=rule, headers=owner)
    made = (await closed.api.post("/listings", json=factories.listing(), headers=owner)).headers["location"]
    later = {"price_eur": 1, "effective_date": "2999-01-01T00:00:00Z"}
    (await closed.api.post(f"{made}/prices", json=later, headers=owner)).raise_for_status()
    await closed.change(int(made.rpartition("/")[2]), 50_000, owner)
    await closed.tell()
    told_owner = [row["event"] for row in await superuser.fetch(BODIES, own["id"])]
    told_other = [row["event"] for row in await superuser.fetch(BODIES, others["id"])]

    assert ["price.scheduled" in each for each in told_owner] == [True, False]
    assert '"flags":[' in told_owner[1]
    assert len(told_other) == 1
    assert "price.changed" in told_other[0]
    assert "flags" not in told_other[0]


async def test_an_event_is_told_once_however_often_it_comes(world: World) -> None:
    made = await world.subscribe(NOWHERE)
    await world.change_and_tell(await world.list_one(), 90_000)
    world.told = 0
    await world.tell()

    assert await told(world, made) == ["2-price.changed"]


async def test_an_event_is_kept_once_for_all_who_are_told(world: World) -> None:
    for _ in range(3):
        await world.subscribe(NOWHERE)
    await world.change_and_tell(await world.list_one(), 90_000)

    assert await world.superuser.fetchval("SELECT count(*) FROM webhook_delivery") == 3
    assert await world.superuser.fetchval("SELECT count(*) FROM webhook_event") == 1


async def test_there_is_nothing_to_deliver_where_nobody_asks(world: World) -> None:
    await world.change_and_tell(await world.list_one(), 90_000)

    assert await world.superuser.fetchval("SELECT count(*) FROM webhook_delivery") == 0
