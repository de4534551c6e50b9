"""What can be seen of the pools of connections to PostgreSQL from outside."""

from typing import Literal, Protocol
from weakref import WeakSet

from prometheus_client import Gauge

MODE: Literal["livesum"] = "livesum"
SIZE = Gauge("listingapi_database_connections", "Connections that are open.", ["pool"], multiprocess_mode=MODE)
IN_USE = Gauge("listingapi_database_connections_in_use", "Those that are in use.", ["pool"], multiprocess_mode=MODE)
MOST = Gauge("listingapi_database_connections_most", "How many there may be.", ["pool"], multiprocess_mode=MODE)
WAITING = Gauge("listingapi_database_waiting", "Who waits for a connection.", ["pool"], multiprocess_mode=MODE)


class Pool(Protocol):
    """A pool of connections."""

    @property
    def name(self) -> str:
        """What PostgreSQL calls them."""

    @property
    def usage(self) -> tuple[int, int, int, int]:
        """How many connections are open, in use, and may be there at most; and how many wait for one."""

    def cut(self) -> None:
        """Break off every connection."""


OPEN: WeakSet[Pool] = WeakSet()


def measure_pools() -> None:
    """See how the pools of this process are doing; those of one name count together."""
    usages: dict[str, tuple[int, ...]] = {}
    for pool in OPEN:
        before = usages.get(pool.name, (0, 0, 0, 0))
        usages[pool.name] = tuple(map(sum, zip(before, pool.usage, strict=True)))
    for name, usage in usages.items():
        for gauge, number in zip((SIZE, IN_USE, MOST, WAITING), usage, strict=True):
            gauge.labels(name).set(number)
