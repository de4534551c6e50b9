"""Forgets which events were consumed long ago."""

from datetime import timedelta

from listingapi.consuming import repository
from listingapi.infra.database import Database

# Longer than events are kept, and may come again.
KEPT = timedelta(days=60)
PURGED_AT_ONCE = 5_000


async def purge_consumed(database: Database) -> None:
    """Forget those that were consumed before the time for which it is remembered, some at a time."""
    while await repository.purge(database, KEPT, PURGED_AT_ONCE) == PURGED_AT_ONCE:
        pass
