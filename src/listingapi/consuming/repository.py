"""The SQL of consuming: what has taken effect, and what failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg

from listingapi.consuming.incoming import Incoming, written
from listingapi.events.cloud_events import EventType, StoredEvent, cloud_event
from listingapi.events.repository import COLUMNS
from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable

KEY = "listing_id = $1 AND version = $2 AND type = $3 AND consumer = $4"

# Waits for whoever is at the same event at the moment.
TAKE = """
    INSERT INTO consumed_event (listing_id, version, type, consumer) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING true
"""
# The same for several, in an order in which no two wait for each other.
TAKE_ALL = """
    INSERT INTO consumed_event (listing_id, version, type, consumer)
    SELECT listing_id, version, type, $4 FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS one
        (listing_id, version, type)
    ORDER BY listing_id, version, type
    ON CONFLICT DO NOTHING RETURNING listing_id, version, type
"""
GIVE_BACK = f"DELETE FROM consumed_event WHERE {KEY}"

# The key of an event that there never is.
NOBODYS = (0, 0, "", "")

# A statement of its own, so that it sees what those had done who were waited for. An event waits for its own time, and
# for the earlier ones of its listing that wait: for their time, or a little if that has come and they have not.
# Events of one version were written in the order of the names of their types: `listing.` before `price.`, a price that
# is changed before one that is corrected or scheduled.
STANDING = f"""
    SELECT own.attempts, own.reason, own.consumer IS NOT NULL AND own.due_date IS NULL AS is_dead,
        earlier.due_date IS NOT NULL AS is_blocked,
        extract(epoch FROM greatest(
            own.due_date, earlier.due_date, CASE WHEN earlier.due_date <= now() THEN now() + $5::interval END
        ) - now())::float8 AS seconds
    FROM (
        SELECT max(due_date) AS due_date FROM failed_event
        WHERE listing_id = $1 AND consumer = $4 AND due_date IS NOT NULL AND (version, type) < ($2, $3)
    ) AS earlier
    LEFT JOIN failed_event AS own ON {KEY}
"""

# A statement of its own as well, for the same reason.
HAS_FAILURES = """
    SELECT EXISTS (
        SELECT FROM failed_event WHERE listing_id = ANY ($1::bigint[]) AND consumer = $4 AND due_date IS NOT NULL
    ) OR EXISTS (
        SELECT FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS own (listing_id, version, type)
            JOIN failed_event USING (listing_id, version, type)
        WHERE consumer = $4
    ) AS has_failures
"""

# What RabbitMQ may bring late: of a listing, what a consumer wants that came before, and of which nothing is known yet.
# A consumer that is new need not act on what is older than its queue may be behind.
EARLIER = f"""
    SELECT position, {COLUMNS} FROM event
    WHERE listing_id = $1 AND (version, type) < ($2, $3) AND type = ANY ($5)
        AND sequenced_date > now() - interval '1 day'
        AND NOT EXISTS (
            SELECT FROM consumed_event AS known
            WHERE (known.listing_id, known.version, known.type) = ($1, event.version, event.type) AND consumer = $4
        )
        AND NOT EXISTS (
            SELECT FROM failed_event AS known
            WHERE (known.listing_id, known.version, known.type) = ($1, event.version, event.type) AND consumer = $4
        )
    ORDER BY position
"""

# There are so many delays; after the last of them there is no due date.
FAIL = """
    INSERT INTO failed_event (listing_id, version, type, consumer, attempts, reason, due_date, event)
    VALUES ($1, $2, $3, $4, 1, $5, now() + ($6::interval[])[1], $7)
    ON CONFLICT (listing_id, version, type, consumer) DO UPDATE SET
        attempts = failed_event.attempts + 1, reason = excluded.reason, failed_date = now(),
        due_date = now() + ($6::interval[])[failed_event.attempts + 1]
    RETURNING attempts, extract(epoch FROM due_date - now())::float8 AS seconds
"""
HOLD = """
    INSERT INTO failed_event (listing_id, version, type, consumer, attempts, reason, due_date, event)
    VALUES ($1, $2, $3, $4, 0, 'It waits for an earlier event of its listing.', now() + $5::interval, $6)
    ON CONFLICT (listing_id, version, type, consumer) DO UPDATE SET due_date = excluded.due_date
"""
SETTLE = f"DELETE FROM failed_event WHERE {KEY}"

DUE = """
    SELECT consumer, event FROM failed_event WHERE due_date <= now() AND consumer = ANY ($1)
    ORDER BY due_date, listing_id, version, type LIMIT $2
"""

# What RabbitMQ should have brought back long ago, and what should be dead there.
LOST = """
    SELECT consumer, event, attempts, reason, due_date IS NULL AS is_dead FROM failed_event
    WHERE coalesce(due_date, failed_date) < now() - $2::interval AND consumer = ANY ($1)
    ORDER BY due_date, listing_id, version, type LIMIT $3
"""
POSTPONE = f"UPDATE failed_event SET due_date = now() WHERE {KEY} AND due_date IS NOT NULL"

DEAD = """
    SELECT consumer, event, attempts, reason, failed_date FROM failed_event
    WHERE due_date IS NULL AND consumer = ANY ($1) ORDER BY failed_date, listing_id, version, type
"""
REVIVE = f"UPDATE failed_event SET due_date = now(), attempts = 0 WHERE {KEY} AND due_date IS NULL"

PURGE = """
    DELETE FROM consumed_event WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM consumed_event WHERE consumed_date < now() - $1::interval ORDER BY consumed_date LIMIT $2
    ))
    RETURNING true
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an event stands with a consumer: how often it failed and why, whether it is tried again, and in how long.

    `is_blocked` says that an earlier event of the listing is tried again first.
    """

    attempts: int
    reason: str
    is_dead: bool
    is_blocked: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Lost:
    """An event that only the table of failures knows of: it is to be tried again, or dead."""

    consumer: str
    event: bytes
    attempts: int
    reason: str
    is_dead: bool


async def ask(database: Database) -> None:
    """See that the database answers and takes writes; one that takes none may well be read.

    Raises:
        DatabaseUnavailable: it does not.
    """
    try:
        async with database.transaction() as transaction:
            await transaction.fetch(TAKE, *NOBODYS)
            await transaction.fetch(GIVE_BACK, *NOBODYS)
    except asyncpg.PostgresError as error:
        raise DatabaseUnavailable from error


async def take(transaction: Transaction, consumer: str, incoming: Incoming) -> bool:
    """Record that an event is consumed; False: it was already."""
    return await transaction.fetchrow(TAKE, *_key(consumer, incoming)) is not None


async def take_all(transaction: Transaction, consumer: str, several: Sequence[Incoming]) -> set[str]:
    """Record that events are consumed; returns the ids of those that were not."""
    rows = await transaction.fetch(TAKE_ALL, *_keys(consumer, several))
    return {f"{row['listing_id']}-{row['version']}-{row['type']}" for row in rows}


async def has_failures(transaction: Transaction, consumer: str, several: Sequence[Incoming]) -> bool:
    """Whether an event of one of their listings waits, or one of them is dead; to be asked when they were taken."""
    [row] = await transaction.fetch(HAS_FAILURES, *_keys(consumer, several))
    return bool(row["has_failures"])


async def give_back(transaction: Transaction, consumer: str, incoming: Incoming) -> None:
    """Take that back."""
    await transaction.fetch(GIVE_BACK, *_key(consumer, incoming))


async def standing(transaction: Transaction, consumer: str, incoming: Incoming, shortest_wait: float) -> Standing:
    """How the event that was taken stands; one that is blocked waits for so many seconds at least, if it can't tell."""
    [row] = await transaction.fetch(STANDING, *_key(consumer, incoming), timedelta(seconds=shortest_wait))
    return Standing(
        row["attempts"] or 0, row["reason"] or "", row["is_dead"], row["is_blocked"], max(row["seconds"] or 0.0, 0.0)
    )


async def earlier(
    database: Database, consumer: str, types: Sequence[EventType], incoming: Incoming
) -> Sequence[Incoming]:
    """The events of the listing before one that a consumer wants, and has neither acted on nor failed at, in order."""
    stored = [StoredEvent(**dict(row)) for row in await database.fetch(EARLIER, *_key(consumer, incoming), list(types))]
    return [Incoming.of(cloud_event(event, viewer=event.account_id)) for event in stored]


async def fail(
    transaction: Transaction, consumer: str, incoming: Incoming, reason: str, delays: Sequence[float]
) -> tuple[int, float | None]:
    """Record that an event failed; returns how often it has, and in how many seconds it is tried again, if it is."""
    waits = [timedelta(seconds=seconds) for seconds in delays]
    [row] = await transaction.fetch(FAIL, *_key(consumer, incoming), reason, waits, written(incoming).decode())
    return row["attempts"], row["seconds"]


async def hold(transaction: Transaction, consumer: str, incoming: Incoming, seconds: float) -> None:
    """Record that an event waits for so many seconds."""
    wait = timedelta(seconds=seconds)
    await transaction.fetch(HOLD, *_key(consumer, incoming), wait, written(incoming).decode())


async def settle(transaction: Transaction, consumer: str, incoming: Incoming) -> None:
    """Forget that an event failed."""
    await transaction.fetch(SETTLE, *_key(consumer, incoming))


async def forget(database: Database, consumer: str, incoming: Incoming) -> None:
    """The same in a transaction of its own."""
    await database.fetch(SETTLE, *_key(consumer, incoming))


async def due(database: Database, consumers: Sequence[str], limit: int) -> Sequence[tuple[str, bytes]]:
    """Events that some consumers are to try again, each with the consumer; the first ones first."""
    rows = await database.fetch(DUE, list(consumers), limit)
    return [(row["consumer"], row["event"].encode()) for row in rows]


async def lost(database: Database, consumers: Sequence[str], since: timedelta, limit: int) -> Sequence[Lost]:
    """Events that were to be tried again, or died, so long ago."""
    rows = await database.fetch(LOST, list(consumers), since, limit)
    return [Lost(**dict(row) | {"event": row["event"].encode()}) for row in rows]


async def postpone(database: Database, consumer: str, incoming: Incoming) -> None:
    """Have an event that waits be due from now on."""
    await database.fetch(POSTPONE, *_key(consumer, incoming))


async def dead(database: Database, consumers: Sequence[str]) -> Sequence[asyncpg.Record]:
    """The events that are not tried again by themselves: consumer, event, attempts, reason and failed_date."""
    return await database.fetch(DEAD, list(consumers))


async def revive(database: Database, consumer: str, incoming: Incoming) -> None:
    """Have an event that is dead be tried again at once, as if for the first time."""
    await database.fetch(REVIVE, *_key(consumer, incoming))


async def purge(database: Database, kept: timedelta, limit: int) -> int:
    """Forget some of the events that were consumed so long ago; returns how many."""
    return len(await database.fetch(PURGE, kept, limit))


def _keys(consumer: str, several: Sequence[Incoming]) -> tuple[Any, ...]:
    """The same of several, column by column."""
    return (
        [incoming.listing_id for incoming in several],
        [incoming.version for incoming in several],
        [incoming.type for incoming in several],
        consumer,
    )


def _key(consumer: str, incoming: Incoming) -> tuple[Any, ...]:
    return incoming.listing_id, incoming.version, incoming.type, consumer
