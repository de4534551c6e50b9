"""What can be seen of what is kept from outside."""

from typing import Protocol
from weakref import WeakSet

from prometheus_client import Counter, Gauge

from listingapi.hot.memory import Memory

FOUND = Counter("listingapi_cache_found", "Reads that were answered from what is kept, by where it was.", ["cache"])
MISSED = Counter("listingapi_cache_missed", "Reads that were answered from PostgreSQL.")
ENTRIES = Gauge("listingapi_cache_entries", "Answers that are kept in memory.", multiprocess_mode="livesum")
BYTES = Gauge("listingapi_cache_bytes", "The memory that they take.", multiprocess_mode="livesum")
BEHIND = Gauge(
    "listingapi_cache_behind_seconds",
    "For how long it is not known whether what is kept is true; from one second on, it is not used.",
    multiprocess_mode="livemax",
)
PAGES_FOUND = Counter("listingapi_cache_pages_found", "Pages that were answered from what is kept.")
PAGES_MISSED = Counter("listingapi_cache_pages_missed", "Pages that were read, alone or for several who asked.")
PAGES = Gauge("listingapi_cache_pages", "Pages that are kept in memory.", multiprocess_mode="livesum")
PAGES_BYTES = Gauge("listingapi_cache_pages_bytes", "The memory that they take.", multiprocess_mode="livesum")


class FoundPages:
    """How many pages were answered from what is kept, and how many were not, since that was last told."""

    __slots__ = ("kept", "missed")

    def __init__(self) -> None:
        self.kept = self.missed = 0

    def tell(self) -> None:
        """Bring them to the metrics of the process."""
        PAGES_FOUND.inc(self.kept)
        PAGES_MISSED.inc(self.missed)
        self.kept = self.missed = 0


class Pages(Protocol):
    """What answers pages."""

    found: FoundPages

    @property
    def room(self) -> tuple[int, int]:
        """How many are kept, and how many bytes they take."""


OPEN: WeakSet[Pages] = WeakSet()


class Found:
    """How many reads were answered from where, since that was last told."""

    __slots__ = ("database", "memory", "redis")

    def __init__(self) -> None:
        self.memory = self.redis = self.database = 0

    def tell(self) -> None:
        """Bring them to the metrics of the process."""
        FOUND.labels("memory").inc(self.memory)
        FOUND.labels("redis").inc(self.redis)
        MISSED.inc(self.database)
        self.memory = self.redis = self.database = 0


def measure_pages() -> None:
    """See what this process keeps of pages."""
    rooms = [pages.room for pages in OPEN]
    PAGES.set(sum(count for count, _ in rooms))
    PAGES_BYTES.set(sum(size for _, size in rooms))
    for pages in OPEN:
        pages.found.tell()


def measure(memory: Memory, seconds_behind: float) -> None:
    """See what is kept in memory."""
    ENTRIES.set(len(memory))
    BYTES.set(memory.bytes)
    BEHIND.set(seconds_behind)
