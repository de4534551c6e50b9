"""What a ListingWrite may hold: every property, its bounds, and how each problem is named."""

from typing import Any

import httpx
import pytest

from tests import factories

PROBLEM_JSON = {"Accept": "application/problem+json"}


async def create(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    response = await client.post("/listings", json=factories.listing(**given))
    assert response.status_code == 201, response.text
    listing: dict[str, Any] = response.json()
    return listing


@pytest.mark.parametrize("name", [*factories.listing(), *(f"postal_address/{name}" for name in factories.address())])
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_every_property_but_the_phone_number_is_required(
    client: httpx.AsyncClient, method: str, name: str
) -> None:
    created = await create(client)
    given = factories.listing()
    _, _, inner = name.partition("/")
    del (given["postal_address"] if inner else given)[inner or name]
    path = "/listings" if method == "POST" else f"/listings/{created['id']}"
    response = await client.request(method, path, json=given, headers=PROBLEM_JSON)

    if name == "contact_phone_number":
        assert response.status_code in {200, 201}
    else:
        assert response.status_code == 422
        assert [(error["pointer"], "is required" in error["detail"]) for error in response.json()["errors"]] == [
            (f"/{name}", True)
        ]


def each(name: str, *values: Any) -> list[tuple[str, Any]]:
    return [(name, value) for value in values]


def each_address(name: str, *values: Any) -> list[tuple[str, Any]]:
    return each("postal_address", *(factories.address(**{name: value}) for value in values))


ACCEPTED = [
    *each("name", "x", "日本語 ñ 🏠 \u200b"),
    *each("description", "x"),
    *each("building_type", "STUDIO", "APARTMENT", "HOUSE"),
    *each("latest_price_eur", 0, 0.01, 0.1, 123.45, 999999999999, 999999999999.99),
    *each("surface_area_m2", 0, 0.5, 63, 1e12),
    *each("rooms_count", 1, 999_999_999),
    *each("bedrooms_count", 0, 999_999_999),
    *each("contact_phone_number", "+12", "+123456789012345"),
    *each_address("street_address", "x"),
    *each_address("postal_code", "x"),
    *each_address("city", "x"),
    *each_address("country", "FR", "DE", "BE", "US", "AX"),
]


@pytest.mark.parametrize(("name", "value"), ACCEPTED)
async def test_what_is_within_the_bounds_is_kept_as_given(client: httpx.AsyncClient, name: str, value: Any) -> None:
    assert (await create(client, **{name: value}))[name] == value


def each_refused(name: str, expected: str, values: list[Any]) -> list[tuple[str, Any, str]]:
    return [(name, value, expected) for value in values]


REFUSED = [
    *each_refused("name", "a string", ["", 1, None, True, [], {}]),
    *each_refused("description", "a string", ["", 1, None, True, [], {}]),
    *each_refused("building_type", "STUDIO, APARTMENT or HOUSE", ["CASTLE", "house", "", 1, None, []]),
    *each_refused("latest_price_eur", "a number", [-1, -0.01, 0.001, 1e12, 999999999999.999]),
    *each_refused("latest_price_eur", "a number", [None, True, False, [], {}, "", "abc", "1e3", "12 000"]),
    *each_refused("surface_area_m2", "a number", [-1, 1.1e12, None, True, "", "abc", "1e3", "12 000", []]),
    *each_refused("rooms_count", "an integer", [0, -1, 1.5, 10**9, 10**30, None, True, "1e3", "abc", "1.5"]),
    *each_refused("bedrooms_count", "an integer", [-1, 0.5, 10**9, 10**30, None, False, "12 000", "-1"]),
    *each_refused("contact_phone_number", "E.164", ["33123456789", "+0123", "+1", "+1234567890123456", "+33 123"]),
    *each_refused("contact_phone_number", "E.164", ["+\u0663\u0663\u0661", "+3312\n", 33123, None]),
    *each_refused("postal_address", "an object", ["x", 1, [], None]),
]


@pytest.mark.parametrize(("name", "value", "expected"), REFUSED)
async def test_what_is_beyond_the_bounds_is_422_and_named(
    client: httpx.AsyncClient, name: str, value: Any, expected: str
) -> None:
    response = await client.post("/listings", json=factories.listing(**{name: value}), headers=PROBLEM_JSON)

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["pointer"] == f"/{name}"
    assert expected in error["detail"]
    assert (await client.get("/listings")).json() == []


REFUSED_IN_ADDRESSES = [
    *each("street_address", "", 1, None, []),
    *each("postal_code", "", 1, None, []),
    *each("city", "", 1, None, []),
    *each("country", "fr", "FRA", "XX", "UK", "", "F", "FR\n", 33, None),
    *each("planet", "Earth"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED_IN_ADDRESSES)
async def test_addresses_are_checked_as_deeply(client: httpx.AsyncClient, name: str, value: Any) -> None:
    given = factories.listing(postal_address=factories.address(**{name: value}))
    response = await client.post("/listings", json=given, headers=PROBLEM_JSON)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/postal_address/{name}"]


async def test_each_of_several_problems_is_named(client: httpx.AsyncClient) -> None:
    given = factories.listing(name="", rooms_count=0, color="red", postal_address=factories.address(country="XX"))
    del given["description"]

    in_words = await client.post("/listings", json=given)
    assert in_words.status_code == 422
    for name in ("name", "description is required", "rooms_count", "postal_address.country", "color"):
        assert name in in_words.json()["message"]
    problem = await client.post("/listings", json=given, headers=PROBLEM_JSON)
    assert {error["pointer"] for error in problem.json()["errors"]} == {
        "/name",
        "/description",
        "/rooms_count",
        "/postal_address/country",
        "/color",
    }
