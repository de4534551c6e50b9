"""Where everything is killed: a PostgreSQL of its own, and what shows the effects that events had there."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from listingapi.infra.embedded import OWNER_ROLE, SUPERUSER, own_server
from listingapi.infra.migrations import migrate
from tests.conftest import TestDatabase
from tests.kills.reckoning import Evidence, Told, type_of
from tests.until import until

# A killed process loses nothing that it has written, whether that is on the disk or not.
FASTER = "ALTER SYSTEM SET fsync = off"
EFFECTS = """
    CREATE TABLE effect (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        listing_id bigint NOT NULL, version bigint NOT NULL, type text NOT NULL
    )
"""
# for the bug that remembers what it polled last
POLLED = "CREATE TABLE polled AS SELECT 0::bigint AS outbox_id"
GRANTS = ("GRANT INSERT ON effect TO listingapi_app", "GRANT SELECT, UPDATE ON polled TO listingapi_app")

# Held open at its end, with its listing locked and the numbers of its events drawn.
HOLD = """
    CREATE FUNCTION hold_open() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF random() < 0.2 THEN PERFORM pg_sleep(random() * 0.5); END IF;
        RETURN NULL;
    END $$
"""
HOLD_EACH = """
    CREATE CONSTRAINT TRIGGER hold_open AFTER INSERT ON outbox
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_open()
"""

ENTRIES = "SELECT listing_id, version, price_eur::bigint FROM listing_price"
SEEN = "SELECT listing_id, version, type FROM effect ORDER BY number"
PATIENCE_SECONDS = 1.0
LONGEST_SECONDS = 600.0


@contextmanager
def stage(folder: Path) -> Iterator[TestDatabase]:
    """A database in which a fifth of all writes is held open up to half a second before it commits."""
    with own_server(folder) as server:
        found = TestDatabase(server.serving_url, server.url(OWNER_ROLE), server.url(SUPERUSER))
        migrate(found.migration_url, found.serving_url)
        asyncio.run(_set(found.superuser_url))
        yield found


async def _set(url: str) -> None:
    for statement in (FASTER, "SELECT pg_reload_conf()", EFFECTS, POLLED, *GRANTS, HOLD, HOLD_EACH):
        await fetch(url, statement)


async def fetch(url: str, statement: str) -> list[asyncpg.Record]:
    """Run a statement on a connection of its own, as soon as PostgreSQL takes one."""
    while True:
        try:
            connection = await asyncpg.connect(url)
            try:
                rows: list[asyncpg.Record] = await connection.fetch(statement)
                return rows
            finally:
                await connection.close()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await asyncio.sleep(PATIENCE_SECONDS)


async def history_of(url: str) -> dict[tuple[int, int], int]:
    """The prices that were committed, by listing and version."""
    return {(listing_id, version): price for listing_id, version, price in await fetch(url, ENTRIES)}


async def effects_of(url: str) -> list[Told]:
    """The effects that were committed, in the order in which they came."""
    return [(row["listing_id"], row["version"], row["type"]) for row in await fetch(url, SEEN)]


async def until_effective(url: str, listing_ids: Sequence[int]) -> None:
    """Wait until the creation of some listings has had its effects."""
    waited_for = {(listing_id, 1, type_of(1)) for listing_id in listing_ids}

    async def is_over() -> bool:
        return waited_for.issubset(await effects_of(url))

    await until(is_over, LONGEST_SECONDS, pause=PATIENCE_SECONDS)


async def collect(url: str, evidence: Evidence, last: Sequence[int]) -> None:
    """Take the evidence when the last listings have had their effects, and with them all that was before.

    There is one in each partition of the feed, and queues are in order: what has no effect then has none at all.
    """
    await until_effective(url, last)
    # also for what comes twice
    await asyncio.sleep(PATIENCE_SECONDS)
    evidence.history = await history_of(url)
    evidence.effects = await effects_of(url)
