"""The plans of reviews at 200 000 of them: a page walks an index."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from listingapi.reviews.repository import Place, page_of
from listingapi.reviews.schemas import State
from tests.conftest import TestDatabase
from tests.plans import filled, pages_of, plan_of, reading

LIMIT = 101
# A fifth of them are of account 1; one in ten is open.
FILL = """
    INSERT INTO pricing.price_review (
        listing_id, version, account_id, price_eur, created_date, flags, state, settled_date, settled_by_account_id
    )
    SELECT
        n, 1, CASE WHEN n % 20 < 4 THEN 1 ELSE n % 10000 + 2 END, n, '2023-01-01Z'::timestamptz + n * interval '1 s',
        '[]', CASE WHEN n % 10 = 0 THEN 'open' ELSE 'approved' END,
        CASE WHEN n % 10 > 0 THEN '2024-01-01Z'::timestamptz END, CASE WHEN n % 10 > 0 THEN 1 END
    FROM generate_series(1, 200000) AS n
"""
# Of an account that has a fifth of all, those of all are nearly as good.
INDEXES_OF = {
    None: {"price_review_by_state"},
    1: {"price_review_of_account", "price_review_by_state"},
    17: {"price_review_of_account"},
    7_777_777: {"price_review_of_account"},
}
MIDDLE = (datetime(2023, 1, 2, tzinfo=UTC), 86_400, 1)


@pytest.fixture(scope="module")
def long_queue(create_database: Callable[[], TestDatabase]) -> TestDatabase:
    """A database of 200 000 reviews."""
    return filled(create_database, fill)


async def fill(connection: Any) -> None:
    await connection.execute(FILL)
    await connection.execute("ANALYZE pricing.price_review")


@pytest.fixture
async def session(long_queue: TestDatabase) -> AsyncIterator[Any]:
    """A session like those that reviews are read on."""
    async with reading(long_queue) as connection:
        yield connection


@pytest.mark.parametrize("after", [None, MIDDLE])
@pytest.mark.parametrize("state", ["open", "approved"])
@pytest.mark.parametrize("account_id", INDEXES_OF)
async def test_a_page_walks_an_index(session: Any, state: State, account_id: int | None, after: Place | None) -> None:
    statement, arguments = page_of(state, account_id, after=after, limit=LIMIT)
    plan = await plan_of(session, statement, *arguments)
    [scan] = plan["Plans"]

    assert (plan["Node Type"], scan["Node Type"]) == ("Limit", "Index Scan")
    assert scan["Index Name"] in INDEXES_OF[account_id]
    assert pages_of(plan) <= LIMIT + 10
