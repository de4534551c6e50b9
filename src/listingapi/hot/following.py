"""Follows the feed, so that what is kept in this process goes when its listing changes, whoever changed it."""

from collections.abc import Callable

from listingapi.events import changes_repository
from listingapi.hot.known import MOST_LISTINGS, Known
from listingapi.hot.line import Line
from listingapi.hot.memory import Memory
from listingapi.infra.database import Database

READ_AT_ONCE = 5_000
MOST_WAITING = 1_000

Now = Callable[[], float]


class Follower:
    """Looks at the feed, from some time before the first look on: what other processes read then can be believed.

    `tell` is told of which database that is, each time that it begins.
    """

    def __init__(  # noqa: PLR0913 - what it keeps true
        self, database: Database, known: Known, memory: Memory, line: Line, now: Now, *, tell: Callable[[str], None]
    ) -> None:
        self._database = database
        self._known = known
        self._memory = memory
        self._line = line
        self._now = now
        self._tell = tell
        self._identity = ""

    async def look(self) -> None:
        """Take note of all that has changed."""
        while await self._look_at_some() == READ_AT_ONCE:
            pass

    async def _look_at_some(self) -> int:
        after = await self._begin() if self._known.upto is None else self._known.upto
        began = self._now()
        found = await changes_repository.changes(self._database, after, limit=READ_AT_ONCE, most_waiting=MOST_WAITING)
        if found.newest < after or found.identity != self._identity:
            self._forget()
            return 0
        for change in found.listings:
            self._memory.changed(*change)
        self._known.upto = found.upto
        if len(found.listings) < READ_AT_ONCE and len(found.waiting) < MOST_WAITING:
            self._line.heard(began, found.waiting)
        return len(found.listings)

    async def _begin(self) -> int:
        extent = await changes_repository.extent(self._database)
        self._identity = extent.identity
        self._tell(extent.identity)
        after = max(extent.forgotten, extent.newest - MOST_LISTINGS)
        self._known.begin(after)
        return after

    def _forget(self) -> None:
        """PostgreSQL may have lost what was in the feed already: nothing that was read before is true for sure."""
        self._known.upto = None
        self._memory.clear()
        self._line.cut()
