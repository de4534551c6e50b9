"""The frame that every consumer is in: an event takes effect once, those of a listing in order, and failures are kept.

What a consumer does and the record that it has done so are one transaction, so that whatever is killed, both are there
or neither. An event that can't be consumed is tried again after some time, and after the last try it is dead: left to
people. While it waits, later events of its listing wait behind it, each with a row of its own, so that they stay in
order however they come back; once it is dead, they pass.

Whoever hands in an event may forget it when it was consumed or its failure recorded, and hands it in again if that is
not known. Several may hand in the same event at once.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import structlog

from listingapi.consuming import metrics, repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.incoming import Incoming
from listingapi.consuming.spans import acting
from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable

logger = structlog.get_logger()

# How many seconds an event waits after it failed for the first time, the second, and so on.
DELAYS = (1.0, 10.0, 60.0, 600.0)
LONGEST_REASON = 1_000
# Shorter than the turn of a relay within the process, which would be cancelled with nothing recorded.
ACTING_SECONDS = 15.0

# What the database is said to be unavailable for, but may be for what is in the event: a statement that takes too long,
# a value that it can't be given.
OF_THE_EVENT = (TimeoutError, asyncpg.QueryCanceledError, ValueError)


@dataclass(frozen=True, slots=True)
class Consumed:
    """The event has taken effect, now or before."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The event is to be tried again in so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Dead:
    """The event failed so often that it is not tried again by itself."""

    attempts: int
    reason: str


Outcome = Consumed | Waits | Dead


async def consume(
    database: Database, consumer: Consumer, incoming: Incoming, delays: Sequence[float] = DELAYS
) -> Outcome:
    """Have a consumer act on an event, unless it has or the event has to wait.

    Raises:
        DatabaseUnavailable: nothing is known of what became of it, or nothing can be written; hand it in again.
    """
    try:
        with acting(consumer.name, [incoming]):
            async with database.transaction() as transaction, asyncio.timeout(ACTING_SECONDS):
                outcome, is_new = await _try(transaction, consumer, incoming, min(delays))
    except asyncpg.InsufficientPrivilegeError as error:
        # whoever gives the rights back wants the event acted on
        raise DatabaseUnavailable from error
    except Exception as error:
        if isinstance(error, DatabaseUnavailable) and not isinstance(error.__cause__, OF_THE_EVENT):
            raise
        return await fail(database, consumer, incoming, error, delays)
    metrics.CONSUMED.labels(consumer.name).inc(is_new)
    return outcome


async def _try(
    transaction: Transaction, consumer: Consumer, incoming: Incoming, shortest_wait: float
) -> tuple[Outcome, bool]:
    """What becomes of the event, and whether the consumer has acted on it now."""
    is_new = await repository.take(transaction, consumer.name, incoming)
    if is_new:
        standing = await repository.standing(transaction, consumer.name, incoming, shortest_wait)
        if standing.is_dead or standing.seconds:
            return await _put_off(transaction, consumer, incoming, standing), False
        await consumer.handle(transaction, [incoming.event])
    await repository.settle(transaction, consumer.name, incoming)
    return Consumed(), is_new


async def _put_off(
    transaction: Transaction, consumer: Consumer, incoming: Incoming, standing: repository.Standing
) -> Outcome:
    await repository.give_back(transaction, consumer.name, incoming)
    if standing.is_dead:
        return Dead(standing.attempts, standing.reason)
    if standing.is_blocked:
        await repository.hold(transaction, consumer.name, incoming, standing.seconds)
    return Waits(standing.seconds)


async def fail(
    database: Database, consumer: Consumer, incoming: Incoming, error: Exception, delays: Sequence[float]
) -> Outcome:
    """Record that an event failed; that this fails, too, is never the event's fault.

    Raises:
        DatabaseUnavailable: nothing is recorded.
    """
    try:
        return await _record_failure(database, consumer, incoming, error, delays)
    except DatabaseUnavailable:
        raise
    except Exception as unrecorded:
        raise DatabaseUnavailable from unrecorded


async def _record_failure(
    database: Database, consumer: Consumer, incoming: Incoming, error: Exception, delays: Sequence[float]
) -> Outcome:
    """Record it, unless somebody else has consumed the event meanwhile."""
    reason = _reason(error)
    async with database.transaction() as transaction:
        if not await repository.take(transaction, consumer.name, incoming):
            return Consumed()
        attempts, seconds = await repository.fail(transaction, consumer.name, incoming, reason, delays)
        await repository.give_back(transaction, consumer.name, incoming)
    logger.warning("event_failed", consumer=consumer.name, event_id=incoming.id, attempts=attempts, reason=reason)
    metrics.FAILED.labels(consumer.name).inc()
    if seconds is not None:
        return Waits(seconds)
    metrics.DEAD.labels(consumer.name).inc()
    return Dead(attempts, reason)


def _reason(error: Exception) -> str:
    """What went wrong, in characters that PostgreSQL and terminals take."""
    cause = error.__cause__ if isinstance(error, DatabaseUnavailable) and error.__cause__ else error
    text = f"{type(cause).__name__}: {cause}".removesuffix(": ")
    return "".join(character if character.isprintable() else " " for character in text)[:LONGEST_REASON]
