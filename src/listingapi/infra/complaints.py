"""Says in the log what goes wrong again and again, without doing so each time."""

from collections import Counter
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any

import structlog

logger = structlog.get_logger()

SECONDS_BETWEEN_REMINDERS = 600.0
SECONDS_BETWEEN_TALLIES = 1.0


class Complaint:
    """Something that may go wrong for a while: it is said for each reason, seldom repeated, and that it is over."""

    def __init__(self, failing: str, mended: str, *, clock: Callable[[], float] = monotonic, **about: Any) -> None:
        self._failing = failing
        self._mended = mended
        self._clock = clock
        self._about = about
        self._reason: str | None = None
        self._said = 0.0

    def say(self, reason: str) -> None:
        """Say that it goes wrong, unless that was what was said last, and not long ago."""
        if reason != self._reason or self._clock() - self._said >= SECONDS_BETWEEN_REMINDERS:
            logger.warning(self._failing, **self._about, reason=reason)
            self._said = self._clock()
        self._reason = reason

    def end(self) -> None:
        """Say that it goes well again, if it did not."""
        if self._reason is not None:
            logger.info(self._mended, **self._about)
        self._reason = None


class Tally:
    """Counts what many requests meet with at the same time: each kind is said once a second, with how many they were.

    There must only be so many kinds.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._said: dict[Hashable, float] = {}
        self._unsaid: Counter[Hashable] = Counter()

    def count(self, kind: Hashable) -> int:
        """Count one; how many are to be said now, those since the last time included, or 0 for none."""
        self._unsaid[kind] += 1
        now = self._now()
        if now - self._said.get(kind, float("-inf")) < SECONDS_BETWEEN_TALLIES:
            return 0
        self._said[kind] = now
        return self._unsaid.pop(kind)
