"""The plans of the audit trail at 200 000 entries: a page of all, of an account or of a listing walks an index."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from listingapi.audit.repository import page_of
from listingapi.audit.schemas import AuditSearch
from tests.conftest import TestDatabase
from tests.plans import Plan, filled, pages_of, plan_of, reading

LIMIT = 101
# Account 1 did half of it, 10 000 others the rest; an entry in two is of one of 1 000 listings.
FILL = """
    INSERT INTO audit_entry (account_id, created_date, actor, operation, listing_id)
    SELECT
        CASE WHEN n % 2 = 0 THEN 1 ELSE n % 10000 + 2 END, '2023-01-01Z'::timestamptz + n * interval '1 s',
        'key ' || n % 100, 'patch-listing', CASE WHEN n % 3 > 0 THEN n % 1000 END
    FROM generate_series(1, 200000) AS n
"""


@pytest.fixture(scope="module")
def long_trail(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """A database of 200 000 entries."""
    return filled(create_database, fill)


async def fill(connection: Any) -> None:
    await connection.execute(FILL)
    await connection.execute("ANALYZE audit_entry")


@pytest.fixture
async def session(long_trail: TestDatabase) -> AsyncIterator[Any]:
    """A session like those that the trail is read on."""
    async with reading(long_trail) as connection:
        yield connection


async def plan_of_page(session: Any, search: AuditSearch, after: int | None) -> Plan:
    statement, arguments = page_of(search, after=after, limit=LIMIT)
    return await plan_of(session, statement, *arguments)


@pytest.mark.parametrize("after", [None, 100_000])
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "audit_entry_newest_first"),
        ({"account_id": 5}, "audit_entry_pkey"),
        ({"account_id": 7_777_777}, "audit_entry_pkey"),
        ({"listing_id_": 5}, "audit_entry_of_listing"),
        ({"listing_id_": 7_777_777}, "audit_entry_of_listing"),
    ],
    ids=str,
)
async def test_a_page_walks_an_index(session: Any, asked: dict[str, Any], index: str, after: int | None) -> None:
    plan = await plan_of_page(session, AuditSearch(**asked), after)
    [scan] = plan["Plans"]

    assert (plan["Node Type"], scan["Node Type"], scan["Index Name"]) == ("Limit", "Index Scan", index)
    assert "Filter" not in scan
    assert pages_of(plan) < 2 * LIMIT


async def test_the_page_of_an_account_that_did_half_of_all_reads_no_more(session: Any) -> None:
    plan = await plan_of_page(session, AuditSearch(account_id=1), None)

    assert plan["Actual Rows"] == LIMIT
    assert pages_of(plan) < 2 * LIMIT


async def test_a_trail_that_is_read_as_a_whole_would_be_seen(session: Any) -> None:
    async with session.transaction():
        await session.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
        plan = await plan_of_page(session, AuditSearch(), None)

    assert pages_of(plan) > 2 * LIMIT
