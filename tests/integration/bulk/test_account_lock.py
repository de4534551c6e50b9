"""Imports take turns at an account, however many batches each of them writes at once."""

import asyncio
from contextlib import AsyncExitStack

from listingapi.bulk.account_lock import MOST_IN_A_ROW, AccountLock
from listingapi.bulk.repository import Connection
from listingapi.infra.database import connect
from tests.conftest import TestDatabase
from tests.until import until

WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"


async def test_another_import_gets_its_turn_after_a_few_batches(database: TestDatabase, superuser: Connection) -> None:
    written: list[str] = []
    async with AsyncExitStack() as stack:
        connections = [await connect(database.serving_url) for _ in range(2)]
        for connection in connections:
            stack.push_async_callback(connection.close)
        one, other = (AccountLock(connection, 1) for connection in connections)

        async def write(lock: AccountLock, name: str) -> None:
            async with lock.held():
                written.append(name)

        async def other_waits() -> bool:
            return bool(await superuser.fetchval(WAITING))

        async with AsyncExitStack() as batches:
            for _ in range(MOST_IN_A_ROW):
                await batches.enter_async_context(one.held())
            tasks = [asyncio.create_task(write(other, "of the other"))]
            await until(other_waits)
            tasks.append(asyncio.create_task(write(one, "one too many")))
            await asyncio.sleep(0)
            assert written == []
        await asyncio.gather(*tasks)

    assert written == ["of the other", "one too many"]
