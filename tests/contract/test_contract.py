"""The published operations: their statuses and shapes, and the decisions where the contract was silent."""

import re
from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock

LISTING_PROPERTIES = {*factories.listing(), "id", "created_date", "updated_date"}
UTC_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


async def create(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    response = await client.post("/listings", json=factories.listing(**given))
    assert response.status_code == 201, response.text
    listing: dict[str, Any] = response.json()
    return listing


async def test_creating_answers_201_with_the_listing(client: httpx.AsyncClient) -> None:
    response = await client.post("/listings", json=factories.listing())

    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == LISTING_PROPERTIES
    assert factories.listing().items() <= response.json().items()
    assert response.json()["created_date"] == response.json()["updated_date"] == "2023-01-12T09:23:36Z"


async def test_listing_answers_a_bare_array_newest_first(client: httpx.AsyncClient, clock: Clock) -> None:
    made = []
    for _ in range(3):
        made.append(await create(client))
        clock.advance(seconds=1)

    response = await client.get("/listings")
    assert response.status_code == 200
    assert response.json() == made[::-1]
    assert "link" not in response.headers


async def test_listings_of_one_moment_come_newest_id_first(client: httpx.AsyncClient) -> None:
    made = [(await create(client))["id"] for _ in range(3)]

    assert [listing["id"] for listing in (await client.get("/listings")).json()] == made[::-1]


async def test_updating_replaces_the_whole_listing(client: httpx.AsyncClient, clock: Clock) -> None:
    created = await create(client)
    clock.advance(days=1)
    given = factories.listing(
        name="House", building_type="HOUSE", rooms_count=9, postal_address=factories.address(city="Nice")
    )
    del given["contact_phone_number"]
    response = await client.put(f"/listings/{created['id']}", json=given)

    assert response.status_code == 200
    assert response.json() == given | {
        "id": created["id"],
        "created_date": created["created_date"],
        "updated_date": "2023-01-13T09:23:36Z",
    }
    assert (await client.get("/listings")).json() == [response.json()]


async def test_updating_never_creates(client: httpx.AsyncClient) -> None:
    response = await client.put("/listings/7", json=factories.listing())

    assert response.status_code == 404
    assert response.json() == {"message": "There is no listing 7."}
    assert (await client.get("/listings")).json() == []


async def test_prices_are_an_array_of_prices_oldest_first(client: httpx.AsyncClient, clock: Clock) -> None:
    created = await create(client, latest_price_eur=100_000)
    clock.advance(days=5)
    await client.put(f"/listings/{created['id']}", json=factories.listing(latest_price_eur=99_999.99))

    response = await client.get(f"/listings/{created['id']}/prices")
    assert response.status_code == 200
    assert response.json() == [
        {"price_eur": 100_000, "created_date": "2023-01-12T09:23:36Z"},
        {"price_eur": 99_999.99, "created_date": "2023-01-17T09:23:36Z"},
    ]


async def test_prices_of_no_listing_are_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/listings/7/prices")).status_code == 404


@pytest.mark.parametrize("sent", [100_000, "100000", "100000.00", 100_000.0])
async def test_whole_amounts_have_no_fraction_on_the_wire(client: httpx.AsyncClient, sent: Any) -> None:
    created = await client.post("/listings", json=factories.listing(latest_price_eur=sent))
    assert b'"latest_price_eur":100000,' in created.content
    assert b'"latest_price_eur":100000,' in (await client.get("/listings")).content
    assert b'{"price_eur":100000,' in (await client.get(f"/listings/{created.json()['id']}/prices")).content


@pytest.mark.parametrize("moment", ["2023-01-12T09:23:36Z", "2023-01-12T10:23:36+01:00", "2023-01-12T09:23:36.123456Z"])
async def test_dates_are_rfc_3339_in_utc_with_the_z(client: httpx.AsyncClient, clock: Clock, moment: str) -> None:
    clock.set(moment)
    created = await create(client)
    [price] = (await client.get(f"/listings/{created['id']}/prices")).json()

    for date in (created["created_date"], created["updated_date"], price["created_date"]):
        assert UTC_DATE.fullmatch(date)
        assert date.startswith("2023-01-12T09:23:36")


async def test_an_unset_phone_number_is_absent_never_null(client: httpx.AsyncClient) -> None:
    given = factories.listing()
    del given["contact_phone_number"]
    created = await client.post("/listings", json=given)
    updated = await client.put(f"/listings/{created.json()['id']}", json=given)
    listed = await client.get("/listings")

    for response in (created, updated, listed):
        assert b"contact_phone_number" not in response.content


@pytest.mark.parametrize(
    "path",
    ["/listings", "/listings/1/prices", "/listings/2/prices", "/docs", "/docs/assets/swagger-ui.css", "/openapi.json"],
)
async def test_head_answers_what_get_does_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    await create(client)
    named = {"X-Request-Id": "the-same"}
    got, head = await client.get(path, headers=named), await client.head(path, headers=named)

    assert head.status_code == got.status_code
    assert head.headers == got.headers
    assert head.content == b""


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/listings", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/listings/1", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        ("/listings/1/prices", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/openapi.json", {"GET", "HEAD", "OPTIONS"}),
    ],
)
async def test_another_method_is_405_with_those_allowed(
    client: httpx.AsyncClient, path: str, methods: set[str]
) -> None:
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - methods:
        response = await client.request(method, path)
        assert response.status_code == 405, method
        assert set(response.headers["allow"].split(", ")) == methods
    options = await client.options(path)
    assert options.status_code == 204
    assert set(options.headers["allow"].split(", ")) == methods


@pytest.mark.parametrize("path", ["/nothing", "/Listings", "/listings/1/nothing", "/docs/assets/nothing.css"])
async def test_an_unknown_address_is_404_in_words(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)

    assert response.status_code == 404
    assert response.json() == {"message": "There is nothing at this address."}


BEYOND_A_BIGINT = 2**63


@pytest.mark.parametrize(
    "listing_id",
    [
        "abc", "0x1", "1_0", "+1", "%2B1", "-1", "1.0", "1e0", "%D9%A1", "%EF%BC%91", "%C2%B9", "%20", "%00",
        "%FF", "%zz", "0", str(BEYOND_A_BIGINT - 1), str(BEYOND_A_BIGINT), "9" * 40, "9" * 5000,
    ],
)  # fmt: skip
async def test_an_id_that_names_no_listing_is_404(client: httpx.AsyncClient, listing_id: str) -> None:
    await create(client)
    for method, path in (("GET", f"{listing_id}/prices"), ("PUT", listing_id), ("PATCH", listing_id)):
        response = await client.request(method, f"/listings/{path}", json=factories.listing())
        assert response.status_code == 404
        assert response.json()["message"].startswith("There is no listing ")


async def test_an_escaped_digit_is_that_digit(client: httpx.AsyncClient) -> None:
    await create(client)

    assert (await client.get("/listings/%31/prices")).status_code == 200
