"""The SQL of the relay: what is not published yet, in which order, and how far it has got.

The feed is divided into partitions by the listing, and each partition has a position up to which its events were
published. Positions have no gaps and come in order, so that "after the position" misses nothing.
"""

from collections.abc import Mapping, Sequence

from listingapi.events.cloud_events import StoredEvent
from listingapi.events.repository import BY_PARTITION, COLUMNS, NAMES, UNPUBLISHED, WAITING
from listingapi.infra.database import Database, Transaction

LARGEST_READ_BYTES = 1024 * 1024

# A lock lasts until the end of the transaction, which has no id as long as it only reads: to the sequencer, one that
# has an id is a write that may still bring something.
LOCK = f"""
    WITH behind AS MATERIALIZED (SELECT partition FROM {WAITING} ORDER BY random())
    SELECT partition FROM behind WHERE pg_try_advisory_xact_lock(721458014, partition::integer) LIMIT $1
"""

# In a statement of its own, so that it sees what those have published who had the lock before.
READ = f"""
    SELECT cursor.partition, found.*
    FROM relay_partition AS cursor CROSS JOIN LATERAL (
        SELECT *, sum(octet_length(data)) OVER (ORDER BY position) - octet_length(data) AS bytes_before FROM (
            SELECT position, {COLUMNS} FROM event WHERE {UNPUBLISHED} {BY_PARTITION} LIMIT $2
        ) AS next
    ) AS found
    WHERE cursor.partition = ANY ($1::bigint[]) AND bytes_before < {LARGEST_READ_BYTES}
    ORDER BY found.position
"""

MOVE = """
    UPDATE relay_partition SET position = moved.position
    FROM unnest($1::bigint[], $2::bigint[]) AS moved (partition, position)
    WHERE relay_partition.partition = moved.partition
"""

LAG = f"""
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(first.sequenced_date))::float8, 0) AS seconds
    FROM {WAITING}
"""

# So many are counted of each partition. Where there are more, the rest of the feed is taken to have them as closely:
# to count millions takes longer than a statement may, just when somebody wants to know.
MOST_COUNTED = 1_000
BACKLOG = f"""
    SELECT (SELECT count(*) FROM outbox) + coalesce(sum(
        CASE WHEN counted.number < {MOST_COUNTED} THEN counted.number
        ELSE counted.number * (feed.position - counted.first + 1) / (counted.last - counted.first + 1) END
    ), 0)::bigint AS number
    FROM event_feed AS feed CROSS JOIN relay_partition AS cursor CROSS JOIN LATERAL (
        SELECT count(*) AS number, min(position) AS first, max(position) AS last FROM (
            SELECT position FROM event WHERE {UNPUBLISHED} {BY_PARTITION} LIMIT {MOST_COUNTED}
        ) AS next
    ) AS counted
    WHERE feed.name = 'events'
"""


async def lock(transaction: Transaction, limit: int) -> Sequence[int]:
    """Be the only one to publish events of some partitions that have any; nobody is waited for."""
    return [row["partition"] for row in await transaction.fetch(LOCK, limit)]


async def read(transaction: Transaction, partitions: Sequence[int], limit: int) -> Mapping[int, Sequence[StoredEvent]]:
    """The next events of each of some partitions that are locked, at most so many of each, in their order."""
    found: dict[int, list[StoredEvent]] = {}
    for row in await transaction.fetch(READ, partitions, limit):
        found.setdefault(row["partition"], []).append(StoredEvent(*(row[name] for name in NAMES)))
    return found


async def move(transaction: Transaction, reached: Mapping[int, int]) -> None:
    """Record up to which position some partitions are published."""
    if reached:
        await transaction.fetch(MOVE, list(reached), list(reached.values()))


async def lag(database: Database) -> float:
    """For how many seconds the oldest event in the feed waits to be published; 0 if none does."""
    [row] = await database.fetch(LAG)
    return float(row["seconds"])


async def backlog(database: Database) -> int:
    """How many events are not published yet, the outbox included; about as many, if they are many."""
    [row] = await database.fetch(BACKLOG)
    return int(row["number"])
