"""The SQL that tells whose listings are."""

from collections.abc import Sequence

from listingapi.infra.database import Database

OWN = "SELECT listing_id FROM listing WHERE listing_id = ANY ($1) AND account_id = $2 ORDER BY listing_id"


async def own(database: Database, listing_ids: Sequence[int], account_id: int) -> list[int]:
    """Those of some listings that belong to an account."""
    return [row["listing_id"] for row in await database.fetch(OWN, listing_ids, account_id)]
