"""Pages of listings are bounded by the bytes of their texts, too, where it costs: in PostgreSQL."""

import json
from itertools import chain
from typing import Any

import httpx
import pytest

from listingapi.listings.filters import Search
from listingapi.listings.search import LARGEST_PAGE_BYTES, page_of
from tests import factories
from tests.integration.listings.test_search_walks import SORTS, walk

MEGABYTE = 1_000_000
BIG = (2, 3, 4, 5, 6, 7, 9, 10, 11, 12)
LISTINGS = 12
TEXTS = (
    {"name": "ż" * (MEGABYTE // 2)},
    {"description": "x" * MEGABYTE},
    {"postal_address": factories.address(street_address="x" * MEGABYTE)},
    {"postal_address": factories.address(postal_code="x" * MEGABYTE)},
    {"postal_address": factories.address(city="x" * MEGABYTE)},
)


@pytest.fixture
async def big(client: httpx.AsyncClient) -> None:
    """A dozen listings, of which all but two have a text of 1 MB."""
    for number in range(1, LISTINGS + 1):
        texts = TEXTS[number % len(TEXTS)] if number in BIG else {}
        created = await client.post("/listings", json=factories.listing(latest_price_eur=number % 4, **texts))
        assert created.status_code == 201


@pytest.mark.usefixtures("big")
@pytest.mark.parametrize("view", ["plain", "detailed"])
@pytest.mark.parametrize("sort", SORTS)
async def test_the_links_lead_through_large_listings_once(client: httpx.AsyncClient, sort: str, view: str) -> None:
    pages = [page async for page in walk(client, f"/listings?sort={sort}&limit=1000&view={view}")]

    assert sorted(chain(*pages)) == list(range(1, LISTINGS + 1))
    assert [large for page in pages if (large := len(set(page) & set(BIG)))] == [5, 5]


@pytest.mark.usefixtures("big")
async def test_a_page_ends_with_what_makes_it_large(client: httpx.AsyncClient) -> None:
    assert [page async for page in walk(client, "/listings?sort=created")] == [
        [1, 2, 3, 4, 5, 6],
        [7, 8, 9, 10, 11, 12],
    ]


@pytest.mark.usefixtures("big")
async def test_a_large_page_is_also_bounded_by_its_limit(client: httpx.AsyncClient) -> None:
    pages = [page async for page in walk(client, "/listings?sort=created&limit=4")]

    assert pages == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]


async def test_a_page_has_a_listing_however_large(client: httpx.AsyncClient, superuser: Any) -> None:
    for _ in range(3):
        await client.post("/listings", json=factories.listing())
    await superuser.execute("UPDATE listing SET description = repeat('x', $1)", 2 * LARGEST_PAGE_BYTES)

    assert [page async for page in walk(client, "/listings?sort=created")] == [[1], [2], [3]]


@pytest.mark.usefixtures("big")
@pytest.mark.parametrize("view", ["plain", "detailed"])
async def test_what_is_beyond_a_page_is_neither_unpacked_nor_sent(superuser: Any, view: str) -> None:
    statement, arguments = page_of(Search(), after=None, limit=1001, detailed=view == "detailed")
    [[explained]] = await superuser.fetch(f"EXPLAIN (ANALYZE, SERIALIZE TEXT, FORMAT JSON) {statement}", *arguments)
    sent = json.loads(explained)[0]["Serialization"]["Output Volume"]

    assert 4 * MEGABYTE // 1024 < sent < (LARGEST_PAGE_BYTES + MEGABYTE) // 1024 + 10
