"""Says in the log what goes wrong again and again, without doing so each time."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import structlog

logger = structlog.get_logger()

SECONDS_BETWEEN_REMINDERS = 600.0


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
