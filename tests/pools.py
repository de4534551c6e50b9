"""Opens the database of a test as processes of the product do."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from listingapi.infra.database import Database
from tests.conftest import TestDatabase


@asynccontextmanager
async def opened(
    database: TestDatabase, *, pool_size: int = 2, session: Mapping[str, str] | None = None
) -> AsyncIterator[Database]:
    """A pool of connections to it, until the end of the block."""
    pool = Database(pool_size=pool_size, session=session)
    await pool.open(database.serving_url)
    try:
        yield pool
    finally:
        await pool.close()
