"""Where PostgreSQL goes on from a copy that lacks some of what was in the feed, nothing of before is believed."""

import pytest

from listingapi.events import changes_repository
from listingapi.events.changes_repository import Changes, Extent
from listingapi.hot.following import Follower
from listingapi.hot.known import Known
from listingapi.hot.line import Line
from listingapi.hot.memory import Key, Memory
from listingapi.infra.database import Database
from listingapi.ready import Ready

KEY: Key = ("listing", 7)


class Feed:
    """Of which database it is, and the listing and the version of each position."""

    def __init__(self) -> None:
        self.identity = "1"
        self.events = {position: (position, 1) for position in range(1, 1001)}

    async def changes(self, _: Database, after: int, **__: int) -> Changes:
        found = [(*event, position) for position, event in sorted(self.events.items()) if position > after]
        return Changes(found, found[-1][2] if found else after, max(self.events), [], self.identity)

    async def extent(self, _: Database) -> Extent:
        return Extent(max(self.events), 0, self.identity)


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(changes_repository, "changes", feed.changes)
    monkeypatch.setattr(changes_repository, "extent", feed.extent)
    return feed


async def test_a_copy_that_took_over_and_is_further_already_is_noticed(feed: Feed) -> None:
    known, line, moved = Known(), Line(), list[str]()
    memory = Memory(known, line, 1_000_000)
    follower = Follower(Database(pool_size=1), known, memory, line, lambda: 0.0, tell=moved.append)
    await follower.look()
    memory.put(KEY, Ready(1, b"lost"), 0.0, known.upto)
    assert memory.get(KEY, 0.0)

    feed.identity = "2"
    feed.events.update({997: (7, 2), 1005: (8, 2)})
    await follower.look()
    assert memory.get(KEY, 0.0) is None
    assert not line.is_good(0.0)

    await follower.look()
    assert line.is_good(0.0)
    assert memory.put(KEY, Ready(1, b"lost"), 0.0, known.upto) is False
    assert moved == ["1", "2"]
