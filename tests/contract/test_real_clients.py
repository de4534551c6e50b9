"""What the front ends written against the contract were seen to send: it must go on working, unchanged."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock

ORIGIN = "https://portal.example"


async def create(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    response = await client.post("/listings", json=factories.listing(**given))
    assert response.status_code == 201, response.text
    listing: dict[str, Any] = response.json()
    return listing


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("latest_price_eur", "345000", 345_000),
        ("latest_price_eur", "345000.5", 345_000.5),
        ("latest_price_eur", "0", 0),
        ("latest_price_eur", "007", 7),
        ("latest_price_eur", "999999999999.99", 999_999_999_999.99),
        ("surface_area_m2", "63.25", 63.25),
        ("rooms_count", "3", 3),
        ("bedrooms_count", "0", 0),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_a_string_that_is_a_plain_decimal_is_a_number(
    client: httpx.AsyncClient, method: str, name: str, sent: str, kept: float
) -> None:
    created = await create(client)
    path = "/listings" if method == "POST" else f"/listings/{created['id']}"
    response = await client.request(method, path, json=factories.listing(**{name: sent}))

    assert response.status_code == (201 if method == "POST" else 200)
    assert response.json()[name] == kept


@pytest.mark.parametrize("name", ["latest_price_eur", "surface_area_m2", "rooms_count", "bedrooms_count"])
@pytest.mark.parametrize(
    "sent",
    ["12 000", "1e3", "abc", "", " 1", "1 ", "+1", ".5", "5.", "1,5", "0x1", "1_0", "\u0661", "NaN", "inf", True],
)
async def test_any_other_string_and_true_are_422(client: httpx.AsyncClient, name: str, sent: Any) -> None:
    response = await client.post("/listings", json=factories.listing(**{name: sent}))

    assert response.status_code == 422
    assert response.json()["message"].startswith(f"{name} must be ")


async def test_a_listing_is_sent_back_as_it_was_read(client: httpx.AsyncClient, clock: Clock) -> None:
    await create(client)
    [read] = (await client.get("/listings")).json()
    clock.advance(days=1)
    response = await client.put(f"/listings/{read['id']}", json=read | {"latest_price_eur": "95000"})

    assert response.status_code == 200
    assert response.json() == read | {"latest_price_eur": 95_000, "updated_date": "2023-01-13T09:23:36Z"}


@pytest.mark.parametrize("value", [None, 99, "nonsense", []])
async def test_the_read_only_properties_are_ignored_whatever_they_hold(client: httpx.AsyncClient, value: Any) -> None:
    created = await create(client, id=value, created_date=value, updated_date=value)

    assert created["id"] == 1
    assert created["created_date"] == created["updated_date"] == "2023-01-12T09:23:36Z"


@pytest.mark.parametrize("name", ["color", "Name", "ID", "price_eur", "postal_code", "external_id", ""])
async def test_any_other_unknown_property_is_422(client: httpx.AsyncClient, name: str) -> None:
    response = await client.post("/listings", json=factories.listing(**{name: 1}))

    assert response.status_code == 422
    assert "is not a known property" in response.json()["message"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_empty_phone_number_means_none(client: httpx.AsyncClient, method: str) -> None:
    created = await create(client, contact_phone_number="")
    assert "contact_phone_number" not in created

    with_number = await create(client)
    response = await client.request(
        method, f"/listings/{with_number['id']}", json=factories.listing(contact_phone_number="")
    )
    assert response.status_code == 200
    assert "contact_phone_number" not in response.json()


async def test_a_phone_number_without_its_plus_is_422(client: httpx.AsyncClient) -> None:
    response = await client.post("/listings", json=factories.listing(contact_phone_number="33123456789"))

    assert response.status_code == 422
    assert "contact_phone_number must be a phone number in E.164 form" in response.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("PUT", "/listings/1", "content-type"),
        ("POST", "/listings", "content-type"),
        ("PATCH", "/listings/1", "content-type"),
        ("PUT", "/listings/1", "access-control-allow-origin,content-type"),
        ("GET", "/listings", "content-type"),
        ("GET", "/listings/1/prices", "Content-Type, Access-Control-Allow-Origin"),
    ],
)
async def test_preflights_are_granted(client: httpx.AsyncClient, method: str, path: str, headers: str) -> None:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    response = await client.options(path, headers={"Origin": ORIGIN, **asked})

    assert response.status_code in {200, 204}
    assert response.headers["access-control-allow-origin"] in {"*", ORIGIN}
    assert method in response.headers["access-control-allow-methods"].split(", ")
    granted = {name.strip().lower() for name in response.headers["access-control-allow-headers"].split(",")}
    assert {name.strip().lower() for name in headers.split(",")} <= granted


async def test_the_next_page_can_be_found_from_another_origin(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await create(client)
    response = await client.get("/listings?limit=1", headers={"Origin": ORIGIN, "Content-Type": "application/json"})

    assert response.headers["access-control-allow-origin"] in {"*", ORIGIN}
    assert "Link" in response.headers["access-control-expose-headers"].split(", ")


async def test_a_patch_of_the_price_changes_nothing_else(client: httpx.AsyncClient, clock: Clock) -> None:
    created = await create(client)
    clock.advance(days=1)
    response = await client.patch(f"/listings/{created['id']}", json={"latest_price_eur": 777000})

    assert response.status_code == 200
    assert response.json() == created | {"latest_price_eur": 777_000, "updated_date": "2023-01-13T09:23:36Z"}
    prices = (await client.get(f"/listings/{created['id']}/prices")).json()
    assert [entry["price_eur"] for entry in prices] == [100_000, 777_000]


async def test_a_patch_merges_the_address_and_removes_what_is_null(client: httpx.AsyncClient) -> None:
    created = await create(client)
    response = await client.patch(
        f"/listings/{created['id']}", json={"postal_address": {"city": "Lyon"}, "contact_phone_number": None}
    )

    assert response.status_code == 200
    assert response.json()["postal_address"] == factories.address(city="Lyon")
    assert "contact_phone_number" not in response.json()


async def test_a_patch_may_remove_a_phone_number_that_is_not_there(client: httpx.AsyncClient) -> None:
    created = await create(client, contact_phone_number="")
    response = await client.patch(f"/listings/{created['id']}", json={"contact_phone_number": None})

    assert response.status_code == 200
    assert response.json() == created


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"latest_price_eur": "12 000"}, "latest_price_eur must be"),
        ({"name": None}, "name is required"),
        ({"postal_address": None}, "postal_address is required"),
        ({"postal_address": {"country": "XX"}}, "postal_address.country must be"),
        ({"postal_address": 5}, "postal_address must be an object"),
        ({"color": "red"}, "color is not a known property"),
        ({"color": None}, "color is not a known property"),
        ({"postal_address": {"planet": None}}, "postal_address.planet is not a known property"),
        ([], "The body must be an object"),
        ("x", "The body must be an object"),
    ],
)
async def test_a_patch_that_makes_no_listing_is_422(client: httpx.AsyncClient, patch: Any, message: str) -> None:
    created = await create(client)
    response = await client.patch(f"/listings/{created['id']}", json=patch)

    assert response.status_code == 422
    assert response.json()["message"].startswith(message)
    assert (await client.get("/listings")).json() == [created]


async def test_a_patch_of_no_listing_is_404(client: httpx.AsyncClient) -> None:
    assert (await client.patch("/listings/7", json={"latest_price_eur": 1})).status_code == 404


@pytest.mark.parametrize("content_type", ["application/json", "APPLICATION/JSON; charset=utf-8", None])
async def test_bodies_are_json_by_name_or_without_one(client: httpx.AsyncClient, content_type: str | None) -> None:
    body = httpx.Request("POST", "http://test", json=factories.listing()).content
    headers = {"content-type": content_type} if content_type else {}

    assert (await client.post("/listings", content=body, headers=headers)).status_code == 201
