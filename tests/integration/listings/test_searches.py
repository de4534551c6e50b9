"""What a search finds: each filter at its bounds, texts in any spelling, and what is refused."""

from typing import Any

import httpx
import pytest

from tests import factories
from tests.clock import Clock

PROBLEM = {"Accept": "application/problem+json"}


async def add(client: httpx.AsyncClient, clock: Clock, **given: Any) -> int:
    """Create a listing a minute after the one before."""
    clock.advance(minutes=1)
    address = factories.address(**given.pop("at", {}))
    created = await client.post("/listings", json=factories.listing(**given, postal_address=address))
    assert created.status_code == 201, created.text
    listing_id: int = created.json()["id"]
    return listing_id


async def find(client: httpx.AsyncClient, **parameters: Any) -> list[int]:
    """The ids that a search finds, in its order."""
    response = await client.get("/listings", params=parameters)
    assert response.status_code == 200, response.text
    return [listing["id"] for listing in response.json()]


HOMES: dict[int, dict[str, Any]] = {
    1: {"building_type": "STUDIO", "latest_price_eur": "100000", "surface_area_m2": 20, "rooms_count": 1,
        "bedrooms_count": 0, "at": {"country": "FR", "city": "Évry", "postal_code": "91000"}},
    2: {"building_type": "APARTMENT", "latest_price_eur": "100000.01", "surface_area_m2": 50.5, "rooms_count": 2,
        "bedrooms_count": 1, "at": {"country": "FR", "city": "Paris", "postal_code": "75010"}},
    3: {"building_type": "HOUSE", "latest_price_eur": "250000", "surface_area_m2": 100, "rooms_count": 5,
        "bedrooms_count": 3, "at": {"country": "BE", "city": "PARIS", "postal_code": "7501%"}},
    4: {"building_type": "HOUSE", "latest_price_eur": "999999999999.99", "surface_area_m2": 0, "rooms_count": 9,
        "bedrooms_count": 7, "at": {"country": "DE", "city": "Paris-Nord", "postal_code": "0750_"}},
}  # fmt: skip


@pytest.fixture
async def homes(client: httpx.AsyncClient, clock: Clock) -> None:
    """The listings 1 to 4."""
    for home in HOMES.values():
        await add(client, clock, **home)


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({}, [4, 3, 2, 1], id="nothing asked is everything, newest first"),
        pytest.param({"country": "FR"}, [2, 1], id="a country"),
        pytest.param({"country": "LU"}, [], id="a country without listings"),
        pytest.param({"city": "pARIS"}, [3, 2], id="a city in any case, and whole"),
        pytest.param({"city": "éVRY"}, [1], id="a city with an accent in any case"),
        pytest.param({"city": "EVRY"}, [], id="a city without its accent is another city"),
        pytest.param({"city": "par"}, [], id="a part of a city is another city"),
        pytest.param({"postal_code": "75"}, [3, 2], id="the beginning of a postal code"),
        pytest.param({"postal_code": "7501%"}, [3], id="a percent sign is one"),
        pytest.param({"postal_code": "_75"}, [], id="an underscore is one"),
        pytest.param({"postal_code": "75010"}, [2], id="a whole postal code"),
        pytest.param({"postal_code": "5010"}, [], id="the end of a postal code is no beginning"),
        pytest.param({"building_type": "HOUSE"}, [4, 3], id="a building type"),
        pytest.param({"building_type": ["HOUSE", "STUDIO"]}, [4, 3, 1], id="any of several building types"),
        pytest.param({"building_type": ["STUDIO", "STUDIO"]}, [1], id="the same building type twice"),
        pytest.param({"min_price_eur": "100000.01"}, [4, 3, 2], id="a lowest price counts itself"),
        pytest.param({"max_price_eur": "100000.01"}, [2, 1], id="a highest price counts itself"),
        pytest.param({"min_price_eur": "100000.00", "max_price_eur": "100000"}, [1], id="bounds that are one price"),
        pytest.param({"min_price_per_m2": "2500"}, [3, 1], id="a lowest price per m² leaves out those without surface"),
        pytest.param({"max_price_per_m2": "1980.2"}, [2], id="a highest price per m², of two decimals"),
        pytest.param({"max_price_per_m2": "999999999999.99"}, [3, 2, 1], id="no surface is no price per m²"),
        pytest.param({"min_surface_area_m2": "50.5"}, [3, 2], id="a smallest surface"),
        pytest.param({"max_surface_area_m2": "50.5"}, [4, 2, 1], id="a largest surface"),
        pytest.param({"min_rooms": "2", "max_rooms": "5"}, [3, 2], id="rooms"),
        pytest.param({"min_bedrooms": "0", "max_bedrooms": "1"}, [2, 1], id="bedrooms"),
        pytest.param({"city": "paris", "building_type": "HOUSE", "max_rooms": "5"}, [3], id="several at once"),
        pytest.param({"status": "withdrawn"}, [], id="none is withdrawn"),
        pytest.param({"status": "on-market"}, [4, 3, 2, 1], id="all are on the market"),
        pytest.param({"updated_since": "2023-01-12T09:26:36Z"}, [4, 3], id="updated then or later"),
        pytest.param({"updated_since": "2023-01-12T10:26:36+01:00"}, [4, 3], id="a time with an offset"),
        pytest.param({"sort": "price"}, [1, 2, 3, 4], id="cheapest first"),
        pytest.param({"sort": "-price", "limit": 2}, [4, 3], id="dearest first"),
        pytest.param({"sort": "price_per_m2"}, [2, 3, 1], id="cheapest per m² first, none without surface"),
        pytest.param({"sort": "-price_per_m2"}, [1, 3, 2], id="dearest per m² first, none without surface"),
        pytest.param({"sort": "-price_per_m2", "min_rooms": "9"}, [], id="only a listing without surface"),
        pytest.param({"sort": "created"}, [1, 2, 3, 4], id="oldest first"),
    ],
)
async def test_a_search_finds(client: httpx.AsyncClient, asked: dict[str, Any], found: list[int]) -> None:
    assert await find(client, **asked) == found


TEXTS: dict[int, dict[str, Any]] = {
    1: {"name": "L'élégante villa", "description": "Vue sur la mer & jardin"},
    2: {"name": "Studio", "description": "Près de la gare Saint-Lazare", "at": {"street_address": "3 quai d'Orsay"}},
    3: {
        "name": "Łódź loft",
        "description": "Straße am Meer; 3.5 rooms",
        "at": {"city": "Köln", "postal_code": "50667"},
    },
}


@pytest.fixture
async def texts(client: httpx.AsyncClient, clock: Clock) -> None:
    """The listings 1 to 3, of which each says something else."""
    for given in TEXTS.values():
        await add(client, clock, **given)


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("elegante", [1]), ("ÉLÉGANTE", [1]), ("éleg", [1]), ("legante", []), ("villa mer", [1]), ("mer", [1]),
        ("me", [3, 1]), ("villa gare", []), ("Lodz", [3]), ("łódź", [3]), ("koln 506", [3]), ("köln", [3]),
        ("orsay", [2]), ("saint-lazare", [2]), ("saint lazare", [2]), ("rivoli", [3, 1]), ("paris 75001", [2, 1]),
        ("villa & jardin", [1]), ("villa | studio", []), ("!villa", [1]), ("vil:*", [1]), ("'villa'", [1]),
        ("'", None), ("villa' | 'studio", []), ("villa\\", [1]), ("a:*b & (", []), ("<-> villa", [1]),
        ("mer <-> villa", [1]),
        ("***", None), ("  ", None), ("&|!()", None), ("_", None), ("\\", None), ("a" * 200, []), ("a" * 201, None),
        ("villa\x00", None), ("http://example.com/x'y", []), ("3.5", [3]), ("-1", [3, 1]), ("ß", []),
        ("\U0001f3e0", None), ("²", None),
    ],
)  # fmt: skip
async def test_a_text_finds_the_beginnings_of_words(
    client: httpx.AsyncClient, text: str, found: list[int] | None
) -> None:
    response = await client.get("/listings", params={"text": text})

    if found is None:
        assert response.status_code == 422
        assert response.json()["message"].startswith("text must be at most 200 characters")
    else:
        assert [listing["id"] for listing in response.json()] == found


async def test_a_text_is_found_as_it_was_last_written(client: httpx.AsyncClient, clock: Clock) -> None:
    listing_id = await add(client, clock, name="Villa")
    await client.patch(f"/listings/{listing_id}", json={"name": "Château"})

    assert await find(client, text="villa") == []
    assert await find(client, text="chateau") == [listing_id]


@pytest.fixture
async def reduced(client: httpx.AsyncClient, clock: Clock) -> None:
    """Listing 1 never changed, 2 fell by 10 %, 3 fell by half and rose a little, 4 fell from 3 to 2 €, 5 is free."""
    for price in (100, 100, 100, 3, 0):
        await add(client, clock, latest_price_eur=price)
    for listing_id, prices in ((2, [90]), (3, [50, 60]), (4, [2]), (5, [7])):
        for price in prices:
            clock.advance(days=1)
            await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price})


@pytest.mark.usefixtures("reduced")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({"reduced_since": "2023-01-12T00:00:00Z"}, [4, 2], id="a rise after a cut is no reduction"),
        pytest.param({"reduced_since": "2023-01-16T09:28:36Z"}, [4], id="at that moment or later"),
        pytest.param({"reduced_since": "2023-01-16T09:28:37Z"}, [], id="not before it"),
        pytest.param({"min_drop_percent": "10"}, [4, 3, 2], id="the drop is from the original price"),
        pytest.param({"min_drop_percent": "10.01"}, [4, 3], id="the drop counts itself"),
        pytest.param({"min_drop_percent": "33.33"}, [4, 3], id="the drop has two decimals"),
        pytest.param({"min_drop_percent": "33.34"}, [3], id="and is rounded"),
        pytest.param({"min_drop_percent": "100.0"}, [], id="nothing fell by all"),
        pytest.param({"sort": "-drop"}, [3, 4, 2, 5, 1], id="the biggest drop first"),
        pytest.param({"sort": "drop"}, [1, 5, 2, 4, 3], id="the biggest drop last"),
        pytest.param({"sort": "-changed"}, [5, 4, 3, 2, 1], id="the last change of price first"),
    ],
)
async def test_what_got_cheaper_is_found(client: httpx.AsyncClient, asked: dict[str, Any], found: list[int]) -> None:
    assert await find(client, **asked) == found


@pytest.mark.usefixtures("reduced")
async def test_withdrawn_listings_are_found_only_when_asked_for(client: httpx.AsyncClient) -> None:
    for listing_id in (4, 2):
        assert (await client.delete(f"/listings/{listing_id}")).status_code == 204

    assert await find(client, sort="created") == [1, 3, 5]
    assert await find(client, sort="created", status="withdrawn") == [2, 4]
    assert await find(client, sort="-drop", status="withdrawn") == [4, 2]
    await client.post("/listings/4/relist")
    assert await find(client, sort="created", status="withdrawn") == [2]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("country", "fr"), ("country", "XX"), ("city", ""), ("city", "a\x00"), ("postal_code", ""),
        ("building_type", "house"), ("building_type", ""), ("min_price_eur", "-1"), ("min_price_eur", "1e"),
        ("min_price_eur", "1.001"), ("max_price_eur", "1000000000000"), ("max_price_eur", "1 000"),
        ("max_price_eur", "NaN"), ("min_price_per_m2", "abc"), ("max_price_per_m2", ""),
        ("min_surface_area_m2", "-0.1"),
        ("max_surface_area_m2", "1e400"), ("max_surface_area_m2", "inf"), ("min_rooms", "0"), ("max_rooms", "1.5"),
        ("max_rooms", "1.0"), ("min_bedrooms", "-1"), ("max_bedrooms", "1000000000"), ("status", "sold"),
        ("max_bedrooms", "9" * 5000), ("updated_since", "2023"), ("updated_since", "2023-01-12T09:23:36"),
        ("updated_since", "1673515416"), ("reduced_since", "0001-01-01T00:00:00+23:00"), ("reduced_since", ""),
        ("min_drop_percent", "0"), ("min_drop_percent", "0.00"), ("min_drop_percent", "100.01"),
        ("min_drop_percent", "5.001"), ("min_drop_percent", "-5"), ("sort", "name"), ("sort", "--price"), ("sort", ""),
        ("view", "full"), ("limit", "0"),
    ],
)  # fmt: skip
async def test_a_wrong_value_is_422_that_names_it(client: httpx.AsyncClient, name: str, wrong: str) -> None:
    response = await client.get("/listings", params={name: wrong}, headers=PROBLEM)

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["pointer"] == f"?{name}"
    assert error["detail"].startswith("must be ")


@pytest.mark.parametrize(
    ("subject", "low", "high"),
    [
        ("price_eur", "2", "1.99"),
        ("price_per_m2", "10", "9"),
        ("surface_area_m2", "10", "9.5"),
        ("rooms", "3", "2"),
        ("bedrooms", "1", "0"),
    ],
)
async def test_bounds_that_contradict_each_other_are_422_that_names_both(
    client: httpx.AsyncClient, subject: str, low: str, high: str
) -> None:
    bounds = {f"min_{subject}": low, f"max_{subject}": high}
    response = await client.get("/listings", params=bounds, headers=PROBLEM)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"?min_{subject}", f"?max_{subject}"]


async def test_every_wrong_filter_is_named_at_once(client: httpx.AsyncClient) -> None:
    response = await client.get("/listings?country=fr&min_rooms=x&sort=y", headers=PROBLEM)

    assert {error["pointer"] for error in response.json()["errors"]} == {"?country", "?min_rooms", "?sort"}


@pytest.mark.parametrize("name", ["city", "min_rooms", "sort", "view", "text"])
async def test_a_filter_that_is_no_list_is_given_once(client: httpx.AsyncClient, name: str) -> None:
    response = await client.get(f"/listings?{name}=1&{name}=1", headers=PROBLEM)

    assert response.status_code == 422
    assert response.json()["errors"] == [{"pointer": f"?{name}", "detail": "must be given only once"}]


@pytest.mark.usefixtures("reduced")
async def test_a_detailed_search_sums_up_the_prices_of_each_listing(client: httpx.AsyncClient, clock: Clock) -> None:
    await client.delete("/listings/2")
    plain = (await client.get("/listings?sort=created")).json()
    detailed = (await client.get("/listings?sort=created&view=detailed")).json()

    assert [{name: item[name] for name in item.keys() - {"summary", "status"}} for item in detailed] == plain
    for item in detailed:
        assert item["status"] == "on-market"
        assert item["summary"] == (await client.get(f"/listings/{item['id']}/prices/summary")).json()
    [summary] = [item["summary"] for item in detailed if item["id"] == 3]
    assert (summary["cuts_count"], summary["rises_count"], summary["lowest_price_eur"]) == (1, 1, 50)

    [withdrawn] = (await client.get("/listings?view=detailed&status=withdrawn")).json()
    assert (withdrawn["id"], withdrawn["status"]) == (2, "withdrawn")
    assert withdrawn["withdrawn_date"] == clock.now.isoformat().replace("+00:00", "Z")
