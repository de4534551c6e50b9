"""Several events in one transaction: what takes a consumer the time for each is mostly the transaction.

It is the quick way where all goes well. Where anything does not, nothing has happened, and each event is consumed by
itself, in the frame.
"""

import asyncio
from collections.abc import Sequence

import structlog

from listingapi.consuming import metrics, repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.incoming import Incoming
from listingapi.consuming.spans import acting
from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable

logger = structlog.get_logger()

# Not for long: one event by itself has its own time after that, all within the turn of a relay in this process.
TOGETHER_SECONDS = 5.0


class _NotTogether(Exception):
    """Some event has to wait, or is dead."""


async def consume_together(database: Database, consumer: Consumer, several: Sequence[Incoming]) -> bool:
    """Have a consumer act on events in their order, but for those on which it has; False if none had any effect.

    That an event of one of their listings waits, or that one of them is dead, is a reason, too.
    """
    try:
        with acting(consumer.name, several):
            async with database.transaction() as transaction, asyncio.timeout(TOGETHER_SECONDS):
                number = await _act(transaction, consumer, several)
    except (_NotTogether, DatabaseUnavailable):
        return False
    except Exception as error:  # noqa: BLE001 - the frame finds out whose fault it is
        logger.info("events_one_by_one", consumer=consumer.name, number=len(several), reason=type(error).__name__)
        return False
    metrics.CONSUMED.labels(consumer.name).inc(number)
    return True


async def _act(transaction: Transaction, consumer: Consumer, several: Sequence[Incoming]) -> int:
    """Act on those that are new; returns how many these were."""
    taken = await repository.take_all(transaction, consumer.name, several)
    if await repository.has_failures(transaction, consumer.name, several):
        raise _NotTogether
    new = {incoming.id: incoming.event for incoming in several if incoming.id in taken}
    await consumer.handle(transaction, list(new.values()))
    return len(new)
