"""The SQL that reads price histories as they stand on the wire, those of many listings at once.

PostgreSQL writes the JSON: a row for each entry, and a decimal and a date made of each, take three times as long as all
the rest of a read.
"""

from collections.abc import Mapping, Sequence

from listingapi.infra.database import Database
from listingapi.ready import Ready

# What a page has at most by default. A longer history has a link to the next page, and is not read here.
MOST_ENTRIES = 1000

# A date without a fraction, and a whole amount, are written without. An entry has exactly one amount and one date.
ENTRY = """
    '{"price_eur":' || price_eur || ',"created_date":"'
    || to_char(created_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || 'Z"}'
"""
HISTORY = """
    SELECT
        count(*) AS entries,
        replace(replace(string_agg(%(entry)s, ',' ORDER BY version), '.00,"', ',"'), '.000000Z"', 'Z"') AS body
    FROM (
        SELECT version, price_eur, created_date
        FROM %(table)s
        WHERE listing_id = listing.listing_id AND %(condition)s
        ORDER BY version
        LIMIT %(most)s
    ) AS entry
"""


def _history_in(table: str, condition: str) -> str:
    return HISTORY % {"entry": ENTRY, "table": table, "condition": condition, "most": MOST_ENTRIES + 1}


# The view compares each entry with the one before, and looks for corrections; where there are none, it is the table.
IS_CORRECTED = "EXISTS (SELECT FROM listing_price_correction WHERE listing_id = listing.listing_id)"
HISTORIES = f"""
    SELECT listing.listing_id, listing.version, history.body
    FROM listing CROSS JOIN LATERAL (
        {_history_in("listing_price", f"NOT {IS_CORRECTED}")}
        UNION ALL
        {_history_in("listing_price_history", IS_CORRECTED)}
    ) AS history
    WHERE listing.listing_id = ANY ($1::bigint[]) AND listing.withdrawn_date IS NULL
        AND history.entries BETWEEN 1 AND {MOST_ENTRIES}
"""


async def histories(database: Database, listing_ids: Sequence[int]) -> Mapping[int, Ready]:
    """The plain histories of those of some listings that are on the market, each if it is one page, and not empty."""
    rows = await database.fetch(HISTORIES, listing_ids)
    return {row["listing_id"]: Ready(row["version"], b"[%b]" % row["body"].encode()) for row in rows}
