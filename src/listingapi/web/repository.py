"""The SQL of the sitemaps and of the pages of markets."""

from collections.abc import Sequence
from datetime import datetime

from listingapi.infra.database import Database
from listingapi.web.markets import Market

LAST = "SELECT COALESCE(max(listing_id), 0) AS last FROM listing"
# By ranges of ids, so that each is one walk of an index.
ON_MARKET = """
    SELECT listing_id, updated_date FROM listing
    WHERE listing_id BETWEEN $1 AND $2 AND withdrawn_date IS NULL
    ORDER BY listing_id
"""
# The same wherever it is asked: of the listings of its first month the one with the lowest id says how it is written.
CITY = """
    SELECT listing.city
    FROM pricing.market_listing AS known JOIN listing USING (listing_id)
    WHERE known.country = $1 AND known.city_start = left(lower($2), 100) AND known.city = lower($2)
        AND known.building_type = $3
    ORDER BY known.month, known.listing_id
    LIMIT 1
"""


async def last_id(database: Database) -> int:
    """The highest id that any listing has; 0 where there is none."""
    [row] = await database.fetch(LAST)
    found: int = row["last"]
    return found


async def on_market(database: Database, first: int, last: int) -> Sequence[tuple[int, datetime]]:
    """The listings on the market whose ids are in a range, and when each was updated."""
    return [(row["listing_id"], row["updated_date"]) for row in await database.fetch(ON_MARKET, first, last)]


async def city_of(database: Database, market: Market) -> str | None:
    """How the city of a market is written in its listings; None if nothing is known of such a market."""
    row = await database.fetchrow(CITY, market.country, market.city, market.building_type)
    return row and row["city"]
