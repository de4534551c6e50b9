"""Lists answer in pages: bounded, and led on by `Link: <…>; rel="next"`."""

import re
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from itertools import chain
from typing import Any

import httpx
import msgspec
import pytest

from listingapi.infra.signing import Signer
from listingapi.pagination import Cursors
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of

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


def unsigned(place: Any) -> str:
    """A place packed without a signature."""
    return urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")


FORGED = [
    "", "abc", "=", "%00", "%FF", "%ED%A0%80", "A" * 3000, "kqs", "é", "A" * 22, "A" * 64,
    unsigned(1), unsigned(None), unsigned(("x" * 8, 1)), unsigned((b"x" * 8, 1)), unsigned((b"x" * 30, 1)),
    unsigned(("2023-01-12T09:23:36Z", 1)), unsigned({}), Cursors(Signer("of nobody")).write(1, ("prices", 1)),
    urlsafe_b64encode(b"\x91" * 1100).decode(), urlsafe_b64encode(b"\x81\xa1a" * 1100).decode(),
]  # fmt: skip
PATHS = ["/listings", "/listings/1/prices"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cursor", FORGED)
async def test_a_cursor_that_no_list_made_is_422(client: httpx.AsyncClient, path: str, cursor: str) -> None:
    await client.post("/listings", json=factories.listing())
    response = await client.get(f"{path}?cursor={cursor}")

    assert response.status_code == 422
    assert response.json() == {"message": "cursor must be a cursor from a Link header of this list"}


async def next_page_of(client: httpx.AsyncClient, path: str) -> httpx.URL:
    """Where the link of a page leads."""
    link = NEXT.fullmatch((await client.get(path)).headers["link"])
    assert link
    return httpx.URL(link[1])


@pytest.fixture
async def long_lists(client: httpx.AsyncClient) -> None:
    """Two listings, of which each has two prices."""
    for listing_id in (1, 2):
        await client.post("/listings", json=factories.listing(latest_price_eur=1))
        await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": 2})


@pytest.mark.usefixtures("long_lists")
@pytest.mark.parametrize("path", PATHS)
async def test_a_cursor_with_any_byte_changed_is_422(client: httpx.AsyncClient, path: str) -> None:
    cursor = (await next_page_of(client, f"{path}?limit=1")).params["cursor"]
    assert (await client.get(path, params={"cursor": cursor})).status_code == 200
    letters = "AZaz09-_"
    changed = [
        f"{cursor[:at]}{letter}{cursor[at + 1 :]}"
        for at in range(len(cursor))
        for letter in letters
        if letter != cursor[at]
    ]
    statuses = {(await client.get(path, params={"cursor": forged})).status_code for forged in changed}

    assert statuses == {422}


@pytest.mark.usefixtures("long_lists")
@pytest.mark.parametrize("decorated", ["{}=", " {}", "{}.", "{}A", "!{}"])
async def test_a_cursor_that_is_written_in_another_way_is_422(client: httpx.AsyncClient, decorated: str) -> None:
    cursor = (await next_page_of(client, "/listings?limit=1")).params["cursor"]

    assert (await client.get("/listings", params={"cursor": decorated.format(cursor)})).status_code == 422


@pytest.mark.usefixtures("long_lists")
@pytest.mark.parametrize(
    ("made", "used"),
    [
        ("/listings", "/listings/1/prices"),
        ("/listings/1/prices", "/listings"),
        ("/listings/1/prices", "/listings/2/prices"),
    ],
)
async def test_the_cursor_of_one_list_is_not_one_of_another(client: httpx.AsyncClient, made: str, used: str) -> None:
    cursor = (await next_page_of(client, f"{made}?limit=1")).params["cursor"]
    response = await client.get(used, params={"cursor": cursor}, headers={"Accept": "application/problem+json"})

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["pointer"] == "?cursor"
    assert "another search" in error["detail"]


@pytest.mark.usefixtures("long_lists")
@pytest.mark.parametrize("path", PATHS)
async def test_a_cursor_outlives_the_process_that_made_it(
    client: httpx.AsyncClient, database: TestDatabase, clock: Clock, path: str
) -> None:
    following = str(await next_page_of(client, f"{path}?limit=1"))
    async with client_of(database.settings(), clock) as client_of_another:
        assert (await client_of_another.get(following)).json() == (await client.get(following)).json()
