"""Searches of webhooks: they find what `GET /listings` does, and cost an event what those cost that it may be for."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings, strategies

from listingapi.consuming.incoming import Incoming
from listingapi.events.cloud_events import StoredEvent, cloud_event
from listingapi.infra.database import Transaction
from listingapi.listings.search_service import finds
from listingapi.webhooks.consumer import consumer_with
from listingapi.webhooks.repository import ASKED_FOR, SUBSCRIBED
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase
from tests.integration.webhooks.world import EVENTS, NOWHERE, World

# Names that are alike in all ways that count, and in some that do not.
LONG = "é" * 99
CITIES = strategies.sampled_from([
    "Paris", "PARIS", "Évry", "EVRY", "İzmir", f"{LONG}a", f"{LONG}A", f"{LONG}ab", f"{LONG}ac",
])  # fmt: skip
COUNTRIES = strategies.sampled_from(["FR", "DE"])
KINDS = strategies.sampled_from(["STUDIO", "APARTMENT", "HOUSE"])
POSTAL_CODES = strategies.sampled_from(["7", "75", "75001", "9" * 32, "9" * 33])
PRICES = strategies.sampled_from([0, 50_000, 95_000, 95_000.01, 100_001])
SURFACES = strategies.sampled_from([0, 0.1, 63.5, 1e12])
NUMBERS = strategies.integers(1, 3)
WORDS = strategies.sampled_from(["balcony", "BAL rivoli", "evry", "swimming pool"])

LISTINGS = strategies.fixed_dictionaries(
    {
        "building_type": KINDS,
        "surface_area_m2": SURFACES,
        "rooms_count": NUMBERS,
        "bedrooms_count": NUMBERS,
        "postal_address": strategies.builds(
            factories.address, city=CITIES, country=COUNTRIES, postal_code=POSTAL_CODES
        ),
    }
)
FILTERS = {
    "status": strategies.sampled_from(["on-market", "withdrawn"]),
    "country": COUNTRIES,
    "city": CITIES,
    "postal_code": POSTAL_CODES,
    "building_type": strategies.lists(KINDS, min_size=1, max_size=2),
    "min_price_eur": PRICES,
    "max_price_eur": PRICES.filter(lambda price: price >= 100_000),
    "max_price_per_m2": PRICES,
    "min_surface_area_m2": SURFACES.filter(lambda surface: surface < 1),
    "max_surface_area_m2": SURFACES.filter(lambda surface: surface > 1),
    "min_rooms": NUMBERS,
    "max_bedrooms": NUMBERS,
    "text": WORDS,
    "min_drop_percent": strategies.sampled_from([4.99, 5, 50]),
}
# With few filters each, so that something is found; most have a city or a country.
NAMES = strategies.sets(strategies.sampled_from(["city"] * 8 + ["country"] * 4 + list(FILTERS)), min_size=1, max_size=3)
SEARCHES = NAMES.flatmap(lambda names: strategies.fixed_dictionaries({name: FILTERS[name] for name in sorted(names)}))

ELSEWHERE = """
    INSERT INTO webhook (account_id, version, url, types, search, state, secret, created_date, updated_date)
    SELECT 1, 1, 'https://receiver.invalid', '{price.changed}', jsonb_build_object('city', 'City ' || n), 'active',
        '\\x00', now(), now()
    FROM generate_series(1, $1::int) AS n
"""


async def found_by(world: World, search: dict[str, Any]) -> set[int]:
    """The listings that a search finds, on the market or not."""
    found = set()
    for status in [search["status"]] if "status" in search else ["on-market", "withdrawn"]:
        answer = await world.api.get("/listings", params=search | {"status": status, "limit": 1000})
        found |= {listing["id"] for listing in answer.raise_for_status().json()}
    return found


async def write(world: World, listing: dict[str, Any], price_eur: float, *, is_withdrawn: bool) -> int:
    """A listing whose price has changed; returns its id."""
    listing_id = await world.list_one(**listing)
    await world.change(listing_id, price_eur)
    if is_withdrawn:
        await world.api.delete(f"/listings/{listing_id}")
    return listing_id


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    searches=strategies.lists(SEARCHES, min_size=1, max_size=8),
    listings=strategies.lists(strategies.tuples(LISTINGS, PRICES, strategies.booleans()), min_size=1, max_size=5),
)
async def test_a_webhook_is_told_of_what_the_same_search_of_listings_finds(
    world: World, searches: list[dict[str, Any]], listings: list[tuple[dict[str, Any], float, bool]]
) -> None:
    await world.superuser.execute("DELETE FROM webhook")
    made = [await world.subscribe(NOWHERE, search=search) for search in searches]
    written = {await write(world, listing, price, is_withdrawn=gone) for listing, price, gone in listings}
    await world.tell()

    for webhook, search in zip(made, searches, strict=True):
        told = {delivery["listing_id"] for delivery in await world.log(webhook)}
        assert told == await found_by(world, search) & written, search


async def test_a_listing_that_moves_while_searches_are_held_against_it_is_found_in_one_of_both_places(
    world: World, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await world.subscribe(NOWHERE, search={"city": city}) for city in ("Paris", "Lyon")]
    listing_id = await world.list_one()
    await world.change(listing_id, 90_000)

    async def after_it_moved(*given: Any) -> Sequence[bool]:
        await superuser.execute("UPDATE listing SET city = 'Lyon', version = version + 1 WHERE city = 'Paris'")
        return await finds(*given)

    monkeypatch.setattr("listingapi.webhooks.consumer.finds", after_it_moved)
    await world.tell()

    assert [len(await world.log(each)) for each in made] == [0, 1]


async def events_of(world: World) -> list[Any]:
    """All that has happened."""
    await world.is_sequenced()
    return [cloud_event(StoredEvent(*row), viewer=1) for row in await world.pool.fetch(EVENTS, 0)]


async def test_events_that_nobody_asks_for_are_one_statement(
    world: World, database: TestDatabase, clock: Clock
) -> None:
    await world.subscribe(NOWHERE, search={"city": "Lyon"})
    await world.subscribe(NOWHERE, types=["listing.withdrawn"], search={"city": "Paris"})
    listing_id = await world.list_one()
    for price in range(1, 20):
        await world.change(listing_id, price)
    events = await events_of(world)
    seen: list[str] = []
    connection = await asyncpg.connect(database.serving_url)
    await connection.fetch(ASKED_FOR, [1], ["price.changed"], [1], [False])  # it asks for types, once
    with connection.query_logger(lambda record: seen.append(record.query)):
        await consumer_with(clock).handle(Transaction(connection), events)
    await connection.close()

    assert len(events) == 20
    assert seen == [ASKED_FOR]


async def test_an_event_reads_the_webhooks_that_it_may_be_for(world: World, superuser: Any) -> None:
    await world.subscribe(NOWHERE, search={"city": "City 7", "max_rooms": 1})
    await superuser.execute(ELSEWHERE, 5_000)
    await superuser.execute("ANALYZE webhook")
    listing_id = await world.list_one(postal_address=factories.address(city="CITY 7"))
    [incoming] = [Incoming.of(event) for event in await events_of(world)]
    for statement in (ASKED_FOR, SUBSCRIBED):
        arguments = [listing_id], ["price.changed"], [int(incoming.event.account)], [False]
        [[text]] = await superuser.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *arguments)
        [read] = [node for node in nodes(json.loads(text)[0]["Plan"]) if node.get("Relation Name") == "webhook"]

        assert read["Index Name"] == "webhook_by_subject"
        assert read["Actual Rows"] <= 2


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All nodes of a plan."""
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]
