"""Puts rows into the outbox as writes do: with the listing locked before a number is drawn."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.samples import data_of
from tests.until import until

NOW = datetime(2023, 1, 12, 9, 23, 36, tzinfo=UTC)

# A transaction that has a lock of its own has an id, too, as one that has locked a row.
LOCK = "SELECT pg_advisory_xact_lock(1, $1), pg_current_xact_id()"
ADD = """
    INSERT INTO outbox (listing_id, version, type, account_id, created_date, trace, data)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def add(  # noqa: PLR0913 - what a row has
    connection: Any,
    listing_id: int,
    version: int = 1,
    kind: str = "listing.updated",
    *,
    account_id: int = 1,
    created_date: datetime | None = None,
    trace: str | None = None,
    data: str | None = None,
) -> None:
    """Add an event, of now and with some data if none are given, in the transaction that the connection is in."""
    await connection.execute(LOCK, listing_id)
    created_date, data = created_date or datetime.now(UTC), data or data_of(kind)
    await connection.execute(ADD, listing_id, version, kind, account_id, created_date, trace, data)


async def fill(connection: Any, number: int, *, first_version: int = 1, listings: int = 1) -> None:
    """Add many events of some listings, one version after the other."""
    await connection.execute(
        """
        INSERT INTO outbox (listing_id, version, type, account_id, created_date, data)
        SELECT n % $3, $2::bigint + n / $3, 'listing.updated', 1, $4, $5
        FROM generate_series(0, $1 - 1) AS n
        """,
        number,
        first_version,
        listings,
        datetime.now(UTC),
        data_of("listing.updated"),
    )


async def sequenced(connection: Any, position: int) -> None:
    """Wait until the feed has come to a position."""

    async def has_come() -> bool:
        reached: int = await connection.fetchval("SELECT position FROM event_feed")
        return reached >= position

    await until(has_come)


async def age(connection: Any, position: int, days: float) -> None:
    """Have an event be in the feed since so many days ago."""
    await connection.execute(
        "UPDATE event SET sequenced_date = now() - $2::interval WHERE position = $1", position, timedelta(days=days)
    )


async def published(connection: Any, position: int) -> None:
    """Have all partitions be published up to a position."""
    await connection.execute("UPDATE relay_partition SET position = $1", position)
