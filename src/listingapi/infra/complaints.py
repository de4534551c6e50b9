"""Says in the log what goes wrong again and again, without doing so each time."""

from typing import Any

import structlog

logger = structlog.get_logger()


class Complaint:
    """Something that may go wrong for a while: it is said once for each reason, and that it is over."""

    def __init__(self, failing: str, mended: str, **about: Any) -> None:
        self._failing = failing
        self._mended = mended
        self._about = about
        self._reason: str | None = None

    def say(self, reason: str) -> None:
        """Say that it goes wrong, unless that was what was said last."""
        if reason != self._reason:
            logger.warning(self._failing, **self._about, reason=reason)
        self._reason = reason

    def end(self) -> None:
        """Say that it goes well again, if it did not."""
        if self._reason is not None:
            logger.info(self._mended, **self._about)
        self._reason = None
