"""Backlog and lag are seen however much there is, and what can't be seen is not shown."""

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
from prometheus_client import REGISTRY

from listingapi.app import RELAY_SESSION
from listingapi.events import metrics, relay_repository
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from tests import pools
from tests.conftest import TestDatabase

FILL_FEED = """
    WITH added AS (
        INSERT INTO event (position, listing_id, version, type, account_id, created_date, data)
        SELECT row_number() OVER (ORDER BY place, listing_id), listing_id, place, 'price.changed', 1, now(), '{}'
        FROM (
            SELECT listing_id, (number * 20000.0 / most)::bigint AS place
            FROM (
                SELECT listing_id,
                    CASE WHEN listing_id < 12 THEN 5000 WHEN listing_id > 12 THEN 10 ELSE 20000 END AS most
                FROM generate_series(0, 15) AS listing_id
            ) AS each CROSS JOIN LATERAL generate_series(1, most) AS number
        ) AS spread
        RETURNING position
    )
    UPDATE event_feed SET position = (SELECT max(position) FROM added) WHERE name = 'events'
"""


@pytest.fixture
async def relaying(database: TestDatabase) -> AsyncIterator[Database]:
    """The database as relays see it."""
    async with pools.opened(database, pool_size=1, session=RELAY_SESSION) as connected:
        yield connected


async def test_a_large_backlog_is_estimated_by_its_beginning(relaying: Database, superuser: Any) -> None:
    """Of each partition so many events are counted; 12 partitions have 5 000 each, one 20 000, three 10."""
    await superuser.execute(FILL_FEED)

    found = await relay_repository.backlog(relaying)
    scanned = await superuser.fetchval("SELECT count(*) FROM event")

    assert scanned == 12 * 5_000 + 20_000 + 3 * 10
    assert found == pytest.approx(scanned, rel=0.02)


async def test_what_can_not_be_seen_is_no_number(
    relaying: Database, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await superuser.execute(FILL_FEED)
    await metrics.measure(relaying)
    number, seconds = shown()
    assert number == pytest.approx(80_030, rel=0.02)
    assert seconds == pytest.approx(0, abs=60)

    async def takes_too_long(_: Database) -> int:
        raise TimeoutError

    await superuser.execute("UPDATE event SET sequenced_date = now() - interval '90 s'")
    monkeypatch.setattr(relay_repository, "backlog", takes_too_long)
    with pytest.raises(TimeoutError):
        await metrics.measure(relaying)
    number, seconds = shown()
    assert math.isnan(number)
    assert seconds == pytest.approx(90, abs=60)

    with pytest.raises(DatabaseUnavailable):
        await metrics.measure(Database(pool_size=1))
    assert [math.isnan(each) for each in shown()] == [True, True]


def shown() -> tuple[float, float]:
    """Backlog and lag as Prometheus reads them."""
    backlog, lag = (REGISTRY.get_sample_value(f"listingapi_events_{name}") for name in ("backlog", "lag_seconds"))
    assert backlog is not None
    assert lag is not None
    return backlog, lag
