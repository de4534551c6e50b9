"""How fast a Redis answers; pure.

A process that is busy finds some answers late which were not, but hardly all of them: so the quickest one counts.
"""

from collections.abc import Callable

# So many answers at least, over so many seconds, and not more often than that.
ANSWERS = 10
SECONDS = 1.0
SECONDS_BETWEEN = 0.05

Now = Callable[[], float]


class Pace:
    """Tells when none of the answers of a while came within so many seconds."""

    def __init__(self, seconds: float, now: Now) -> None:
        self._seconds = seconds
        self._now = now
        self._due = float("-inf")
        self._begin()

    def _begin(self) -> None:
        self._began = self._now()
        self._answers = 0
        self._quickest = float("inf")

    def is_due(self) -> bool:
        """Whether the time of one more answer is to be told."""
        now = self._now()
        if now < self._due:
            return False
        self._due = now + SECONDS_BETWEEN
        return True

    def is_too_slow(self, took: float) -> bool:
        """Whether it is, by an answer that took so many seconds and those before it."""
        self._answers += 1
        self._quickest = min(took, self._quickest)
        if self._answers < ANSWERS or self._now() - self._began < SECONDS:
            return False
        is_slow = self._quickest > self._seconds
        self._begin()
        return is_slow
