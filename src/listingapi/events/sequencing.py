"""Moves events from the outbox to the feed, and those that are old out of it."""

from collections.abc import Collection
from datetime import timedelta
from time import monotonic

from listingapi.events import repository
from listingapi.events.positions import Look, Mark
from listingapi.infra.database import Database

TAKEN_AT_ONCE = 5_000
FORGOTTEN_AT_ONCE = 1_000
SECONDS_BETWEEN_WHOLE_LOOKS = 5.0
KEPT = timedelta(days=30)


class Sequencer:
    """Gives events their positions in the feed, without gaps, those of a listing in the order of its versions.

    Any number of them may run; one at a time takes rows. Deleted rows stay in the index as long as some transaction
    might see them, so a look at all of the outbox may be slow: in between, only what is after a mark is looked at.
    """

    def __init__(self, database: Database, *, seconds_between_whole_looks: float = SECONDS_BETWEEN_WHOLE_LOOKS) -> None:
        self._database = database
        self._seconds = seconds_between_whole_looks
        self._due = 0.0
        self._mark = Mark()
        self._last_look = Look()

    async def take_all(self) -> None:
        """Move what there is, unless somebody else is at it."""
        while await self._take_some():
            pass

    async def _take_some(self) -> bool:
        """Move at most as much as one transaction may; returns whether there may be more."""
        is_due = monotonic() >= self._due
        async with self._database.transaction() as transaction:
            drawn = await repository.lock(transaction)
            if drawn is None:
                return False
            look = Look(drawn, await repository.own_xid(transaction)) if is_due else None
            taken = await repository.take(transaction, Mark() if is_due else self._mark, TAKEN_AT_ONCE)
        if taken.after == 0 and not taken.is_cut:
            self._note(look, taken.running)
        return taken.is_cut

    def _note(self, look: Look | None, running: Collection[int]) -> None:
        """Remember that all of the outbox was looked at, and nothing left there; no look: as a slow one had ended."""
        if look is None:
            self._mark = self._mark.without_ended(running)
            return
        self._mark = self._last_look.mark(running)
        self._last_look = look
        self._due = monotonic() + self._seconds


async def forget_old(database: Database) -> None:
    """Delete the events that were kept for long enough, oldest first, some at a time; none that were not published."""
    while await repository.forget(database, KEPT, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
        pass
