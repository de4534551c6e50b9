"""Tells an event that takes the connection to the database down, time after time, from a database that goes away."""

from collections import Counter
from collections.abc import Sequence

import asyncpg

from listingapi.consuming.consumer import Consumer
from listingapi.consuming.frame import Outcome, consume, fail
from listingapi.consuming.incoming import Incoming
from listingapi.consuming.together import consume_together
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable

MOST_LOSSES = 5

# What is said where PostgreSQL ends the connection in the middle of a transaction, or its process dies; none of them is
# said of one that can't be reached.
LOST_MEANWHILE = (
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.ConnectionFailureError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
)


class Patience:
    """Has events consumed, and takes it for a failure of an event if the connection was lost at it so often."""

    def __init__(self, database: Database, delays: Sequence[float]) -> None:
        self._database = database
        self._delays = delays
        self._losses: Counter[tuple[str, str]] = Counter()

    async def consume(self, consumer: Consumer, incoming: Incoming) -> Outcome:
        """Have a consumer act on an event, unless it has or the event has to wait.

        Raises:
            DatabaseUnavailable: nothing is known of what became of it; hand it in again.
        """
        key = consumer.name, incoming.id
        try:
            outcome = await consume(self._database, consumer, incoming, self._delays)
        except DatabaseUnavailable as error:
            if not self._was_lost_too_often(key, error):
                raise
            outcome = await fail(self._database, consumer, incoming, error, self._delays)
        self._losses.pop(key, None)
        return outcome

    async def consume_together(self, consumer: Consumer, several: Sequence[Incoming]) -> bool:
        """Have a consumer act on events in one transaction; not if the connection was lost at one of them before."""
        if any((consumer.name, incoming.id) in self._losses for incoming in several):
            return False
        return await consume_together(self._database, consumer, several)

    def _was_lost_too_often(self, key: tuple[str, str], error: DatabaseUnavailable) -> bool:
        if not isinstance(error.__cause__, LOST_MEANWHILE):
            return False
        self._losses[key] += 1
        return self._losses[key] == MOST_LOSSES
