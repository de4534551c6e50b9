"""Tells all who wait in this process of new events, with one query for all of them."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice

from listingapi.events import repository
from listingapi.events.cloud_events import StoredEvent
from listingapi.infra.database import Database
from listingapi.infra.patience import Patience

READ_AT_ONCE = 1_000
MOST_KEPT = 1_000
MOST_KEPT_CHARACTERS = 8 * 1024 * 1024


class Tail:
    """The newest events without a gap, those after a position; the oldest of them go when they are too many."""

    def __init__(self, start: int) -> None:
        self.start = start
        self._events: deque[StoredEvent] = deque()
        self._characters = 0

    @property
    def end(self) -> int:
        """The position of the last of them."""
        return self.start + len(self._events)

    def add(self, events: Iterable[StoredEvent]) -> None:
        """Add what follows; it has the positions that follow."""
        for event in events:
            self._events.append(event)
            self._characters += len(event.data)
        while len(self._events) > MOST_KEPT or self._characters > MOST_KEPT_CHARACTERS:
            self._characters -= len(self._events.popleft().data)
            self.start += 1

    def after(self, position: int) -> Sequence[StoredEvent] | None:
        """Those after a position, or None if some of those are not here any more."""
        return None if position < self.start else list(islice(self._events, position - self.start, None))


class Watch:
    """Asks for new events while anybody waits for some."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tail = Tail(0)
        self._waiting = 0
        self._news = asyncio.Event()

    async def look(self) -> None:
        """See what is new, and wake those who wait for it; does nothing if nobody does."""
        tail = self._tail
        while self._waiting and (found := await repository.newest(self._database, after=tail.end, limit=READ_AT_ONCE)):
            tail.add(found)
            self._news.set()
            self._news = asyncio.Event()

    async def after(self, position: int, patience: Patience) -> Sequence[StoredEvent] | None:
        """All events after a position that was the newest: as soon as there is one, none when the patience is over.

        None if there were so many meanwhile that they have to be read.
        """
        if not self._waiting:
            self._tail = Tail(position)
        self._waiting += 1
        try:
            while self._tail.end <= position and patience.seconds_left:
                await patience.wait_for(self._news)
            return self._tail.after(position)
        finally:
            self._waiting -= 1
