"""The plans of searches at 200 000 listings: whatever is looked for, no table is read as a whole."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest

from listingapi.listings.filters import Search, Sort
from listingapi.listings.search import found_by, order_of, page_of
from listingapi.query import read_query
from tests import crowd
from tests.conftest import TestDatabase
from tests.plans import Plan, filled, nodes_of, pages_of, plan_of, reading

LIMIT = 101
SORTS: tuple[str, ...] = get_args(Sort)

# Each filter with a value that few listings have, one that many have, and one that none has.
VALUES: dict[str, tuple[Any, ...]] = {
    "country": ("LU", "FR", "JP"),
    "city": ("rareville", "TOWN 59", "Nowhere", "Nowhere" * 20),
    "postal_code": ("10000", "10", "999", "10" * 20),
    "building_type": (["STUDIO"], ["APARTMENT", "HOUSE", "STUDIO"]),
    "min_price_eur": ("729990", "30000", "99999999"),
    "max_price_eur": ("30010", "729999", "1"),
    "min_price_per_m2": ("36000", "1", "9999999"),
    "max_price_per_m2": ("160", "99999", "1"),
    "min_surface_area_m2": ("200", "20", "5000"),
    "max_surface_area_m2": ("0", "200", "0.5"),
    "min_rooms": ("7", "1", "50"),
    "max_rooms": ("1", "50"),
    "min_bedrooms": ("5", "0", "50"),
    "max_bedrooms": ("0", "50"),
    "text": ("9972", "light", "quiet home", "nowhere"),
    "status": ("withdrawn", "on-market"),
    "updated_since": ("2023-03-03T00:00:00Z", "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
    "reduced_since": ("2023-03-03T00:00:00Z", "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
    "min_drop_percent": ("28", "1", "99"),
}
SINGLE = [{name: value} for name, values in VALUES.items() for value in values]
COMBINED: list[dict[str, Any]] = [
    {"city": "Town 59", "min_price_eur": "200000", "max_price_eur": "300000"},
    {"city": "Rareville", "min_rooms": "3"},
    {"city": "Town 30", "text": "quiet"},
    {"city": "Town 30", "status": "withdrawn"},
    {"postal_code": "105", "min_rooms": "3", "max_rooms": "4"},
    {"country": "LU", "building_type": ["HOUSE"]},
    {"country": "FR", "building_type": ["HOUSE"], "min_bedrooms": "4", "min_surface_area_m2": "150"},
    {"reduced_since": "2023-02-01T00:00:00Z", "min_drop_percent": "10"},
    {"text": "quiet", "max_price_eur": "50000"},
    {"text": "9972", "status": "withdrawn"},
    {"status": "withdrawn", "updated_since": "2023-02-01T00:00:00Z"},
]

PLACES = {datetime: datetime(2022, 1, 1, tzinfo=UTC), Decimal: Decimal(20)}


@pytest.fixture(scope="module")
def crowded(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """A database of 200 000 listings."""
    return filled(create_database, crowd.fill)


@pytest.fixture
async def session(crowded: TestDatabase) -> AsyncIterator[Any]:
    """A session like those that searches run on."""
    async with reading(crowded) as connection:
        yield connection


async def nodes_of_page(session: Any, search: Search, **options: Any) -> list[Plan]:
    """The nodes of the plan for a page of a search."""
    statement, arguments = page_of(search, **{"after": None, "limit": LIMIT, **options})
    [[plan]] = await session.fetch(f"EXPLAIN (FORMAT JSON) {statement}", *arguments)
    return list(nodes_of(json.loads(plan)[0]["Plan"]))


def read_whole(nodes: list[Plan]) -> list[str]:
    """The large tables of a plan that are read from their beginning to their end."""
    found = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
    return [table for table in found if table != "listing_price_correction"]


def name_of(asked: dict[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in asked.items())


@pytest.mark.parametrize("asked", [{}, *SINGLE, *COMBINED], ids=name_of)
async def test_no_search_reads_a_table_as_a_whole(session: Any, asked: dict[str, Any]) -> None:
    for sort in SORTS:
        search = read_query({**asked, "sort": sort}, Search)
        place = (PLACES[order_of(search)[0].kind], 100_000)
        for after in (None, place):
            assert read_whole(await nodes_of_page(session, search, after=after)) == [], (sort, after)


@pytest.mark.parametrize("status", ["on-market", "withdrawn"])
@pytest.mark.parametrize("sort", SORTS)
async def test_a_sort_is_the_order_of_an_index(session: Any, sort: str, status: str) -> None:
    search = read_query({"sort": sort, "status": status}, Search)
    for after in (None, (PLACES[order_of(search)[0].kind], 100_000)):
        *above, limit, scan = await nodes_of_page(session, search, after=after)

        assert (limit["Node Type"], scan["Node Type"]) == ("Limit", "Index Scan")
        assert ("Filter" in scan, "listing_id" in scan["Index Cond"]) == (False, after is not None)
        assert all(node["Plan Rows"] <= LIMIT for node in above)


@pytest.mark.parametrize("sort", SORTS)
async def test_a_detailed_page_reads_the_histories_of_its_own_listings(session: Any, sort: str) -> None:
    nodes = await nodes_of_page(session, read_query({"sort": sort}, Search), detailed=True)

    assert read_whole(nodes) == []
    assert all(node["Plan Rows"] <= LIMIT for node in nodes if node["Node Type"] == "Sort")


@pytest.mark.parametrize("sort", SORTS)
async def test_page_1_and_page_1_500_cost_the_same(session: Any, sort: str) -> None:
    search = read_query({"sort": sort}, Search)
    statement, arguments = found_by(search, after=None, limit=150_000)
    last = await session.fetchrow(f"SELECT place, listing_id FROM ({statement}) AS pages OFFSET 149999", *arguments)
    for after in (None, tuple(last)):
        statement, arguments = page_of(search, after=after, limit=LIMIT)
        plan = await plan_of(session, statement, *arguments)
        assert pages_of(plan) < 2 * LIMIT, "a page of the table for each listing, and a few of the index"


async def test_a_table_that_is_read_as_a_whole_would_be_seen(session: Any) -> None:
    async with session.transaction():
        await session.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")

        assert read_whole(await nodes_of_page(session, Search())) == ["listing"]


@pytest.mark.parametrize(("mode", "pages_at_most"), [("force_custom_plan", 100), ("force_generic_plan", None)])
async def test_only_a_plan_for_its_value_finds_a_rare_city_quickly(
    session: Any, mode: str, pages_at_most: int | None
) -> None:
    statement, _ = page_of(read_query({"city": "Rareville"}, Search), after=None, limit=LIMIT)
    await session.execute(f"SET plan_cache_mode = {mode}; PREPARE searched (text, bigint) AS {statement}")
    plan = await plan_of(session, "EXECUTE searched ('Rareville', 101)")

    assert plan["Actual Rows"] == 10
    assert pages_of(plan) <= pages_at_most if pages_at_most else pages_of(plan) > 1000
