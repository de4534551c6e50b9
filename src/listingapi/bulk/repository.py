"""The SQL of import around the statement that applies lines: accounts, locks, ids and the staging table."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from listingapi.bulk.lines import Row

if TYPE_CHECKING:
    import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

LISTING_IDS = "listing_listing_id_seq"
REHEARSED_IDS = "import_rehearsed_id"
FEW_IDS = 100_000
STAGING = "import_line"

CREATE_STAGING = """
    CREATE TEMPORARY TABLE import_line (
        turn integer NOT NULL,
        line bigint NOT NULL,
        name text NOT NULL,
        description text NOT NULL,
        building_type text NOT NULL,
        latest_price_eur numeric(14, 2) NOT NULL,
        surface_area_m2 double precision NOT NULL,
        rooms_count integer NOT NULL,
        bedrooms_count integer NOT NULL,
        contact_phone_number text,
        street_address text NOT NULL,
        postal_code text NOT NULL,
        city text NOT NULL,
        country text NOT NULL,
        external_id text,
        given_id bigint,
        as_of timestamptz,
        created_date timestamptz,
        prices numeric(14, 2)[],
        price_dates timestamptz[],
        is_update boolean NOT NULL
    )
"""
EMPTY_STAGING = "TRUNCATE import_line"

# A rehearsal has tables of its own, which the statements of an import find before the real ones: pg_temp is searched
# first. It locks no row that others write, and takes no ids. The copy is renamed when it is whole, as its name hides
# what it is a copy of. Of the indexes it has only the keys, as no search reads it. The words of listings and the events
# are only written, so the places for them are empty. The view is made anew of the copies; its definition is asked for
# while it still names what it reads without a schema.
COPIED = {
    "listing": "ADD PRIMARY KEY (listing_id)",
    "listing_price": "ADD PRIMARY KEY (listing_id, version)",
    "listing_price_correction": "ADD PRIMARY KEY (listing_id, version)",
    "listing_external_id": "ADD PRIMARY KEY (account_id, external_id), ADD UNIQUE (listing_id)",
}
ONLY_WRITTEN = {
    "listing_text": "ADD PRIMARY KEY (listing_id)",
    "outbox": "ADD PRIMARY KEY (listing_id, version, type)",
}
HISTORY_VIEW = "listing_price_history"
VIEW_DEFINITION = f"SELECT pg_get_viewdef('{HISTORY_VIEW}'::regclass)"
CREATE_COPY = "CREATE TEMPORARY TABLE rehearsed_{table} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES)"
FILL_COPY = "INSERT INTO rehearsed_{table} OVERRIDING SYSTEM VALUE SELECT * FROM {table}"
ADD_KEYS = "ALTER TABLE rehearsed_{table} {keys}"
NAME_COPY = "ALTER TABLE rehearsed_{table} RENAME TO {table}"
CREATE_REHEARSED_IDS = f"CREATE TEMPORARY SEQUENCE {REHEARSED_IDS} INCREMENT BY -1"

# Stands for the account that a rehearsal does not create.
NO_ACCOUNT = -1
FIND_ACCOUNT = "SELECT account_id FROM account WHERE name = $1"
CREATE_ACCOUNT = "INSERT INTO account (name) VALUES ($1) ON CONFLICT (name) DO NOTHING"

# One import at a time into an account; the first key is this lock's own.
LOCK_ACCOUNT = "SELECT pg_advisory_lock(721458011, hashint8($1))"
UNLOCK_ACCOUNT = "SELECT pg_advisory_unlock(721458011, hashint8($1))"

EXTERNAL_IDS = "SELECT listing_id, external_id FROM listing_external_id WHERE account_id = $1 AND listing_id = ANY($2)"

# Ids that a file gives must not be given again. Going there step by step is safe beside others who take ids; a
# jump is not, but nobody takes that many between these two statements, and who jumps, too, waits: the sequence would
# go back to where the later of two jumps leads.
LOCK_JUMPS = "SELECT pg_advisory_xact_lock(721458015, 0)"
LAST_ID = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {LISTING_IDS}"
TAKE_IDS = f"SELECT count(nextval('{LISTING_IDS}')) FROM generate_series(1, $1::bigint)"
JUMP_TO_ID = f"SELECT setval('{LISTING_IDS}', $1)"

LOCK_MATCHED = """
    SELECT listing_id FROM listing WHERE listing_id IN (
        SELECT given_id FROM import_line
        UNION
        SELECT x.listing_id
        FROM import_line AS s JOIN listing_external_id AS x ON x.account_id = $1 AND x.external_id = s.external_id
    )
    ORDER BY listing_id
    FOR NO KEY UPDATE
"""


async def prepare(connection: Connection) -> None:
    """Make what an import needs for itself; it goes with the connection."""
    await connection.execute(CREATE_STAGING)
    await connection.execute(CREATE_REHEARSED_IDS)


async def copy_listings(connection: Connection) -> None:
    """Give the connection its own copies of the tables that an import writes to, as one moment has them."""
    async with connection.transaction(isolation="repeatable_read"):
        view = await connection.fetchval(VIEW_DEFINITION)
        for table, keys in (COPIED | ONLY_WRITTEN).items():
            await connection.execute(CREATE_COPY.format(table=table))
            if table in COPIED:
                await connection.execute(FILL_COPY.format(table=table))
            await connection.execute(ADD_KEYS.format(table=table, keys=keys))
            await connection.execute(NAME_COPY.format(table=table))
        await connection.execute(f"CREATE TEMPORARY VIEW {HISTORY_VIEW} AS {view}")


async def create_account(connection: Connection, name: str) -> int:
    """Create the account of this name, unless someone else just did."""
    await connection.execute(CREATE_ACCOUNT, name)
    account_id: int = await connection.fetchval(FIND_ACCOUNT, name)
    return account_id


async def find_account(connection: Connection, name: str) -> int | None:
    """The account of this name, if there is one."""
    account_id: int | None = await connection.fetchval(FIND_ACCOUNT, name)
    return account_id


async def lock_account(connection: Connection, account_id: int) -> None:
    """Wait until no other import writes to the account; holds until it is unlocked, or the connection ends."""
    await connection.execute(LOCK_ACCOUNT, account_id)


async def unlock_account(connection: Connection, account_id: int) -> None:
    """Let another import write to the account."""
    await connection.execute(UNLOCK_ACCOUNT, account_id)


async def external_ids(connection: Connection, account_id: int, listing_ids: Sequence[int]) -> dict[int, str]:
    """The external ids of some of an account's listings, as far as they have one."""
    rows = await connection.fetch(EXTERNAL_IDS, account_id, listing_ids)
    return {row["listing_id"]: row["external_id"] for row in rows}


async def reserve_ids(connection: Connection, largest: int) -> None:
    """See to it that ids up to the largest are given to nobody from now on; not to be called in a transaction."""
    if largest <= await connection.fetchval(LAST_ID):
        return
    async with connection.transaction():
        await connection.execute(LOCK_JUMPS)
        missing = largest - await connection.fetchval(LAST_ID)
        if missing > FEW_IDS:
            await connection.execute(JUMP_TO_ID, largest)
        elif missing > 0:
            await connection.execute(TAKE_IDS, missing)


async def stage(connection: Connection, rows: Iterable[Row]) -> None:
    """Put rows, which begin with their turn, in the place of what is staged."""
    await connection.execute(EMPTY_STAGING)
    await connection.copy_records_to_table(STAGING, records=rows)


async def lock_matched(connection: Connection, account_id: int) -> None:
    """Lock the listings that the staged lines are of, so that nobody changes them before the lines are applied."""
    await connection.execute(LOCK_MATCHED, account_id)
