"""The statistics of markets, as they are asked for."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests import factories
from tests.clock import Clock
from tests.integration.markets.counting import answered, exact
from tests.settled import settled

PARIS = ("FR", "Paris", "APARTMENT")
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 2


async def create(client: httpx.AsyncClient, *prices: Any, **changed: Any) -> None:
    for price in prices:
        created = await client.post("/listings", json=factories.listing(latest_price_eur=price, **changed))
        created.raise_for_status()


async def number(client: httpx.AsyncClient, *market: str) -> int:
    """How many listings a market has had in all months."""
    return sum(month["listings_count"] for month in await answered(client, (market[0], market[1], market[2])))


async def test_a_market_is_described_month_by_month(client: httpx.AsyncClient, clock: Clock, superuser: Any) -> None:
    await create(client, 100_000, 200_000, 300_000, 400_000, "500000.01", surface_area_m2=100)
    for listing_id, price in enumerate((90_000, 100_000, 270_000, 380_000, 499_999), 1):
        await client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price})
    clock.set("2023-02-01T00:00:00Z")
    await create(client, 1)
    await settled(superuser)

    answer = await client.get("/markets/FR/Paris/APARTMENT/statistics")

    assert exact(answer) == {
        "country": "FR", "city": "Paris", "building_type": "APARTMENT",
        "months": [
            {
                "month": "2023-01", "listings_count": 5, "median_price_eur": 270_000,
                "lower_quartile_price_eur": 100_000, "upper_quartile_price_eur": 380_000,
                "with_surface_count": 5, "median_price_per_m2_eur": 2_700, "reduced_count": 5,
                "reduced_share_percent": 100, "median_cut_percent": 10,
            },
            {"month": "2023-02", "listings_count": 1},
        ],
    }  # fmt: skip


async def test_a_median_between_two_prices_is_exact_to_the_cent(client: httpx.AsyncClient, superuser: Any) -> None:
    await create(client, "0.01", "0.02", "0.02", "999999999999.98", "999999999999.99", "999999999999.99")
    await settled(superuser)

    [month] = await answered(client, PARIS)

    assert month["median_price_eur"] == Decimal("500000000000.00")
    assert month["lower_quartile_price_eur"] == Decimal("0.02")
    assert month["upper_quartile_price_eur"] == Decimal("999999999999.99")


async def test_months_are_those_of_utc(client: httpx.AsyncClient, clock: Clock, superuser: Any) -> None:
    await superuser.execute("ALTER ROLE listingapi_app SET timezone = 'Pacific/Kiritimati'")
    for time in ("2023-03-31T23:59:59.999999Z", "2023-04-01T00:00:00Z", "2023-04-30T23:59:59Z"):
        clock.set(time)
        await create(client, 1)
    await settled(superuser)
    await superuser.execute("ALTER ROLE listingapi_app RESET timezone")

    assert [(month["month"], month["listings_count"]) for month in await answered(client, PARIS)] == [
        ("2023-03", 1), ("2023-04", 2),
    ]  # fmt: skip


async def test_withdrawn_listings_still_count(client: httpx.AsyncClient, superuser: Any) -> None:
    await create(client, 1, 2)
    await client.delete("/listings/1")
    await settled(superuser)

    assert await number(client, *PARIS) == 2


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Paris", "PARIS"), ("Évry", "évry"), ("EVRY", "Evry"), ("Évry", "Evry"), (LONG, LONG.upper()),
        (LONG + "a", LONG + "b"), (LONG, LONG + "x"), ("Bad Nauheim", "Bad  Nauheim"), ("a%b", "a%b"), ("?#", "?#"),
        ("a+b", "a+b"), ("Biel/Bienne", "biel/bienne"), ("/", "/"), ("a%2Fb", "a%2fb"), ("a/b", "a%2Fb"),
    ],
)  # fmt: skip
async def test_a_city_is_the_same_as_for_a_search(
    client: httpx.AsyncClient, superuser: Any, written: str, asked: str
) -> None:
    await create(client, 1, postal_address=factories.address(city=written))
    await settled(superuser)

    found = (await client.get("/listings", params={"city": asked})).json()
    statistics = (await client.get(f"/markets/FR/{quote(asked, safe='')}/APARTMENT/statistics")).json()

    assert len(statistics["months"]) == len(found)
    assert statistics["city"] == asked


async def test_a_market_has_one_country_city_and_kind_of_building(client: httpx.AsyncClient, superuser: Any) -> None:
    await create(client, 1)
    await create(client, 1, building_type="HOUSE")
    await create(client, 1, postal_address=factories.address(country="BE"))
    await settled(superuser)

    assert await number(client, *PARIS) == 1
    assert await number(client, "FR", "Paris", "HOUSE") == 1
    assert await number(client, "BE", "Paris", "APARTMENT") == 1
    assert await number(client, "FR", "Paris", "STUDIO") == 0


async def test_a_listing_that_is_said_to_be_elsewhere_counts_there(client: httpx.AsyncClient, superuser: Any) -> None:
    await create(client, 1)
    await client.patch("/listings/1", json={"postal_address": {"city": "Lyon"}, "building_type": "STUDIO"})
    await settled(superuser)

    assert await number(client, *PARIS) == 0
    assert await number(client, "FR", "Lyon", "STUDIO") == 1


@pytest.mark.parametrize(
    ("asked", "months"),
    [
        ("", ["2023-01", "2023-02", "2023-03"]),
        ("?from_month=2023-02", ["2023-02", "2023-03"]),
        ("?to_month=2023-02", ["2023-01", "2023-02"]),
        ("?from_month=2023-02&to_month=2023-02", ["2023-02"]),
        ("?from_month=0001-01&to_month=9999-12", ["2023-01", "2023-02", "2023-03"]),
        ("?from_month=2024-01", []),
    ],
)
async def test_some_months_can_be_asked_for(
    client: httpx.AsyncClient, clock: Clock, superuser: Any, asked: str, months: list[str]
) -> None:
    for month in (1, 2, 3):
        clock.set(f"2023-0{month}-28T00:00:00Z")
        await create(client, 1)
    await settled(superuser)

    answer = await client.get(f"/markets/FR/Paris/APARTMENT/statistics{asked}")

    assert [month["month"] for month in answer.json()["months"]] == months


async def test_of_very_many_months_the_newest_are_answered(client: httpx.AsyncClient, superuser: Any) -> None:
    await superuser.execute("""
        INSERT INTO pricing.market_listing
        SELECT n, 1, 'FR', 'paris', 'paris', 'APARTMENT', '0901-01-01'::date + n * interval '1 month', 1, NULL, NULL
        FROM generate_series(0, 1200) AS n
    """)

    months = [month["month"] for month in await answered(client, PARIS)]

    assert (len(months), months[0], months[-1]) == (1200, "0901-02", "1001-01")
    earlier = await client.get("/markets/FR/Paris/APARTMENT/statistics?to_month=0901-01")
    assert [month["month"] for month in earlier.json()["months"]] == ["0901-01"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("from_month=2023-13", "from_month must be a month of the years 0001 to 9999, such as 2026-01"),
        ("to_month=0000-01", "to_month must be a month of the years 0001 to 9999, such as 2026-01"),
        ("to_month=2023-1", "to_month must be a month of the years 0001 to 9999, such as 2026-01"),
        ("from_month=2023-01-01", "from_month must be a month of the years 0001 to 9999, such as 2026-01"),
        ("from_month=٢٠٢٣-01", "from_month must be a month of the years 0001 to 9999, such as 2026-01"),
        ("from_month=2023-01%0A", "from_month must be a month of the years 0001 to 9999, such as 2026-01"),
        (
            "from_month=2023-02&to_month=2023-01",
            "from_month must not be after to_month; to_month must not be before from_month",
        ),
        ("month=2023-01", "month is not a parameter here; there are from_month, to_month"),
    ],
)
async def test_a_month_that_is_none_is_refused(client: httpx.AsyncClient, asked: str, message: str) -> None:
    answer = await client.get(f"/markets/FR/Paris/APARTMENT/statistics?{asked}")

    assert (answer.status_code, answer.json()) == (422, {"message": message})


@pytest.mark.parametrize(
    "path",
    [
        "fr/Paris/HOUSE", "XX/Paris/HOUSE", "FR/Paris/house", "FR/Paris/CASTLE", "FR//HOUSE", "FR/a%00b/HOUSE",
        "FR/%ff/HOUSE", "FR/a%2F%c3/HOUSE", "FR/%ed%a0%80/HOUSE",
    ],
)  # fmt: skip
async def test_a_market_that_there_can_not_be_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/markets/{path}/statistics")

    assert answer.status_code == 404
