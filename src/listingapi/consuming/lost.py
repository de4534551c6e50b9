"""Finds what RabbitMQ should bring, and does not."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from listingapi.consuming import repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.frame import Dead
from listingapi.consuming.incoming import read
from listingapi.consuming.letters import Letters
from listingapi.consuming.rabbitmq import opened_letters
from listingapi.infra.database import Database

logger = structlog.get_logger()

# Longer than the longest delay and some queue.
LOST_AFTER = timedelta(minutes=30)
FOUND_AT_ONCE = 1_000


async def find_lost(url: str, database: Database, consumers: Sequence[Consumer]) -> None:
    """Bring to RabbitMQ what it should have and seems not to: from before it was configured, or lost there.

    Else it would keep the later events of its listing waiting for ever.
    """
    names = [consumer.name for consumer in consumers]
    if found := await repository.lost(database, names, LOST_AFTER, FOUND_AT_ONCE):
        async with opened_letters(url, consumers) as letters:
            for lost in found:
                await _bring(lost, letters, database)
        logger.warning("lost_events_found", number=len(found))


async def _bring(lost: repository.Lost, letters: Letters, database: Database) -> None:
    incoming = read(lost.event)
    if lost.is_dead:
        await letters.bury(lost.consumer, lost.event, Dead(lost.attempts, lost.reason))
        await repository.forget(database, lost.consumer, incoming)
    else:
        await letters.hand_back(lost.consumer, lost.event)
        await repository.postpone(database, lost.consumer, incoming)
