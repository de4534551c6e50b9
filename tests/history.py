"""What must hold in the database at any moment, whatever happened before."""

from decimal import Decimal

import asyncpg

# A listing is half-written if its newest entry is not its price, or came with another version or date.
HALF_WRITTEN = """
    SELECT listing.listing_id
    FROM listing
    LEFT JOIN LATERAL (
        SELECT * FROM listing_price
        WHERE listing_price.listing_id = listing.listing_id
        ORDER BY version DESC
        LIMIT 1
    ) AS newest ON true
    WHERE (newest.price_eur, newest.version, newest.created_date)
        IS DISTINCT FROM (listing.latest_price_eur, listing.price_version, listing.price_changed_date)
"""

# Two entries that follow each other must differ, and time must not run backwards between them.
OUT_OF_ORDER = """
    SELECT listing_id, version
    FROM (
        SELECT listing_id, version, price_eur, created_date,
            lag(price_eur) OVER history AS price_before, lag(created_date) OVER history AS date_before
        FROM listing_price
        WINDOW history AS (PARTITION BY listing_id ORDER BY version)
    ) AS entry
    WHERE price_eur = price_before OR created_date < date_before
"""

PRICES = "SELECT price_eur FROM listing_price WHERE listing_id = $1 ORDER BY version"


async def assert_histories_are_whole(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Every listing has the entry of its current price, and no history doubles an entry or runs backwards."""
    assert await connection.fetch(HALF_WRITTEN) == []
    assert await connection.fetch(OUT_OF_ORDER) == []


async def prices_of(connection: "asyncpg.Connection[asyncpg.Record]", listing_id: int) -> list[Decimal]:
    """The history of a listing as it is stored."""
    return [row["price_eur"] for row in await connection.fetch(PRICES, listing_id)]
