"""The SQL that tells which listings have changed: in the feed, and not in it yet."""

from collections.abc import Sequence
from typing import NamedTuple

from listingapi.infra.database import Database

# Which database this is, whatever it is called: no two servers have the same, nor two databases of one. One that was
# brought back to a point in time, or whose copy took over, has another timeline, which the name of a file of the log
# begins with; a copy that has not taken over writes none. `pg_control_checkpoint()` would tell of it minutes later.
_IDENTITY = """
    SELECT concat_ws('.',
        system_identifier,
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        CASE WHEN pg_is_in_recovery() THEN 'copy' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END
    )
    FROM pg_control_system()
"""
# All in one snapshot. What waits in the outbox was committed, and has no position yet.
CHANGES = f"""
    SELECT ({_IDENTITY}) AS identity, feed.position AS newest,
        ARRAY(SELECT outbox_id FROM outbox ORDER BY outbox_id LIMIT $3) AS waiting,
        ARRAY(
            SELECT (position, listing_id, version) FROM event WHERE position > $1 ORDER BY position LIMIT $2
        ) AS events
    FROM event_feed AS feed
    WHERE feed.name = 'events'
"""
EXTENT = f"""
    SELECT ({_IDENTITY}) AS identity, position AS newest, forgotten_position AS forgotten
    FROM event_feed
    WHERE name = 'events'
"""


class Changes(NamedTuple):
    """Listings, their versions and positions, in order; how far the feed was read, and how far it goes.

    `waiting` are some of the events that had no position yet, at most as many as were asked for. `identity` is that of
    the database.
    """

    listings: Sequence[tuple[int, int, int]]
    upto: int
    newest: int
    waiting: Sequence[int]
    identity: str


async def changes(database: Database, after: int, *, limit: int, most_waiting: int) -> Changes:
    """What changed after a position; at most `limit` events are read."""
    [row] = await database.fetch(CHANGES, after, limit, most_waiting)
    listings = [(listing_id, version, position) for position, listing_id, version in row["events"]]
    upto = listings[-1][2] if listings else after
    return Changes(listings, upto, row["newest"], row["waiting"], row["identity"])


class Extent(NamedTuple):
    """The last position that was given, the last one whose event was deleted, and the identity of the database."""

    newest: int
    forgotten: int
    identity: str


async def extent(database: Database) -> Extent:
    """From where to where the feed goes."""
    [row] = await database.fetch(EXTENT)
    return Extent(row["newest"], row["forgotten"], row["identity"])


async def identity(database: Database) -> str:
    """A name for the database that no other one has."""
    return (await extent(database)).identity
