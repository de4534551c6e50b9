"""Which listings changed lately, as far as this process was told; pure."""

from collections import OrderedDict
from typing import NamedTuple

# How many listings are remembered: what was read before the changes of all of these can't be believed any more.
MOST_LISTINGS = 50_000


class _Change(NamedTuple):
    version: int
    position: int


class Known:
    """The latest version of each listing that changed after some position of the feed, up to another one."""

    def __init__(self, most_listings: int = MOST_LISTINGS) -> None:
        self._most_listings = most_listings
        self._changes: OrderedDict[int, _Change] = OrderedDict()
        self._since = 0
        self.upto: int | None = None

    def begin(self, position: int) -> None:
        """Nothing is known but what will be told from this position on."""
        self._changes.clear()
        self._since = self.upto = position

    def note(self, listing_id: int, version: int, position: int | None = None) -> None:
        """A listing has this version now, or a later one; whoever wrote it does not know its position yet."""
        before = self._changes.pop(listing_id, None)
        change = _Change(version, position or self.upto or 0)
        self._changes[listing_id] = max(before, change) if before else change
        if len(self._changes) > self._most_listings:
            _, forgotten = self._changes.popitem(last=False)
            self._since = max(self._since, forgotten.position)

    def allows(self, listing_id: int, version: int, position: int | None) -> bool:
        """Whether what was read of a listing is still true for all that is known; `position`: how far that went then.

        Whatever had a position by then was seen by that read.
        """
        if self.upto is None or position is None or position < self._since:
            return False
        change = self._changes.get(listing_id)
        return change is None or change.version <= version
