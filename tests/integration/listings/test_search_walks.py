"""Walks through the pages of searches: every listing once, whatever the sort, and whatever happens meanwhile."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import chain
from typing import Any, get_args

import httpx
import pytest

from listingapi.listings.filters import Search, Sort
from listingapi.query import read_query
from tests import factories
from tests.clock import Clock
from tests.statements import seen_by

NEXT = re.compile(r'<([^>]+)>; rel="next"')
SORTS: tuple[str, ...] = get_args(Sort)

# Values that are shared, missing and zero, in no order.
PRICES = (300, 100, 100, 0, 200, 100)
SURFACES = (10, 0, 20, 10, 0, 50)


def in_sort(ids: list[int], sort: str) -> list[int]:
    """Those of the listings `made` that a sort has: by price per m², only those with a surface."""
    return [number for number in ids if SURFACES[(number - 1) % 6] or not sort.endswith("per_m2")]


async def next_page(client: httpx.AsyncClient, path: str) -> tuple[list[Any], str | None]:
    """A page, and where the next one is."""
    response = await client.get(path)
    assert response.status_code == 200, response.text
    link = NEXT.fullmatch(response.headers.get("link", ""))
    return response.json(), link[1] if link else None


async def walk(
    client: httpx.AsyncClient, path: str, meanwhile: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[list[int]]:
    """The ids of each page, from the links alone; something may happen after each page."""
    following: str | None = path
    while following:
        page, following = await next_page(client, following)
        yield [listing["id"] for listing in page]
        if meanwhile:
            await meanwhile()


@pytest.fixture
async def made(client: httpx.AsyncClient, clock: Clock) -> list[int]:
    """The ids of a dozen listings, of which many share a price, surface, drop and date; four more are withdrawn."""
    ids = []
    for number, (price, surface) in enumerate(zip(PRICES * 2, SURFACES * 2, strict=True)):
        given = factories.listing(latest_price_eur=price, surface_area_m2=surface)
        ids.append((await client.post("/listings", json=given)).json()["id"])
        clock.advance(seconds=number % 2)
    for listing_id in ids[::3]:
        await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": 50})
        await client.post("/listings", json=factories.listing(name="withdrawn"))
    for listing_id in range(13, 17):
        await client.delete(f"/listings/{listing_id}")
    return ids


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 2, 5, 12])
async def test_the_links_lead_through_every_listing_once(
    client: httpx.AsyncClient, made: list[int], sort: str, limit: int
) -> None:
    pages = [page async for page in walk(client, f"/listings?sort={sort}&limit={limit}")]

    expected = in_sort(made, sort)
    assert sorted(chain(*pages)) == expected
    assert list(chain(*pages)) == [
        listing_id async for page in walk(client, f"/listings?sort={sort}") for listing_id in page
    ]
    assert [len(page) for page in pages] == [
        min(limit, len(expected) - start) for start in range(0, len(expected), limit)
    ]


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("sort", [sort for sort in SORTS if not sort.startswith("-")])
@pytest.mark.parametrize("status", ["on-market", "withdrawn"])
async def test_the_other_way_round_is_the_reverse(client: httpx.AsyncClient, sort: str, status: str) -> None:
    up = [page async for page in walk(client, f"/listings?sort={sort}&limit=1&status={status}")]
    down = [page async for page in walk(client, f"/listings?sort=-{sort}&limit=1&status={status}")]

    assert up == down[::-1]
    assert len(up) == (len(in_sort(list(range(1, 13)), sort)) if status == "on-market" else 4)


@pytest.mark.parametrize("sort", ["price", "-price", "price_per_m2", "-price_per_m2"])
async def test_a_walk_among_places_visits_every_listing_once(
    client: httpx.AsyncClient, made: list[int], sort: str
) -> None:
    for place in ("city=paris", "postal_code=75", "city=paris&postal_code=75001"):
        pages = [page async for page in walk(client, f"/listings?sort={sort}&limit=2&{place}")]
        everywhere = [page async for page in walk(client, f"/listings?sort={sort}&limit=2")]

        assert pages == everywhere
        assert sorted(chain(*pages)) == in_sort(made, sort)


@pytest.mark.parametrize("sort", SORTS)
async def test_what_changes_meanwhile_disturbs_nothing_else(
    client: httpx.AsyncClient, clock: Clock, made: list[int], sort: str
) -> None:
    moving, still = made[3], [listing_id for listing_id in in_sort(made, sort) if listing_id != made[3]]
    prices = iter((10, 400, 90, 1000, 1, 100, 150, 70, 20, 300, 5, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19))

    async def meanwhile() -> None:
        clock.advance(seconds=1)
        await client.patch(f"/listings/{moving}", json={"latest_price_eur": next(prices)})
        await client.post("/listings", json=factories.listing(name="later", latest_price_eur=1))
        await client.delete(f"/listings/{(await client.get('/listings?text=later&limit=1')).json()[0]['id']}")

    seen = [
        listing_id async for page in walk(client, f"/listings?sort={sort}&limit=2", meanwhile) for listing_id in page
    ]

    assert sorted(listing_id for listing_id in seen if listing_id in still) == still


@pytest.mark.usefixtures("made")
async def test_a_link_repeats_what_was_asked_for(client: httpx.AsyncClient) -> None:
    asked = "building_type=APARTMENT&city=P%C3%A0ris&building_type=HOUSE&limit=1&view=detailed&sort=-price"
    await client.put("/listings/1", json=factories.listing(postal_address=factories.address(city="Pàris")))
    await client.put("/listings/2", json=factories.listing(postal_address=factories.address(city="Pàris")))
    _, following = await next_page(client, f"/listings?{asked}")

    assert following is not None
    assert following.startswith(f"/listings?{asked}&cursor=")
    page, following = await next_page(client, following)
    assert (len(page), "summary" in page[0], following) == (1, True, None)


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("asked", "is_same"),
    [
        ("building_type=HOUSE&building_type=APARTMENT", True),
        ("building_type=APARTMENT&building_type=HOUSE&limit=5&view=detailed", True),
        ("building_type=APARTMENT&building_type=HOUSE&sort=-created&status=on-market", True),
        ("building_type=APARTMENT", False),
        ("building_type=APARTMENT&building_type=HOUSE&sort=created", False),
        ("building_type=APARTMENT&building_type=HOUSE&status=withdrawn", False),
        ("building_type=APARTMENT&building_type=HOUSE&city=Paris", False),
        ("", False),
    ],
)
async def test_a_cursor_goes_on_with_its_own_search_alone(
    client: httpx.AsyncClient, asked: str, *, is_same: bool
) -> None:
    _, following = await next_page(client, "/listings?limit=1&building_type=APARTMENT&building_type=HOUSE")
    cursor = httpx.URL(str(following)).params["cursor"]
    response = await client.get(f"/listings?{asked}&cursor={cursor}")

    assert response.status_code == (200 if is_same else 422), response.text
    if not is_same:
        assert response.json()["message"].startswith("cursor belongs to another search")


def test_a_search_is_known_by_what_was_asked_alone() -> None:
    asked = {"building_type": ["HOUSE", "STUDIO"], "min_price_eur": "5.0", "text": "É", "status": "on-market"}
    since = {"updated_since": "2023-01-12T10:00:00+01:00", "sort": "-created"}

    assert read_query(asked | since, Search).identity == (
        "listings",
        {
            "building_type": "HOUSE STUDIO",
            "min_price_eur": "5.00",
            "text": "É",
            "updated_since": "2023-01-12 09:00:00+00:00",
        },
    ), "cursors that clients hold are of this"


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that requests run."""
    return seen_by(monkeypatch)


@pytest.mark.parametrize("asked", ["", "sort=drop", "view=detailed", "view=detailed&sort=-price&city=paris&text=flat"])
async def test_a_page_is_one_statement(statements: list[str], client: httpx.AsyncClient, asked: str) -> None:
    for price in (10, 20, 30):
        await client.post("/listings", json=factories.listing(latest_price_eur=price))
        await client.patch("/listings/1", json={"latest_price_eur": price + 1})
    statements.clear()
    page, following = await next_page(client, f"/listings?limit=2&{asked}")
    assert (len(page), len(statements)) == (2, 1)

    page, following = await next_page(client, str(following))
    assert (len(page), len(statements), following) == (1, 2, None)
