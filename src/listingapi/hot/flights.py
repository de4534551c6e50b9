"""Has those share a read who ask for the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key")
Found = TypeVar("Found")

# One read at a time for each key; but nobody waits for longer than that until theirs begins.
PATIENCE_SECONDS = 0.5

Now = Callable[[], float]
Read = Callable[[float], Awaitable[Found]]


class _Flight(NamedTuple, Generic[Found]):
    began: float
    task: "asyncio.Task[Found]"


class Flights(Generic[Key, Found]):
    """Reads that are on their way, and those that are about to begin. A read is told when it began."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._flying: dict[Key, _Flight[Found]] = {}
        self._next: dict[Key, asyncio.Task[Found]] = {}

    async def next(self, key: Key, read: Read[Found]) -> Found:
        """What a read finds that begins from now on: one that is on its way may be of before a write."""
        waiting = self._next.get(key)
        if waiting is None:
            waiting = self._next[key] = asyncio.create_task(self._fly(key, read), name="shared_read")
        return await asyncio.shield(waiting)

    async def after(self, time: float, key: Key, read: Read[Found]) -> Found:
        """The same of a read that began after some time."""
        flight = self._flying.get(key)
        if flight and flight.began > time:
            return await asyncio.shield(flight.task)
        return await self.next(key, read)

    async def _fly(self, key: Key, read: Read[Found]) -> Found:
        if before := self._flying.get(key):
            await asyncio.wait([before.task], timeout=PATIENCE_SECONDS)
        flight = self._flying[key] = _Flight(self._now(), self._next.pop(key))
        try:
            return await read(flight.began)
        finally:
            if self._flying.get(key) is flight:
                del self._flying[key]
