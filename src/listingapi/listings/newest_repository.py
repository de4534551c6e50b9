"""The SQL that names the newest listings."""

from listingapi.infra.database import Database

NEWEST = (
    "SELECT listing_id FROM listing WHERE withdrawn_date IS NULL ORDER BY created_date DESC, listing_id DESC LIMIT $1"
)


async def newest(database: Database, count: int) -> list[int]:
    """So many listings that are on the market, the newest first."""
    return [row["listing_id"] for row in await database.fetch(NEWEST, count)]
