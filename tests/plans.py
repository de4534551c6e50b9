"""What PostgreSQL does to answer a statement, in databases that are large enough for it to matter."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from listingapi.app import SEARCH_SESSION
from listingapi.infra.database import SERVING_ROLE
from tests.conftest import TestDatabase
from tests.until import until

Plan = dict[str, Any]

IS_VISIBLE = "SELECT relallvisible = relpages FROM pg_class WHERE oid = $1::text::regclass"


def filled(create_database: Callable[[], TestDatabase], fill: Callable[[Any], Awaitable[None]]) -> TestDatabase:
    """A new database that was filled over a superuser's connection."""
    database = create_database()

    async def connect_and_fill() -> None:
        connection = await asyncpg.connect(database.superuser_url)
        await fill(connection)
        await connection.close()

    asyncio.run(connect_and_fill())
    return database


async def vacuum(connection: Any, *tables: str) -> None:
    """Have all of some tables be known to be visible to all: what others look at just then is not marked as that."""
    for table in tables:

        async def is_visible(table: str = table) -> bool:
            await connection.execute(f"VACUUM ANALYZE {table}")
            return bool(await connection.fetchval(IS_VISIBLE, table))

        await until(is_visible)


@asynccontextmanager
async def reading(database: TestDatabase) -> AsyncIterator[Any]:
    """A session like those that pages are read on, until the end of the block."""
    connection = await asyncpg.connect(database.serving_url, server_settings={"role": SERVING_ROLE, **SEARCH_SESSION})
    yield connection
    await connection.close()


async def plan_of(session: Any, statement: str, *arguments: Any) -> Plan:
    """Run a statement; returns the plan of it, with what it did."""
    [[text]] = await session.fetch(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    plan: Plan = json.loads(text)[0]["Plan"]
    return plan


def nodes_of(plan: Plan) -> Iterator[Plan]:
    """The nodes of a plan, each before those below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes_of(child)


def pages_of(plan: Plan) -> int:
    """How many pages of tables and indexes were read."""
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
