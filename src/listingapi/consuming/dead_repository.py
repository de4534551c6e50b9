"""The SQL of having all events that are dead acted on again, some at a time."""

from collections.abc import Sequence
from typing import Any

from listingapi.infra.database import Database

COLUMNS = "listing_id, version, type, consumer"
Place = Sequence[Any]

# Before all events that there are.
BEGINNING: Place = (0, 0, "", "")

# In the order of the key, so that those of a listing follow each other and each is come to once, also if it dies again.
REVIVE_SOME = f"""
    WITH found AS MATERIALIZED (
        SELECT {COLUMNS} FROM failed_event
        WHERE due_date IS NULL AND consumer = ANY ($1) AND ({COLUMNS}) > ($2, $3, $4, $5)
        ORDER BY {COLUMNS} LIMIT $6
    ), revived AS (
        UPDATE failed_event AS dead SET due_date = now(), attempts = 0 FROM found
        WHERE (dead.listing_id, dead.version, dead.type, dead.consumer)
            = (found.listing_id, found.version, found.type, found.consumer) AND dead.due_date IS NULL
    )
    SELECT {COLUMNS} FROM found ORDER BY {COLUMNS}
"""


async def revive_some(database: Database, consumers: Sequence[str], *, after: Place, limit: int) -> tuple[int, Place]:
    """Have some events of consumers be tried again at once, those after a place; returns how many, and the last's."""
    rows = await database.fetch(REVIVE_SOME, list(consumers), *after, limit)
    return len(rows), tuple(rows[-1]) if rows else after
