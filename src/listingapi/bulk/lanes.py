"""Applies several batches at the same time, each over a connection of its own."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from listingapi.bulk import fresh_repository
from listingapi.bulk.account_lock import AccountLock
from listingapi.bulk.apply_repository import Applied
from listingapi.bulk.applying import Target, apply
from listingapi.bulk.batches import Batch
from listingapi.bulk.claims import Claim
from listingapi.bulk.lines import Row
from listingapi.bulk.turns import external_ids, given_ids
from listingapi.infra.start import StartError


@dataclass(frozen=True, slots=True)
class _Running:
    batch: Batch
    claim: Claim
    target: Target
    task: "asyncio.Task[list[Applied]]"


class Lanes:
    """Connections that batches are applied over; without a lock, nobody else is told to wait."""

    def __init__(self, targets: Sequence[Target], lock: AccountLock | None) -> None:
        self._free = list(targets)
        self._lock = lock
        self._running: deque[_Running] = deque()

    async def apply(
        self, batches: AsyncIterator[Batch], clock: Callable[[], datetime]
    ) -> AsyncGenerator[tuple[Batch, list[Applied]]]:
        """Apply batches, and say in their order what became of them.

        One that may touch a listing of an earlier one begins when that one has ended.
        """
        try:
            async for batch in batches:
                if not self._free:
                    yield await self._first()
                claim = await self._claim(batch.rows)
                while not claim.is_apart_from([running.claim for running in self._running]):
                    yield await self._first()
                self._begin(batch, claim, clock())
            while self._running:
                yield await self._first()
        except StartError:  # a file can't be read any further: what was read of it is written
            while self._running:
                yield await self._first()
            raise
        finally:
            await self._stop()

    async def _claim(self, rows: Sequence[Row]) -> Claim:
        names = external_ids(rows) if given_ids(rows) else []
        target = self._free[0]
        return Claim.of(rows, await fresh_repository.found_names(target.connection, target.account_id, names))

    def _begin(self, batch: Batch, claim: Claim, now: datetime) -> None:
        target = self._free.pop()
        task = asyncio.create_task(self._apply(target, batch.rows, now))
        self._running.append(_Running(batch, claim, target, task))

    async def _apply(self, target: Target, rows: Sequence[Row], now: datetime) -> list[Applied]:
        if self._lock is None:
            return await apply(target, rows, now=now)
        async with self._lock.held():
            return await apply(target, rows, now=now)

    async def _first(self) -> tuple[Batch, list[Applied]]:
        """Wait for the earliest batch."""
        first = self._running[0]
        applied = await first.task
        self._running.popleft()
        self._free.append(first.target)
        return first.batch, applied

    async def _stop(self) -> None:
        tasks = [running.task for running in self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
