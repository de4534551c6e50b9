"""A broker in the hand of a test: it notes what it is given, and does with it what the test says."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from itertools import pairwise

from listingapi.events.cloud_events import CloudEvent

Told = tuple[int, int]
"""The listing and the version of an event."""


def told(event: CloudEvent) -> Told:
    return int(event.subject), int(event.sequence)


async def _take(_: CloudEvent) -> None:
    """Confirm at once."""


class RecordingBroker:
    """Notes what it took, in the order in which it was safe; `act` may take its time, or raise."""

    def __init__(self, act: Callable[[CloudEvent], Awaitable[object]] = _take) -> None:
        self.act = act
        self.taken: list[Told] = []
        self.under_way: list[int] = []
        self.met = False

    async def publish(self, event: CloudEvent) -> None:
        listing_id, _ = told(event)
        self.met = self.met or listing_id in self.under_way
        self.under_way.append(listing_id)
        try:
            await self.act(event)
            self.taken.append(told(event))
        finally:
            self.under_way.remove(listing_id)


def versions_of(taken: list[Told]) -> dict[int, list[int]]:
    """The versions of each listing in the order in which they came."""
    versions = defaultdict(list)
    for listing_id, version in taken:
        versions[listing_id].append(version)
    return versions


def assert_in_order(taken: list[Told]) -> None:
    """See that each version came first only after all that are lower; what comes again is told by its id."""
    firsts = versions_of(list(dict.fromkeys(taken)))
    assert [each for each in firsts.values() if any(before >= after for before, after in pairwise(each))] == []
