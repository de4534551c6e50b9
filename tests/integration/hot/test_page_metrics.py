"""What is kept of pages is seen from outside."""

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import REGISTRY

from listingapi.access.scopes import Scope
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.until import until

FOUND, MISSED = "listingapi_cache_pages_found_total", "listingapi_cache_pages_missed_total"
KEPT, BYTES = "listingapi_cache_pages", "listingapi_cache_pages_bytes"


def told(*names: str) -> tuple[float, ...]:
    """What the metrics of this process say."""
    return tuple(REGISTRY.get_sample_value(name) or 0 for name in names)


@pytest.fixture
async def visitor(database: TestDatabase, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(database.settings(anonymous_scopes={Scope.LISTINGS_READ}), clock) as connected:
        yield connected


async def test_pages_are_counted_by_whether_they_were_kept(visitor: httpx.AsyncClient) -> None:
    found, missed = told(FOUND, MISSED)
    for _ in range(3):
        await visitor.get("/listings?limit=3")
    await visitor.get("/listings?limit=3", headers={"Cache-Control": "no-cache"})

    async def are_told() -> bool:
        found_now, missed_now = told(FOUND, MISSED)
        return found_now + missed_now == found + missed + 4

    await until(are_told)
    kept, size = told(KEPT, BYTES)
    assert told(MISSED)[0] - missed >= 2
    assert told(FOUND)[0] - found >= 1
    assert kept >= 1
    assert size > 0
