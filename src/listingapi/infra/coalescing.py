"""Answers those who ask in the same turn of the event loop with one look: many looks cost more than a large one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from listingapi.infra.errors import Overloaded

Key = TypeVar("Key")
Found = TypeVar("Found")


class Coalesced(Generic[Key, Found]):
    """Looks things up by their keys, those of many callers at once.

    Whoever asks gets what a look found that began after that: an answer on its way may be of before a write of which
    the caller knows already. So many looks are made at the same time, for so many keys each, and so many keys may wait.
    """

    def __init__(
        self,
        look_up: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Found]]],
        *,
        looks: int,
        keys_of_one: int,
        most_waiting: int,
    ) -> None:
        self._look_up = look_up
        self._free = looks
        self._keys_of_one = keys_of_one
        self._most_waiting = most_waiting
        self._waiting: dict[Key, list[asyncio.Future[Found | None]]] = {}
        self._is_due = False
        self._looking: set[asyncio.Task[None]] = set()

    async def get(self, key: Key) -> Found | None:
        """What there is under a key, if there is anything.

        Raises:
            Overloaded: too many wait already.
        """
        return await self.ask(key)

    def ask(self, key: Key) -> asyncio.Future[Found | None]:
        """The same for who does not wait."""
        if len(self._waiting) >= self._most_waiting and key not in self._waiting:
            raise Overloaded
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[Found | None] = loop.create_future()
        self._waiting.setdefault(key, []).append(asked)
        if self._free and not self._is_due:
            self._is_due = True
            loop.call_soon(self._begin)
        return asked

    def _begin(self) -> None:
        self._is_due = False
        while self._free and self._waiting:
            self._free -= 1
            task = asyncio.create_task(self._look(self._next()), name="coalesced_look")
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    def _next(self) -> Mapping[Key, Sequence[asyncio.Future[Found | None]]]:
        if len(self._waiting) <= self._keys_of_one:
            taken, self._waiting = self._waiting, {}
            return taken
        keys = list(self._waiting)[: self._keys_of_one]
        return {key: self._waiting.pop(key) for key in keys}

    async def _look(self, taken: Mapping[Key, Sequence[asyncio.Future[Found | None]]]) -> None:
        try:
            found = await self._look_up(list(taken))
        except Exception as error:  # noqa: BLE001 - it is for those who asked
            for asked in _open(taken):
                asked.set_exception(error)
        else:
            for key, several in taken.items():
                for asked in several:
                    if not asked.done():
                        asked.set_result(found.get(key))
        finally:
            self._free += 1
            self._begin()


def _open(taken: Mapping[Key, Sequence[asyncio.Future[Found | None]]]) -> list[asyncio.Future[Found | None]]:
    return [asked for several in taken.values() for asked in several if not asked.done()]
