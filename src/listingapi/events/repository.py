"""The SQL of the feed: how events get their positions, and how they are read and forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg

from listingapi.events.cloud_events import PRIVATE, StoredEvent
from listingapi.events.positions import Mark
from listingapi.infra.database import Database, Transaction

COLUMNS = "listing_id, version, type, account_id, created_date, trace, data"
NAMES = ("position", *COLUMNS.split(", "))
LARGEST_PAGE_BYTES = 4 * 1024 * 1024
MOST_SCANNED = 50_000
MOST_TAKEN_BYTES = 16 * 1024 * 1024

# The lock lasts until the end of the transaction, which PostgreSQL ends if nothing is heard of the process that began
# it: one that was frozen must not keep all others from taking rows. What was drawn is read before the outbox is, in a
# statement of its own: whoever drew one of those numbers had begun by then.
LOCK = """
    SELECT
        CASE WHEN is_called THEN last_value ELSE 0 END AS drawn,
        set_config('idle_in_transaction_session_timeout', '5s', true)
    FROM outbox_outbox_id_seq WHERE pg_try_advisory_xact_lock(721458012, 1)
"""


def _bytes_before(order: str) -> str:
    """How many bytes of data the rows before this one have, in an order that has no two alike.

    The difference of two sums is quick. A frame that excludes the row is not: PostgreSQL adds all of it up for each.
    """
    return f"sum(octet_length(data)) OVER (ORDER BY {order}) - octet_length(data)"


# All in one snapshot: which transactions have ended, and which rows are there. A listing's rows are taken in the order
# of its versions, because whoever saw one of them committed before it drew the next number.
TAKE = f"""
    WITH looked AS MATERIALIZED (
        SELECT CASE WHEN EXISTS (
            SELECT FROM unnest($2::text[]::xid8[]) AS slow (xid)
            WHERE pg_visible_in_snapshot(slow.xid, pg_current_snapshot())
        ) THEN 0 ELSE $1::bigint END AS after
    ), found AS MATERIALIZED (
        SELECT ctid, {_bytes_before("outbox_id")} < {MOST_TAKEN_BYTES} AS fits
        FROM outbox WHERE outbox_id > (SELECT after FROM looked) ORDER BY outbox_id LIMIT $3
    ), taken AS (
        DELETE FROM outbox WHERE ctid = ANY (ARRAY(SELECT ctid FROM found WHERE fits)) RETURNING outbox_id, {COLUMNS}
    ), numbered AS (
        SELECT row_number() OVER (ORDER BY outbox_id) AS number, {COLUMNS} FROM taken
    ), feed AS (
        UPDATE event_feed SET position = position + (SELECT count(*) FROM taken)
        WHERE name = 'events' AND EXISTS (SELECT FROM taken)
        RETURNING position - (SELECT count(*) FROM taken) AS before
    ), added AS (
        INSERT INTO event (position, {COLUMNS}) SELECT before + number, {COLUMNS} FROM numbered, feed
    )
    SELECT
        (SELECT after FROM looked) AS after,
        (SELECT count(*) FROM found WHERE fits) = $3 OR EXISTS (SELECT FROM found WHERE NOT fits) AS is_cut,
        ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot())::text) AS running
"""

# What was not published yet of a cursor's partition. Compared as rows, because only the index of partitions has these
# two in this order: by the position alone, all that follows in other partitions would be looked at.
UNPUBLISHED = """
    (event.listing_id % 16, event.position) > (cursor.partition, cursor.position)
    AND (event.listing_id % 16, event.position) < (cursor.partition + 1, 0)
"""
BY_PARTITION = "ORDER BY event.listing_id % 16, event.position"

# The first event of each partition that was not published yet.
WAITING = f"""
    relay_partition AS cursor CROSS JOIN LATERAL (
        SELECT position, sequenced_date FROM event WHERE {UNPUBLISHED} {BY_PARTITION} LIMIT 1
    ) AS first
"""

FORGET = f"""
    WITH feed AS MATERIALIZED (
        SELECT forgotten_position AS before FROM event_feed WHERE name = 'events' FOR UPDATE
    ), published AS MATERIALIZED (
        SELECT coalesce(min(first.position), 9223372036854775807) AS before FROM {WAITING}
    ), oldest AS MATERIALIZED (
        SELECT position, sequenced_date < now() - $1::interval AS is_old FROM event
        WHERE position > (SELECT before FROM feed) AND position < (SELECT before FROM published)
        ORDER BY position LIMIT $2
    ), upto AS MATERIALIZED (
        SELECT max(position) AS position FROM oldest
        WHERE position < coalesce((SELECT min(position) FROM oldest WHERE NOT is_old), 9223372036854775807)
    ), forgotten AS (
        DELETE FROM event
        WHERE position > (SELECT before FROM feed) AND position <= (SELECT position FROM upto) RETURNING position
    ), raised AS (
        UPDATE event_feed SET forgotten_position = (SELECT position FROM upto)
        WHERE name = 'events' AND EXISTS (SELECT FROM forgotten)
    )
    SELECT count(*) AS number FROM forgotten
"""

NEWEST = f"""
    SELECT position, {COLUMNS} FROM (
        SELECT position, {COLUMNS}, {_bytes_before("position")} AS bytes_before FROM (
            SELECT position, {COLUMNS} FROM event WHERE position > $1 ORDER BY position LIMIT $2
        ) AS found
    ) AS bounded
    WHERE bytes_before < {LARGEST_PAGE_BYTES} ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a look at the outbox found: after which row it looked, and the transactions that ran then.

    `is_cut`: there may be more, as it took as many as it may, or as many bytes.
    """

    after: int
    is_cut: bool
    running: frozenset[int]


@dataclass(frozen=True, slots=True)
class Read:
    """A part of the feed: the events in it that match, and the last position that was looked at.

    `newest` is the last position that was given, and `forgotten` the last one whose event is not kept any more.
    """

    events: Sequence[StoredEvent]
    upto: int
    newest: int
    forgotten: int


async def lock(transaction: Transaction) -> int | None:
    """Be the only one to take rows from the outbox; returns the last number that was drawn. None: somebody else is."""
    row = await transaction.fetchrow(LOCK)
    return None if row is None else row["drawn"]


async def own_xid(transaction: Transaction) -> int:
    """The id of this transaction, given now if it has none."""
    [row] = await transaction.fetch("SELECT pg_current_xact_id()::text AS xid")
    return int(row["xid"])


async def take(transaction: Transaction, mark: Mark, limit: int) -> Taken:
    """Move at most `limit` rows from the outbox to the feed, in the order in which they were numbered."""
    [row] = await transaction.fetch(TAKE, mark.outbox_id, [str(xid) for xid in mark.slow], limit)
    return Taken(row["after"], row["is_cut"], frozenset(map(int, row["running"])))


async def forget(database: Database, kept: timedelta, limit: int) -> int:
    """Delete at most `limit` of the oldest events, those that were in the feed for longer, and that were published.

    Returns how many.
    """
    [row] = await database.fetch(FORGET, kept, limit)
    number: int = row["number"]
    return number


def part_of(
    *, after: int, limit: int, viewer: int, types: Sequence[str] | None, listing_id: int | None
) -> tuple[str, list[Any]]:
    """The statement that reads a part of the feed as an account sees it, and its arguments.

    The events of a listing have an index; of others no more than some are looked at, however few of them match.
    """
    arguments: list[Any] = [after, limit, viewer]
    conditions = [f"(type <> '{PRIVATE}' OR account_id = $3)"]
    if types is not None:
        arguments.append(list(types))
        conditions.append(f"type = ANY (${len(arguments)}::text[])")
    if listing_id is not None:
        arguments.append(listing_id)
        conditions.append(f"listing_id = ${len(arguments)}")
    first = "greatest(least($1::bigint, position), forgotten_position)"
    last = "position" if listing_id is not None else f"least(position, {first} + {MOST_SCANNED})"
    statement = f"""
        WITH feed AS MATERIALIZED (
            SELECT position AS newest, forgotten_position AS forgotten, {first} AS after, {last} AS upto
            FROM event_feed WHERE name = 'events'
        ), found AS (
            SELECT position, {COLUMNS} FROM event
            WHERE position > (SELECT after FROM feed) AND position <= (SELECT upto FROM feed)
                AND {" AND ".join(conditions)}
            ORDER BY position LIMIT $2
        ), bounded AS (
            SELECT *, count(*) OVER () AS number, {_bytes_before("position")} AS bytes_before FROM found
        )
        SELECT newest, forgotten, upto, bounded.*
        FROM feed LEFT JOIN bounded ON bytes_before < {LARGEST_PAGE_BYTES}
        ORDER BY position
    """
    return statement, arguments


async def read(database: Database, *, limit: int, **asked: Any) -> Read:
    """At most `limit` events of a part of the feed, oldest first."""
    statement, arguments = part_of(limit=limit, **asked)
    rows = await database.fetch(statement, *arguments)
    events = [_event(row) for row in rows if row["position"] is not None]
    is_cut = bool(events) and (len(events) == limit or len(events) < rows[0]["number"])
    return Read(events, events[-1].position if is_cut else rows[0]["upto"], rows[0]["newest"], rows[0]["forgotten"])


async def newest(database: Database, *, after: int, limit: int) -> Sequence[StoredEvent]:
    """At most `limit` events after a position, without any left out."""
    return [_event(row) for row in await database.fetch(NEWEST, after, limit)]


def _event(row: asyncpg.Record) -> StoredEvent:
    return StoredEvent(*(row[name] for name in NAMES))
