"""How far what is kept in this process is known to be still true; pure.

Every write puts an event into the outbox with it. Events get positions in the feed from there, and a look at the feed
tells which listings have changed. Whatever was committed when a look began is known as soon as a look finds none of the
events in the outbox any more that the first one had found there.
"""

from collections import deque
from collections.abc import Collection
from typing import NamedTuple

# What is told to who may only read is never older than that.
OLDEST_SECONDS = 1.0
# Where events wait for long, the oldest looks are of no use any more.
MOST_LOOKS = 20


class _Look(NamedTuple):
    began: float
    waiting: frozenset[int]


class Line:
    """What looks at the feed come to, by a clock that never runs backwards, in seconds."""

    def __init__(self) -> None:
        self._looks: deque[_Look] = deque(maxlen=MOST_LOOKS)
        self.known_until = float("-inf")

    def cut(self) -> None:
        """Nothing is known any more."""
        self._looks.clear()
        self.known_until = float("-inf")

    def heard(self, began: float, waiting: Collection[int]) -> None:
        """All changes are known that a look found which began then; these events had no position yet."""
        look = _Look(began, frozenset(waiting))
        self._looks.append(look)
        while self._looks and self._looks[0].waiting.isdisjoint(look.waiting):
            self.known_until = self._looks.popleft().began

    def is_good(self, now: float) -> bool:
        """Whether all changes are known that were acknowledged longer ago than what is kept may be old."""
        return now - self.known_until < OLDEST_SECONDS
