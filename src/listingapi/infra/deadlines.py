"""How long a client is waited for."""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable


class Deadline:
    """Calls back once a client took too long: in all, or since it last did something.

    It sets one timer for as long as it runs, so that what a client does costs next to nothing.
    """

    def __init__(self, loop: AbstractEventLoop, is_waiting: Callable[[], bool], when_late: Callable[[], None]) -> None:
        self._loop = loop
        self._is_waiting = is_waiting
        self._when_late = when_late
        self._timer: TimerHandle | None = None
        self._in_all = self._between = self._started = self._moved = 0.0

    def start(self, in_all: float, between: float) -> None:
        """Wait for so many seconds in all, and so many between two moves of the client."""
        self.stop()
        self._in_all, self._between = in_all, between
        self._begin()

    def move(self) -> None:
        """The client did something."""
        self._moved = self._loop.time()

    def stop(self) -> None:
        """Wait no more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        self._started = self._moved = self._loop.time()
        self._set_timer()

    def _set_timer(self) -> None:
        self._timer = self._loop.call_at(self._due, self._check)

    @property
    def _due(self) -> float:
        return min(self._started + self._in_all, self._moved + self._between)

    def _check(self) -> None:
        if not self._is_waiting():
            self._begin()
        elif self._loop.time() < self._due:
            self._set_timer()
        else:
            self._timer = None
            self._when_late()
