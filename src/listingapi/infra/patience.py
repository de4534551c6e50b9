"""How long an answer may go on: until a time, or until the server is about to stop."""

import asyncio
from typing import Any, cast

from litestar.types import HTTPScope

from listingapi.infra.observation import observation_in

PLACE = "listingapi.ending"


def put_ending(scope: Any, ending: asyncio.Event) -> None:
    """Let a request know when the server is about to stop, and its answer had better end."""
    scope[PLACE] = ending


class Patience:
    """So many seconds, or fewer if the server is about to stop."""

    def __init__(self, seconds: float, ending: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + seconds
        self._ending = ending

    @classmethod
    def of(cls, scope: HTTPScope, seconds: float) -> "Patience":
        """The patience for a request; where no server says that it stops, only time ends it."""
        observation_in(scope).waits = seconds > 0
        return cls(seconds, cast("dict[str, Any]", scope).get(PLACE) or asyncio.Event())

    @property
    def seconds_left(self) -> float:
        """How long there is still."""
        return 0.0 if self._ending.is_set() else max(self._until - self._loop.time(), 0.0)

    def at_most(self, seconds: float) -> "Patience":
        """As much as this, but no longer than so many seconds from now."""
        return Patience(min(self.seconds_left, seconds), self._ending)

    async def wait_for(self, event: asyncio.Event) -> None:
        """Wait for something until it has happened or the patience is over."""
        tasks = [asyncio.ensure_future(each.wait()) for each in (event, self._ending)]
        try:
            await asyncio.wait(tasks, timeout=self.seconds_left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
