"""The SQL of lists of listings."""

from datetime import datetime

from listingapi.infra.database import Database
from listingapi.listings.rows import COLUMNS, listing_of
from listingapi.listings.schemas import Listing

NEWEST_FIRST = f"""
    SELECT {COLUMNS}
    FROM listing
    WHERE (created_date, listing_id) < ($1, $2)
    ORDER BY created_date DESC, listing_id DESC
    LIMIT $3
"""


async def newest_first(database: Database, *, before: tuple[datetime, int], limit: int) -> list[Listing]:
    """At most `limit` listings that come after the place `before` (created_date, id), newest first."""
    return [listing_of(row) for row in await database.fetch(NEWEST_FIRST, *before, limit)]
