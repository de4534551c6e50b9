"""Lists answer in pages: bounded, and led on by `Link: <…>; rel="next"`."""

import re
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from itertools import chain
from typing import Any

import httpx
import pytest

from listingapi.pagination import write_cursor
from tests import factories
from tests.clock import Clock

NEXT = re.compile(r'<([^>]+)>; rel="next"')


async def walk(client: httpx.AsyncClient, path: str | None) -> AsyncIterator[list[Any]]:
    """Every page of a list, from the links alone."""
    while path:
        response = await client.get(path)
        assert response.status_code == 200, response.text
        yield response.json()
        link = NEXT.fullmatch(response.headers.get("link", ""))
        path = link[1] if link else None


async def make_listings(client: httpx.AsyncClient, clock: Clock, number: int) -> list[int]:
    ids = []
    for made in range(number):
        ids.append((await client.post("/listings", json=factories.listing(name=f"n{made}"))).json()["id"])
        clock.advance(seconds=made % 2)
    return ids


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
async def test_the_links_lead_through_every_listing_once(client: httpx.AsyncClient, clock: Clock, limit: int) -> None:
    made = await make_listings(client, clock, 7)
    pages = [[listing["id"] for listing in page] async for page in walk(client, f"/listings?limit={limit}")]

    assert list(chain(*pages)) == made[::-1]
    assert [len(page) for page in pages] == [min(limit, 7 - start) for start in range(0, 7, limit)]


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
async def test_the_links_lead_through_every_price_once(client: httpx.AsyncClient, limit: int) -> None:
    [listing_id] = [(await client.post("/listings", json=factories.listing(latest_price_eur=0))).json()["id"]]
    for price in range(1, 7):
        await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price})
        await client.patch(f"/listings/{listing_id}", json={"name": f"at {price}"})
    pages = [page async for page in walk(client, f"/listings/{listing_id}/prices?limit={limit}")]

    assert [entry["price_eur"] for entry in chain(*pages)] == list(range(7))
    assert [len(page) for page in pages] == [min(limit, 7 - start) for start in range(0, 7, limit)]


async def test_what_is_made_during_the_walk_disturbs_no_page(client: httpx.AsyncClient, clock: Clock) -> None:
    made = await make_listings(client, clock, 4)
    seen = []
    async for page in walk(client, "/listings?limit=2"):
        seen += [listing["id"] for listing in page]
        await make_listings(client, clock, 1)
        await client.patch(f"/listings/{made[0]}", json={"latest_price_eur": len(seen)})

    assert seen == made[::-1]


async def test_a_page_of_listings_holds_100_by_default(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_listings(client, clock, 101)

    assert [len(page) async for page in walk(client, "/listings")] == [100, 1]


async def test_a_page_of_prices_holds_1000_by_default(client: httpx.AsyncClient, superuser: Any) -> None:
    listing_id = (await client.post("/listings", json=factories.listing())).json()["id"]
    await superuser.execute(
        "INSERT INTO listing_price SELECT $1, price, price, now(), now(), 'api' FROM generate_series(2, 1001) price",
        listing_id,
    )

    assert [len(page) async for page in walk(client, f"/listings/{listing_id}/prices")] == [1000, 1]


@pytest.mark.parametrize("path", ["/listings", "/listings/1/prices"])
@pytest.mark.parametrize(
    "limit", ["0", "-1", "1001", "abc", "", "1.5", "true", "%00", "%FF", "%D9%A1", "1_0", "9" * 5000]
)
async def test_a_limit_beyond_its_bounds_is_422(client: httpx.AsyncClient, path: str, limit: str) -> None:
    await client.post("/listings", json=factories.listing())
    response = await client.get(f"{path}?limit={limit}", headers={"Accept": "application/problem+json"})

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["pointer"] == "?limit"
    assert error["detail"].startswith("must be ")


@pytest.mark.parametrize("path", ["/listings", "/listings/1/prices"])
@pytest.mark.parametrize("limit", ["1", "1000"])
async def test_a_limit_at_its_bounds_is_taken(client: httpx.AsyncClient, path: str, limit: str) -> None:
    await client.post("/listings", json=factories.listing())

    assert (await client.get(f"{path}?limit={limit}")).status_code == 200


FORGED = [
    "", "abc", "=", "%00", "%FF", "%ED%A0%80", "A" * 3000, "kqs", "é",
    write_cursor(-1), write_cursor(2**63), write_cursor(2**64 - 1), write_cursor(None), write_cursor("x"),
    write_cursor(("0001-01-01T00:00:00+23:00", 1)), write_cursor(("9999-12-31T23:59:59-23:00", 1)),
    write_cursor(("2023-01-12T09:23:36", 1)), write_cursor([0, 0]), write_cursor({}), write_cursor(0)[:-1],
    urlsafe_b64encode(b"\x91" * 1100).decode(), urlsafe_b64encode(b"\x81\xa1a" * 1100).decode(),
]  # fmt: skip


@pytest.mark.parametrize("path", ["/listings", "/listings/1/prices"])
@pytest.mark.parametrize("cursor", FORGED)
async def test_a_cursor_that_no_list_made_is_422(client: httpx.AsyncClient, path: str, cursor: str) -> None:
    await client.post("/listings", json=factories.listing())
    response = await client.get(f"{path}?cursor={cursor}")

    assert response.status_code == 422
    assert response.json() == {"message": "cursor must be a cursor from a Link header of this list"}


async def test_the_cursor_of_one_list_is_not_one_of_the_other(client: httpx.AsyncClient) -> None:
    await client.post("/listings", json=factories.listing())

    assert (await client.get(f"/listings?cursor={write_cursor(1)}")).status_code == 422
