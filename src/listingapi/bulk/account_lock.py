"""Has one import at a time write to an account, also while it writes several batches at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from listingapi.bulk import repository

MOST_IN_A_ROW = 8


class AccountLock:
    """Is held as long as some batch is written, but left to other imports after a few; has a connection of its own."""

    def __init__(self, connection: repository.Connection, account_id: int) -> None:
        self._connection = connection
        self._account_id = account_id
        self._changed = asyncio.Condition()
        self._writing = 0
        self._in_a_row = 0

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold it while a batch is written."""
        await self._enter()
        try:
            yield
        finally:
            await self._leave()

    async def _enter(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._writing == 0 or self._in_a_row < MOST_IN_A_ROW)
            if self._writing == 0:
                await repository.lock_account(self._connection, self._account_id)
                self._in_a_row = 0
            self._writing += 1
            self._in_a_row += 1

    async def _leave(self) -> None:
        async with self._changed:
            self._writing -= 1
            if self._writing == 0:
                await repository.unlock_account(self._connection, self._account_id)
            self._changed.notify_all()
