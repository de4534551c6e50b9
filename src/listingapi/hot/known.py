"""Which listings changed lately, as far as this process was told; pure."""

from itertools import islice

# How many listings are remembered: what was read before the changes of all of these can't be believed any more.
MOST_LISTINGS = 50_000
# Those that changed longest ago are forgotten together, one sixteenth of all: to look for the first is slow.
PARTS = 16
# A change is its version and its position in one number: it takes a third of the memory of a pair of two.
POSITION_BITS = 64
POSITION = (1 << POSITION_BITS) - 1


class Known:
    """The latest version of each listing that changed after some position of the feed, up to another one."""

    def __init__(self, most_listings: int = MOST_LISTINGS) -> None:
        self._most_listings = most_listings
        self._changes: dict[int, int] = {}
        self._since = 0
        self.upto: int | None = None

    def begin(self, position: int) -> None:
        """Nothing is known but what will be told from this position on."""
        self._changes.clear()
        self._since = self.upto = position

    def note(self, listing_id: int, version: int, position: int | None = None) -> None:
        """A listing has this version now, or a later one; whoever wrote it does not know its position yet."""
        before = self._changes.pop(listing_id, 0)
        self._changes[listing_id] = max(before, version << POSITION_BITS | (position or self.upto or 0))
        if len(self._changes) > self._most_listings:
            self._forget()

    def _forget(self) -> None:
        several = 1 + self._most_listings // PARTS
        for listing_id in list(islice(self._changes, several)):
            self._since = max(self._since, self._changes.pop(listing_id) & POSITION)

    def allows(self, listing_id: int, version: int, position: int | None) -> bool:
        """Whether what was read of a listing is still true for all that is known; `position`: how far that went then.

        Whatever had a position by then was seen by that read.
        """
        if self.upto is None or position is None or position < self._since:
            return False
        change = self._changes.get(listing_id)
        return change is None or change >> POSITION_BITS <= version
