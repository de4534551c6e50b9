"""What must hold in the database at any moment, whatever happened before."""

from decimal import Decimal

import asyncpg

# A listing is half-written if the newest entry of its corrected story is not its price, came with another version or
# date, or if the prices before it are not its previous and its original one.
HALF_WRITTEN = """
    SELECT listing.listing_id
    FROM listing
    LEFT JOIN LATERAL (
        SELECT
            (array_agg(version ORDER BY version DESC))[1] AS version,
            (array_agg(created_date ORDER BY version DESC))[1] AS created_date,
            (array_agg(price_eur ORDER BY version DESC))[1] AS price_eur,
            (array_agg(price_eur ORDER BY version DESC))[2] AS previous_price_eur,
            (array_agg(price_eur ORDER BY version))[1] AS original_price_eur
        FROM listing_price_history
        WHERE listing_price_history.listing_id = listing.listing_id
    ) AS story ON true
    WHERE (story.version, story.created_date, story.price_eur, story.previous_price_eur, story.original_price_eur)
        IS DISTINCT FROM (
            listing.price_version, listing.price_changed_date, listing.latest_price_eur, listing.previous_price_eur,
            listing.original_price_eur
        )
"""

# Two entries that follow each other must differ, and time must not run backwards between them.
OUT_OF_ORDER = """
    SELECT listing_id, version
    FROM (
        SELECT listing_id, version, price_eur, created_date,
            lag(price_eur) OVER history AS price_before, lag(created_date) OVER history AS date_before
        FROM {history}
        WINDOW history AS (PARTITION BY listing_id ORDER BY version)
    ) AS entry
    WHERE price_eur = price_before OR created_date < date_before
"""
NEVER_CORRECTED = """
    (SELECT * FROM listing_price WHERE listing_id NOT IN (SELECT listing_id FROM listing_price_correction)) AS entry
"""

# What was said first, too, is told in the order of time, and each thing that happened has a version of its listing.
OUT_OF_TIME = """
    SELECT listing_id, version
    FROM (
        SELECT listing_id, version, created_date,
            lag(created_date) OVER (PARTITION BY listing_id ORDER BY version) AS date_before
        FROM listing_price
    ) AS entry
    WHERE created_date < date_before
"""
BEYOND_THE_LISTING = """
    SELECT listing_id, said.version
    FROM listing JOIN (
        SELECT listing_id, version FROM listing_price
        UNION ALL SELECT listing_id, version FROM listing_price_correction
        UNION ALL SELECT listing_id, version FROM listing_market_change
        UNION ALL SELECT listing_id, version FROM scheduled_price
    ) AS said USING (listing_id)
    WHERE said.version > listing.version
"""

PRICES = "SELECT price_eur FROM listing_price WHERE listing_id = $1 ORDER BY version"


async def assert_histories_are_whole(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Every listing has the prices of its corrected story, and no story doubles an entry or runs backwards."""
    assert await connection.fetch(HALF_WRITTEN) == []
    assert await connection.fetch(OUT_OF_ORDER.format(history="listing_price_history")) == []
    assert await connection.fetch(OUT_OF_ORDER.format(history=NEVER_CORRECTED)) == []
    assert await connection.fetch(OUT_OF_TIME) == []
    assert await connection.fetch(BEYOND_THE_LISTING) == []


async def prices_of(connection: "asyncpg.Connection[asyncpg.Record]", listing_id: int) -> list[Decimal]:
    """The history of a listing as it is stored."""
    return [row["price_eur"] for row in await connection.fetch(PRICES, listing_id)]
