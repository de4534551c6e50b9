"""`listingapi warm` has what is read most in Redis before anybody asks."""

import httpx

from tests import factories
from tests.commands import Commands
from tests.conftest import TestDatabase
from tests.redis_server import RedisServer


async def test_listings_and_their_histories_are_in_redis(
    client: httpx.AsyncClient, database: TestDatabase, redis_server: RedisServer
) -> None:
    for _ in range(3):
        await client.post("/listings", json=factories.listing())
    warm = Commands(database.settings(redis_url=redis_server.url), "warm")

    assert warm.did("--listings", "2") == "Warmed 2 listings and their histories.\n"
    with redis_server.client() as redis:
        assert sorted(str(key).split(":")[-2:] for key in redis.scan_iter("listingapi:hot:*:[lh]*")) == [
            ["history", "2"], ["history", "3"], ["listing", "2"], ["listing", "3"],
        ]  # fmt: skip


def test_without_redis_it_says_what_to_set(database: TestDatabase) -> None:
    done = Commands(database.settings(), "warm")()

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("listingapi: There is nothing to warm: set LISTINGAPI_REDIS_URL")


def test_where_redis_does_not_answer_it_says_so(database: TestDatabase) -> None:
    done = Commands(database.settings(redis_url="redis://127.0.0.1:1"), "warm")()

    assert done.returncode == 2
    assert done.stderr.endswith("listingapi: Redis does not answer, which LISTINGAPI_REDIS_URL names.\n")
