"""What processes keep together in Redis: newer is never replaced by older, and each is told of changes."""

from structlog.testing import capture_logs

from listingapi.events import changes_repository
from listingapi.hot.memory import Key
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored
from listingapi.infra.redis import Redis
from listingapi.ready import Ready
from tests.conftest import TestDatabase
from tests.integration.hot.sharing import sharing
from tests.pools import opened
from tests.redis_server import RedisServer
from tests.shared import kept_in
from tests.until import until


async def test_older_entries_do_not_take_the_place_of_newer_ones(
    database: TestDatabase, redis_server: RedisServer
) -> None:
    key: Key = ("listing", 1)
    async with sharing(database, redis_server) as (_, shared):
        for version, position, body in ((2, 5, b"a"), (1, 9, b"b"), (2, 4, b"c"), (2, 6, b"d"), (2, 5, b"e")):
            await shared.fill({key: Stored(Ready(version, body), position)})
        assert await kept_in(shared, key) == Stored(Ready(2, b"d"), 6)


async def test_after_a_change_nothing_older_is_kept(database: TestDatabase, redis_server: RedisServer) -> None:
    key: Key = ("listing", 1)
    async with sharing(database, redis_server) as (_, shared):
        await shared.fill({key: Stored(Ready(1, b"a"), 1)})
        assert list(await shared.change({1: 2}, is_said=False)) == [key]
        assert await kept_in(shared, key) is None
        await shared.fill({key: Stored(Ready(1, b"late"), 1)})
        assert await kept_in(shared, key) is None
        assert list(await shared.change({1: 2}, is_said=False)) == []

        await shared.fill({key: Stored(Ready(2, b"b"), 2)})
        assert await kept_in(shared, key) == Stored(Ready(2, b"b"), 2)


async def test_a_change_takes_nothing_that_is_newer(database: TestDatabase, redis_server: RedisServer) -> None:
    key: Key = ("listing", 1)
    async with sharing(database, redis_server) as (_, shared):
        await shared.fill({key: Stored(Ready(3, b"c"), 3)})

        assert list(await shared.change({1: 2}, is_said=False)) == []
        assert await kept_in(shared, key) == Stored(Ready(3, b"c"), 3)


async def test_other_processes_are_told_of_a_change(database: TestDatabase, redis_server: RedisServer) -> None:
    told: list[tuple[int, int]] = []
    listener = Shared(Redis(redis_server.url))
    async with sharing(database, redis_server) as (own, shared):
        identity = await changes_repository.identity(own)
        async with listener.running(identity, lambda *change: told.append(change)):

            async def both_listen() -> bool:
                with redis_server.client() as client:
                    [(_, listeners)] = client.pubsub_numsub(shared.name("changes"))
                    return bool(listeners == 2)

            async def both_are_told() -> bool:
                return len(told) == 2

            await until(both_listen)
            shared.changed(7, 2)
            shared.changed(8, 5)
            await until(both_are_told)

    assert told == [(7, 2), (8, 5)]


async def test_what_is_said_and_is_no_change_is_logged_once_and_ends_nothing(
    database: TestDatabase, redis_server: RedisServer
) -> None:
    told: list[tuple[int, int]] = []
    shared = Shared(Redis(redis_server.url))
    async with opened(database) as own:
        identity = await changes_repository.identity(own)
    with capture_logs() as logged:
        async with shared.running(identity, lambda *change: told.append(change)):

            async def is_told() -> bool:
                with redis_server.client() as client:
                    for said in ("what?", "1 2 3", "7 2"):
                        client.publish(shared.name("changes"), said)
                return len(told) >= 2

            await until(is_told, 10)

    assert set(told) == {(7, 2)}
    assert [line["event"] for line in logged].count("shared_changes_unclear") == 1
