"""The plans of statistics at 200 000 listings: those of the market alone are read, from an index alone."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from listingapi.markets.repository import KEEP_NEXT, KEEP_SOME, STATISTICS
from listingapi.markets.schemas import Market, MonthRange
from tests.conftest import TestDatabase
from tests.plans import Plan, filled, pages_of, plan_of, reading, vacuum

# 100 cities and 50 months; one of the cities has half of the listings.
FILL = """
    INSERT INTO pricing.market_listing
    SELECT
        n, 1, 'FR', city, left(city, 100), (ARRAY['STUDIO', 'APARTMENT', 'HOUSE'])[n % 3 + 1],
        ('2020-01-01'::date + (n % 50) * interval '1 month')::date, n, n / 50.0, CASE WHEN n % 4 = 0 THEN n % 100 END
    FROM generate_series(1, 200000) AS n,
        LATERAL (SELECT CASE WHEN n % 2 = 0 THEN 'metropolis' ELSE 'town ' || n % 100 END AS city) AS place
"""
MOST_PAGES = {"Metropolis": 400, "TOWN 17": 40, "Nowhere": 5, "Nowhere" * 20: 5}


@pytest.fixture(scope="module")
def crowded(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """A database of 200 000 listings, as they are kept for statistics."""
    return filled(create_database, fill)


async def fill(connection: Any) -> None:
    await connection.execute(FILL)
    await connection.execute("CHECKPOINT")  # what is not on the disk is not marked as visible to all
    await vacuum(connection, "pricing.market_listing")


@pytest.fixture
async def session(crowded: TestDatabase) -> AsyncIterator[Any]:
    """A session like those that statistics are read on."""
    async with reading(crowded) as connection:
        yield connection


def scan_of(plan: Plan) -> Plan:
    """The node that reads a table."""
    while "Plans" in plan:
        [plan] = plan["Plans"]
    return plan


@pytest.mark.parametrize("months", [MonthRange(), MonthRange(from_month="2021-01", to_month="2021-06")], ids=str)
@pytest.mark.parametrize("city", MOST_PAGES)
async def test_statistics_are_read_from_an_index_alone(session: Any, city: str, months: MonthRange) -> None:
    market = Market("FR", city, "HOUSE")
    plan = await plan_of(
        session, STATISTICS, market.country, market.city, market.building_type, months.first, months.last
    )
    scan = scan_of(plan)

    if len(city) < 100:
        assert (scan["Node Type"], scan["Heap Fetches"]) == ("Index Only Scan", 0)
    assert scan["Index Name"] == "market_listing_by_market"
    assert "Filter" not in scan or len(city) >= 100
    assert pages_of(plan) <= MOST_PAGES[city]


async def test_counting_one_listing_reads_that_alone(session: Any) -> None:
    async with session.transaction():
        await session.execute("SET LOCAL enable_seqscan = off")  # the table of listings is empty here
        [[text]] = await session.fetch(f"EXPLAIN (FORMAT JSON) {KEEP_SOME}", [5])
        [[next_text]] = await session.fetch(f"EXPLAIN (FORMAT JSON) {KEEP_NEXT}", 5, 10)

    assert '"Index Name": "listing_pkey"' in text
    assert '"Index Name": "listing_pkey"' in next_text
