"""A bare COPY of all that an import stored, into the tables that it stored it in."""

import time
from pathlib import Path
from typing import TypeAlias

import asyncpg
from tests.conftest import TestDatabase

# What an import adds rows to, in an order in which each row finds what it refers to.
TABLES = ("listing", "listing_external_id", "listing_text", "listing_price", "outbox", "audit_entry")

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def seconds_to_copy(imported: TestDatabase, fresh: TestDatabase, folder: Path) -> float:
    """How long it takes to copy the rows of an import into a database with the schema, and nothing in its tables.

    Binary, over one connection of the tables' owner; that they are copied out into files before is not counted.
    """
    source = await asyncpg.connect(imported.superuser_url)
    target = await asyncpg.connect(fresh.migration_url)
    seconds = [await _copy(source, target, table, folder / table) for table in TABLES]
    await source.close()
    await target.close()
    return sum(seconds)


async def _copy(source: Connection, target: Connection, table: str, file: Path) -> float:
    await source.copy_from_table(table, output=file, format="binary")
    started = time.perf_counter()
    await target.copy_to_table(table, source=file, format="binary")
    return time.perf_counter() - started
