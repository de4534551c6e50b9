"""The SQL that reads many listings at once, as they stand on the wire."""

from collections.abc import Mapping, Sequence

from listingapi.answers import to_json
from listingapi.infra.database import Database
from listingapi.listings.rows import WRITTEN_COLUMNS, written_listing_of
from listingapi.ready import Ready

LISTINGS = f"""
    SELECT {WRITTEN_COLUMNS}, version
    FROM listing
    WHERE listing_id = ANY ($1::bigint[]) AND withdrawn_date IS NULL
"""


async def listings(database: Database, listing_ids: Sequence[int]) -> Mapping[int, Ready]:
    """Those of some listings that are on the market."""
    rows = await database.fetch(LISTINGS, listing_ids)
    return {row["listing_id"]: Ready(row["version"], to_json(written_listing_of(row))) for row in rows}
