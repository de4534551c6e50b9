"""Bugs that make reads stale, each planted into a server process: a test that finds none of them proves nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from listingapi.hot import stored
from listingapi.hot.following import Follower
from listingapi.hot.memory import Key, Memory, _number
from listingapi.hot.reads import HotReads
from listingapi.hot.stored import Stored
from listingapi.ready import Ready
from tests.planting import NONE, nothing, plant

COMPARED = "if its_version > version or (its_version == version and its_position > position) then"


def fills_unchecked() -> None:
    """Keep what was read last, whatever was known of its listing by then."""
    put = Memory.put

    def put_anyway(self: Memory, key: Key, ready: Ready, *given: Any) -> bool:
        self._known._changes.pop(key[1], None)
        self._drop(_number(key))
        return put(self, key, ready, *given)

    plant(Memory, "put", put_anyway)


def writer_silent() -> None:
    """Have the writer tell nobody of what it wrote."""
    plant(HotReads, "changed", lambda *_: None)


def follower_asleep() -> None:
    """Follow no changes after the first look, and trust what is kept as if they had been followed."""
    look = Follower.look

    async def look_once(self: Follower) -> None:
        if self._known.upto is None:
            await look(self)
        self._line.heard(self._now(), ())

    plant(Follower, "look", look_once)


def shared_believed() -> None:
    """Take for true whatever is kept in Redis, where anything may be put, older or newer."""

    def believe(_: HotReads, __: Key, entry: Stored | None) -> Ready | None:
        return entry.ready if entry else None

    plant(HotReads, "_believed", believe)
    shared_unordered()


def shared_unordered() -> None:
    """Put into Redis whatever was read last, also in the place of what is newer, or of the mark of a change."""
    assert COMPARED in stored.FILL
    plant(stored, "FILL", stored.FILL.replace(COMPARED, "if true then"))


# What only costs speed: an entry of Redis is believed by its position in the feed and the changes known of since,
# wherever it stands. So taking this out must not be found, and would be if Redis were believed for being in order.
HARMLESS: Mapping[str, Callable[[], None]] = {"shared-unordered": shared_unordered}
BUGS: Mapping[str, Callable[[], None]] = {
    NONE: nothing,
    "fills-unchecked": fills_unchecked,
    "writer-silent": writer_silent,
    "follower-asleep": follower_asleep,
    "shared-believed": shared_believed,
}
