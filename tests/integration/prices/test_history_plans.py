"""How PostgreSQL reads one history among many: that of its listing alone, and the plain one from the index."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from listingapi.pagination import LARGEST_BIGINT
from listingapi.prices import repository, story_repository
from tests.conftest import TestDatabase
from tests.plans import Plan, filled, nodes_of, plan_of, reading, vacuum

LISTINGS, ENTRIES = 5_000, 8
MANY = f"""
    INSERT INTO listing (
        account_id, version, name, description, building_type, latest_price_eur, original_price_eur, price_version,
        price_changed_date, surface_area_m2, rooms_count, bedrooms_count, street_address, postal_code, city, country,
        created_date, updated_date
    )
    SELECT account_id, 20, 'x', 'x', 'HOUSE', 1, 1, 1, now(), 1, 1, 0, 'x', 'x', 'x', 'FR', now(), now()
    FROM account, generate_series(1, {LISTINGS});
    INSERT INTO listing_price
    SELECT listing_id, nth, nth, now(), now(), 'api'
    FROM generate_series(1, {ENTRIES}) AS nth, listing;
    INSERT INTO listing_price_correction
    SELECT listing_id, 9, 5, 55, 'x', account_id, now() FROM listing;
    INSERT INTO listing_market_change
    SELECT listing_id, 10, 'relisted', now(), now(), account_id FROM listing;
"""
ONE = 2_345
WINDOW = (None, None)
FUTURE, PAST = datetime(2999, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)
FIRST = {"asc": 0, "desc": LARGEST_BIGINT}
READS = {
    **{f"history {way}": (repository.HISTORY % repository.IN_ORDER[way], (*WINDOW, FIRST[way], 101)) for way in FIRST},
    **{
        f"detailed history {way}": (
            repository.DETAILED % repository.IN_ORDER[way],
            (*WINDOW, FIRST[way], 0, 101, True, None),
        )
        for way in FIRST
    },
    "summary": (repository.SUMMARY, ()),
    "price now": (story_repository.IN_FORCE_NOW, (FUTURE,)),
    "price of the past": (story_repository.IN_FORCE_NOW, (PAST,)),
    "price then": (story_repository.IN_FORCE_THEN, (FUTURE, FUTURE)),
    "correction": (story_repository.CORRECTED, (3, 55)),
}
PLAIN = [name for name in READS if name.startswith("history") or name == "summary"]


@pytest.fixture(scope="module")
def many(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """A database with many histories."""
    return filled(create_database, fill)


async def fill(connection: Any) -> None:
    await connection.execute(MANY)
    await vacuum(connection, "listing", "listing_price", "listing_price_correction", "listing_market_change")


@pytest.fixture
async def session(many: TestDatabase) -> AsyncIterator[Any]:
    """A session like those that histories are read on."""
    async with reading(many) as connection:
        yield connection


async def scans_of(session: Any, read: str) -> list[Plan]:
    statement, arguments = READS[read]
    plan = await plan_of(session, statement, ONE, *arguments)
    return [node for node in nodes_of(plan) if "Relation Name" in node]


@pytest.mark.parametrize("read", READS)
async def test_a_read_touches_its_listing_alone(session: Any, read: str) -> None:
    scans = await scans_of(session, read)
    tables = {scan["Relation Name"] for scan in scans}

    assert {"listing_price", "listing_price_correction"} <= tables
    for scan in scans:
        assert "listing_id = " in scan.get("Index Cond", ""), scan
        assert scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) <= ENTRIES
        assert scan["Actual Loops"] <= 1


@pytest.mark.parametrize("read", PLAIN)
async def test_the_plain_history_is_read_from_the_index_alone(session: Any, read: str) -> None:
    [entries] = [scan for scan in await scans_of(session, read) if scan["Relation Name"] == "listing_price"]

    assert entries["Node Type"] == "Index Only Scan"
    assert entries["Actual Rows"] == ENTRIES


@pytest.mark.parametrize("read", ["price now", "correction"])
async def test_what_was_said_last_is_read_without_what_was_said_before(session: Any, read: str) -> None:
    scans = [scan for scan in await scans_of(session, read) if scan["Actual Loops"]]
    entries = [scan for scan in scans if scan["Relation Name"] == "listing_price"]

    assert {scan["Node Type"] for scan in entries} == {"Index Only Scan"}
    assert max(scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) for scan in entries) == 1
