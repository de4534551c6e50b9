"""The SQL of the price history: an append-only table that is read in the order of the versions."""

from collections.abc import Sequence

from listingapi.infra.database import Database
from listingapi.money import Euros
from listingapi.prices.schemas import ListingPrice

# The primary key includes the price and its date: one index-only scan.
HISTORY = """
    SELECT version, price_eur, created_date
    FROM listing_price
    WHERE listing_id = $1 AND version > $2
    ORDER BY version
    LIMIT $3
"""

LISTING_EXISTS = "SELECT EXISTS (SELECT FROM listing WHERE listing_id = $1)"


async def history(database: Database, listing_id: int, *, after_version: int, limit: int) -> Sequence[ListingPrice]:
    """At most `limit` entries of a listing's history that came after a version, oldest first."""
    rows = await database.fetch(HISTORY, listing_id, after_version, limit)
    return [ListingPrice(row["version"], Euros(row["price_eur"]), row["created_date"]) for row in rows]


async def listing_exists(database: Database, listing_id: int) -> bool:
    """Whether there is such a listing."""
    row = await database.fetchrow(LISTING_EXISTS, listing_id)
    return row is not None and row[0]
