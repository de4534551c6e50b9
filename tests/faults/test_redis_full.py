"""A Redis that has no room for more, and may throw nothing away, is still asked for what it has."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from listingapi.hot.memory import Key
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored
from listingapi.infra.redis import Redis, RedisUnavailable
from listingapi.ready import Ready
from tests.redis_server import RedisServer
from tests.shared import kept_in

THERE: Key = ("history", 1)
TOO_MUCH: Key = ("history", 2)


@pytest.fixture
def full(redis_server: RedisServer) -> Iterator[RedisServer]:
    """A Redis that can be filled."""
    yield redis_server
    with redis_server.client() as client:
        client.config_set("maxmemory", 0)


async def test_what_is_there_is_found_while_nothing_more_is_taken(full: RedisServer) -> None:
    shared = Shared(Redis(full.url))
    async with shared.running("a database", lambda *_: None):
        await shared.fill({THERE: Stored(Ready(1, b"[]"), 1)})
        with full.client() as client:
            client.config_set("maxmemory", 1)
        with capture_logs() as logs:
            for _ in range(3):
                with pytest.raises(RedisUnavailable):
                    await shared.fill({TOO_MUCH: Stored(Ready(1, b"[]"), 1)})
                assert await kept_in(shared, THERE) == Stored(Ready(1, b"[]"), 1)

    assert [log["event"] for log in logs] == ["redis_is_full"]
