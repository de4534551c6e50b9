"""What happens between a read of PostgreSQL and the moment in which it is kept, planted into a server process."""

import asyncio
import random
from functools import partial
from typing import Any

from listingapi.hot.memory import Key, Memory
from listingapi.hot.reads import HotReads
from listingapi.hot.shared import Shared
from listingapi.ready import Ready

# Much longer than a change takes to be known everywhere.
LONGEST_SECONDS = 3.0
LATE_SHARE = 0.1
SLOW_SHARE = 0.05
# Who reads these may have to wait: they are left out where it is measured how long answers take.
SLOW_LISTINGS = 5

chance = random.Random(1)  # noqa: S311 not a secret


def is_slow(listing_id: int) -> bool:
    """Whether reads of a listing are delayed now and then, and not only what is kept of them."""
    return listing_id % SLOW_LISTINGS == 0


def late_fills() -> None:
    """Have some of what was read be kept only after a while, in the process and in Redis."""
    put: Any = Memory.put

    def put_later(self: Memory, key: Key, ready: Ready, began: float, position: int | None) -> Any:
        if chance.random() > LATE_SHARE:
            return put(self, key, ready, began, position)
        _later(put, self, key, ready, began, position)
        return self._known.allows(key[1], ready.version, position)

    _plant(Memory, "put", put_later)
    share: Any = Shared.put

    def share_later(*given: Any) -> None:
        act = share if chance.random() > LATE_SHARE else partial(_later, share)
        act(*given)

    _plant(Shared, "put", share_later)


def _later(act: Any, *given: Any) -> None:
    asyncio.get_running_loop().call_later(chance.uniform(0, LONGEST_SECONDS), act, *given)


def slow_reads() -> None:
    """Have some of what was read be answered, and kept, only after a while."""
    init = HotReads.__init__

    def with_slow_sources(self: HotReads, *given: Any, **named: Any) -> None:
        init(self, *given, **named)
        sources: Any = self._sources
        _plant(self, "_sources", {kind: _Slow(source) for kind, source in sources.items()})

    _plant(HotReads, "__init__", with_slow_sources)


class _Slow:
    """A source that takes its time after it has looked."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def ask(self, listing_id: int) -> "asyncio.Future[Any]":
        return asyncio.ensure_future(_late(self._source.ask(listing_id), listing_id))


async def _late(looking: "asyncio.Future[Any]", listing_id: int) -> Any:
    found = await looking
    if is_slow(listing_id) and chance.random() < SLOW_SHARE:
        await asyncio.sleep(chance.uniform(0, LONGEST_SECONDS))
    return found


def _plant(owner: Any, name: str, delayed: Any) -> None:
    setattr(owner, name, delayed)
