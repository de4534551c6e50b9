"""Up to where the outbox need not be looked at again, by which transactions were under way.

Numbers are drawn before the rows that have them are committed, so that lower ones may appear after higher ones. Whoever
draws a number has its listing locked, and so is a transaction that has an id. Numbers that were drawn before a snapshot
was taken can appear later only from transactions which that snapshot has as under way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The transactions that were under way, and the first id that was given to none yet."""

    next_xid: int
    running: tuple[int, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what PostgreSQL writes of a pg_snapshot: `xmin:xmax:running,running`."""
        _, next_xid, running = text.split(":")
        return cls(int(next_xid), tuple(int(xid) for xid in running.split(",") if xid))


@dataclass(frozen=True, slots=True)
class Mark:
    """All rows up to this number were taken, and no more appear as long as none of the slow transactions ends."""

    outbox_id: int = 0
    slow: Sequence[int] = ()

    def without_ended(self, now: Snapshot) -> "Mark":
        """The same after what had ended was looked for."""
        return Mark(self.outbox_id, [xid for xid in self.slow if xid in now.running])


@dataclass(frozen=True, slots=True)
class Look:
    """A whole look at the outbox: the last number that was drawn before it, and the snapshot that it was taken in."""

    drawn: int
    snapshot: Snapshot

    def mark(self, now: Snapshot) -> Mark:
        """The mark at this look, for after another one in which nothing was left.

        Only transactions that run since then can still bring what was drawn until then.
        """
        return Mark(self.drawn, [xid for xid in now.running if xid < self.snapshot.next_xid])


NO_LOOK = Look(0, Snapshot(0, ()))
