"""What is answered elsewhere: to look for it here first would be a second look each time; pure."""

from collections.abc import Callable

from listingapi.hot.memory import Key

KEPT_SECONDS = 10.0
MOST_KEPT = 10_000


class Elsewhere:
    """Remembers for a while of what nothing was found here: a long history, or a listing that is not on the market."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._noted: dict[Key, float] = {}

    def note(self, key: Key) -> None:
        """Nothing was found of this."""
        if len(self._noted) >= MOST_KEPT:
            self._noted.clear()
        self._noted[key] = self._now()

    def has(self, key: Key) -> bool:
        """Whether nothing was found of this a moment ago."""
        noted = self._noted.get(key)
        if noted is None:
            return False
        if self._now() - noted < KEPT_SECONDS:
            return True
        del self._noted[key]
        return False
