"""Has a process end in time also where PostgreSQL says nothing: what still waits for it then is cut off from it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from listingapi.infra.pool_metrics import OPEN

# All that is under way is to end within that, and all connections are to be closed.
END_SECONDS = 3.0


class Ending:
    """How a process ends: once for all of its pools, however many there are, and whoever uses them."""

    def __init__(self, seconds: float = END_SECONDS) -> None:
        self._seconds = seconds
        self._cutting: asyncio.TimerHandle | None = None

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Begin at the end of the block."""
        try:
            yield
        finally:
            self._cutting = asyncio.get_running_loop().call_later(self._seconds, _cut_all)

    def is_over(self) -> None:
        """All are closed."""
        if self._cutting:
            self._cutting.cancel()


def _cut_all() -> None:
    for pool in tuple(OPEN):
        pool.cut()
