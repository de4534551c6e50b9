"""Looks for what all processes keep, many keys with one command, and calls back: no task or future for each.

These would cost more than all the rest of a look.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from listingapi.hot.memory import Key
from listingapi.infra.errors import Overloaded
from listingapi.infra.redis import Redis

# While as many are under way, those who come share the next one.
AT_ONCE = 2
KEYS_OF_ONE = 200
MOST_WAITING = 5_000

Tell = Callable[[bytes | None], None]


class _Asked(NamedTuple):
    key: Key
    tell: Tell


class Looks:
    """At what Redis has under names that `name` gives to keys."""

    def __init__(self, redis: Redis, name: Callable[[Key], str]) -> None:
        self._redis = redis
        self._name = name
        self._free = AT_ONCE
        self._waiting: list[_Asked] = []
        self._is_due = False

    def ask(self, key: Key, tell: Tell) -> None:
        """Tell what there is under a key, as soon as that is known; nothing where Redis does not answer.

        Raises:
            Overloaded: too many wait already.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise Overloaded
        self._waiting.append(_Asked(key, tell))
        if self._free and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._is_due = False
        while self._free and self._waiting:
            taken, self._waiting = self._waiting[:KEYS_OF_ONE], self._waiting[KEYS_OF_ONE:]
            self._free -= 1
            self._redis.look([self._name(asked.key) for asked in taken], partial(self._tell, taken))

    def _tell(self, taken: Sequence[_Asked], found: Sequence[bytes | None] | None) -> None:
        self._free += 1
        self._begin()
        for place, asked in enumerate(taken):
            asked.tell(found[place] if found else None)
