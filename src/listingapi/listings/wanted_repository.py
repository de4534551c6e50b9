"""The SQL that holds one listing against many searches: one statement for all of them, always the same."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from listingapi.answers import to_json
from listingapi.infra.database import Transaction
from listingapi.listings.filters import Wanted
from listingapi.listings.search import CONDITIONS, IS_ON_MARKET

# What each filter is, as PostgreSQL reads it from JSON.
KINDS = dict.fromkeys(CONDITIONS, "numeric") | {
    "country": "text",
    "city": "text",
    "postal_code": "text",
    "building_type": "text[]",
    "min_surface_area_m2": "double precision",
    "max_surface_area_m2": "double precision",
    "text": "text",
    "updated_since": "timestamptz",
    "reduced_since": "timestamptz",
}

# Where a search does not ask for something, there is null. PostgreSQL puts off what is dear, the words of a search,
# until all else holds.
JUDGE = f"""
    SELECT place
    FROM ROWS FROM (
        jsonb_to_recordset($2::jsonb) AS (status text, {", ".join(f"{name} {kind}" for name, kind in KINDS.items())})
    ) WITH ORDINALITY AS wanted (wanted_status, {", ".join(f"wanted_{name}" for name in KINDS)}, place)
    CROSS JOIN listing LEFT JOIN listing_text USING (listing_id)
    WHERE listing_id = $1 AND (wanted_status IS NULL OR {IS_ON_MARKET} = (wanted_status = 'on-market')) AND
        {" AND ".join(f"(wanted_{name} IS NULL OR {CONDITIONS[name].format(f'wanted_{name}')})" for name in KINDS)}
"""


async def judge(transaction: Transaction, listing_id: int, wanted: Sequence[Wanted]) -> Sequence[bool]:
    """Whether a listing, as it is now, is one of those that are wanted, for each of these."""
    rows = await transaction.fetch(JUDGE, listing_id, to_json([_plain(each) for each in wanted]).decode())
    found = {row["place"] for row in rows}
    return [place in found for place in range(1, len(wanted) + 1)]


def _plain(wanted: Wanted) -> dict[str, Any]:
    given = {name: getattr(wanted.filter, name, UNSET) for name in CONDITIONS}
    return {"status": wanted.status} | {name: value for name, value in given.items() if value is not UNSET}
