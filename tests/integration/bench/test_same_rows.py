"""What an import is held against copies all that it stored, into tables of the same kind."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
from bench.ratios.same_rows import TABLES, seconds_to_copy

from tests.bulk_files import Importer, line, price, restored
from tests.conftest import TestDatabase

NAMES = """
    SELECT schemaname || '.' || tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
ROWS = "SELECT row::text FROM {} AS row ORDER BY 1"


async def rows_of(database: TestDatabase) -> dict[str, list[str]]:
    """All rows of all tables, by the names of these."""
    connection = await asyncpg.connect(database.superuser_url)
    tables = [name for (name,) in await connection.fetch(NAMES)]
    rows = {table: [row for (row,) in await connection.fetch(ROWS.format(table))] for table in tables}
    await connection.close()
    return rows


async def test_all_rows_that_an_import_stored_are_copied(
    create_database: Callable[[], TestDatabase], tmp_path: Path
) -> None:
    imported, copied = [await asyncio.to_thread(create_database) for _ in range(2)]
    before = await rows_of(copied)
    await Importer(imported, tmp_path)(restored(3, 1, 2), line(external_id="b", prices=[price(100_000, 1)]))
    seconds = await seconds_to_copy(imported, copied, tmp_path)
    stored = await rows_of(imported)

    assert seconds > 0
    assert await rows_of(copied) == stored
    assert {table for table, rows in stored.items() if rows != before[table]} == {f"public.{table}" for table in TABLES}
