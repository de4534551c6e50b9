"""What readers and writers of one process share: where they ask, and what they were told."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import msgspec

from tests.faults.freshness.story import Acknowledged, Body, Failure, Kind, Rows, Seen, Told
from tests.faults.freshness.wire import Address

# All write on a few listings, and leave them alone then: only what is left alone can be found to be stale for long.
ACTIVE_SECONDS = 2.0
ONE_IN_ACTIVE = 5
ROWS_AT_ONCE = 1_000


class Task(msgspec.Struct, frozen=True):
    """What a process of clients is to do, and where."""

    number: int
    reads: int
    changes: int
    readers: int
    writers: int
    places: Mapping[str, Address]
    key: str
    listing_ids: Sequence[int]
    folder: str


def count_of(task: Task) -> int:
    """How many reads a process has made, about."""
    try:
        return int(_count_file(task).read_text() or 0)
    except FileNotFoundError:
        return 0


def _count_file(task: Task) -> Path:
    return Path(task.folder) / f"reads-{task.number}"


class Log:
    """Keeps what clients see; the file of rows grows meanwhile, so that others know how far they are."""

    def __init__(self, task: Task, file: BinaryIO, rows: Rows) -> None:
        self.task = task
        self.reads: Counter[str] = Counter()
        self.told = Told()
        self._numbers = {listing_id: number for number, listing_id in enumerate(task.listing_ids)}
        self._file = file
        self._rows = rows
        self._unwritten: list[bytes] = []
        self._bodies: set[Body] = set()
        self._done = 0
        self._due: deque[tuple[float, asyncio.Future[None]]] = deque()

    def number_of(self, listing_id: int) -> int | None:
        """By which number a listing goes in this test; those of a run before have none."""
        return self._numbers.get(listing_id)

    def see(self, seen: Seen) -> None:
        """Keep what a read showed of one listing."""
        self._unwritten.append(self._rows.pack(seen))
        if len(self._unwritten) >= ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Have the file hold all of it."""
        self._file.write(b"".join(self._unwritten))
        self._unwritten.clear()
        _count_file(self.task).write_text(str(self._done))

    def keep_body(self, body: Body) -> None:
        """Keep the prices that an answer had, unless the same were seen already."""
        self._bodies.add(body)

    def acknowledged(self, each: Acknowledged) -> None:
        """Keep that a price was taken."""
        self.told.acknowledged.append(each)

    def failed(self, place: str, status: int, what: str) -> None:
        """Keep that a request failed."""
        self.told.failures.append(Failure(place, monotonic(), status, what))

    def count(self, kind: Kind, place: str) -> None:
        """Count a read, and let those write who waited for so many."""
        self.reads[f"{kind} {place}"] += 1
        self._done += 1
        while self._due and self._due[0][0] <= self._done:
            self._due.popleft()[1].set_result(None)

    @property
    def is_over(self) -> bool:
        """Whether enough was read."""
        return self._done >= self.task.reads

    async def until_read(self, reads: float) -> None:
        """Wait until so much was read; those who ask later wait for no less."""
        if reads > self._done:
            self._due.append((reads, asyncio.get_running_loop().create_future()))
            await self._due[-1][1]

    def end(self) -> Told:
        """All but the rows."""
        self.flush()
        self.told.bodies = list(self._bodies)
        self.told.reads = dict(self.reads)
        return self.told


def active(listings: int, chance: random.Random) -> int:
    """A listing that all writers write on at this time."""
    window = int(monotonic() / ACTIVE_SECONDS)
    return (chance.randrange(listings // ONE_IN_ACTIVE) * ONE_IN_ACTIVE + window) % listings
