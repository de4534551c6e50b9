"""Those who ask for what is in Redis in one turn of the event loop share a command, and are all told."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from listingapi.hot import looks
from listingapi.hot.looks import Looks
from listingapi.hot.memory import Key
from listingapi.infra.errors import Overloaded
from listingapi.infra.redis import Redis
from tests.redis_server import RedisServer


def name_of(key: Key) -> str:
    return f"looks:{key[1]}"


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    with redis_server.client() as client:
        client.mset({name_of(("history", number)): number for number in range(450)})
    made = Redis(redis_server.url)
    async with made.running():
        yield made


def commands(redis_server: RedisServer) -> int:
    with redis_server.client() as client:
        return int(client.info("commandstats").get("cmdstat_mget", {"calls": 0})["calls"])


async def asked(of: Looks, *numbers: int) -> list[bytes | None]:
    told = [asyncio.get_running_loop().create_future() for _ in numbers]
    for number, each in zip(numbers, told, strict=True):
        of.ask(("history", number), each.set_result)
    return list(await asyncio.gather(*told))


async def test_each_is_told_what_there_is_under_its_key(redis: Redis) -> None:
    assert await asked(Looks(redis, name_of), 7, 1_000, 3, 7) == [b"7", None, b"3", b"7"]


async def test_those_of_one_turn_share_a_command(redis: Redis, redis_server: RedisServer) -> None:
    before = commands(redis_server)

    assert await asked(Looks(redis, name_of), *range(150)) == [b"%d" % number for number in range(150)]
    assert commands(redis_server) == before + 1


async def test_a_command_is_not_longer_than_it_may_be(redis: Redis, redis_server: RedisServer) -> None:
    before = commands(redis_server)

    assert await asked(Looks(redis, name_of), *range(450)) == [b"%d" % number for number in range(450)]
    assert commands(redis_server) == before + 3


async def test_so_many_may_wait(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST_WAITING", 5)
    of = Looks(redis, name_of)

    with pytest.raises(Overloaded):
        await asked(of, *range(6))
    await asyncio.sleep(0)  # the five are on their way

    assert await asked(of, 1) == [b"1"]


async def test_nothing_is_found_where_redis_does_not_answer(redis_server: RedisServer) -> None:
    assert await asked(Looks(Redis(redis_server.url), name_of), 1, 2) == [None, None]
