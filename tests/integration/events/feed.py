"""The feed as a test sees it in the database."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from listingapi.app import EVENTS_SESSION
from listingapi.infra.database import Database
from tests import pools
from tests.conftest import TestDatabase


def opened(database: TestDatabase) -> AbstractAsyncContextManager[Database]:
    """The database as the application sees it for events."""
    return pools.opened(database, pool_size=4, session=EVENTS_SESSION)


async def feed(connection: Any) -> list[tuple[int, int]]:
    """The listing and the version of each event, once it was seen that their positions have no gap."""
    rows = await connection.fetch("SELECT position, listing_id, version FROM event ORDER BY position")
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert await connection.fetchval("SELECT position FROM event_feed") == len(rows)
    return [(row["listing_id"], row["version"]) for row in rows]
