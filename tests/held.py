"""Holds back whoever reads or writes listings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.conftest import TestDatabase


@asynccontextmanager
async def held_back(database: TestDatabase) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Let nobody read or write listings until the end of the block, but over this connection."""
    connection = await asyncpg.connect(database.superuser_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE listing IN ACCESS EXCLUSIVE MODE")
            yield connection
    finally:
        await connection.close()
