"""Up to where the outbox need not be looked at again, by which transactions were under way.

Numbers are drawn before the rows that have them are committed, so that lower ones may appear after higher ones. Whoever
draws a number has its listing locked, and so is a transaction that has an id already. What was drawn until some moment
can appear later only from transactions whose ids were given before that moment.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """All rows up to this number were taken, and no more appear as long as none of the slow transactions ends."""

    outbox_id: int = 0
    slow: Collection[int] = ()

    def without_ended(self, running: Collection[int]) -> "Mark":
        """The same after what those that have ended brought was looked for."""
        return Mark(self.outbox_id, [xid for xid in self.slow if xid in running])


@dataclass(frozen=True, slots=True)
class Look:
    """A whole look at the outbox: the last number that was drawn before it, and a transaction's id given after that.

    A snapshot would not do for the id: it knows of none beyond the last that has ended.
    """

    drawn: int = 0
    xid: int = 0

    def mark(self, running: Collection[int]) -> Mark:
        """The mark at this look, for after a later one that left nothing, by the transactions that ran then."""
        return Mark(self.drawn, [xid for xid in running if xid < self.xid])
