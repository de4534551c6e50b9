"""Many commands are under way on one connection to Redis, each answered in its turn, or told that it is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis as Client
from redis.exceptions import NoScriptError, ResponseError

from listingapi.infra.redis_lane import Lane
from tests.redis_server import RedisServer

PATIENCE_SECONDS = 20.0
SHORT_SECONDS = 0.05


class Losses:
    """The errors by which a lane was lost."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.happened = asyncio.Event()

    def __call__(self, error: Exception) -> None:
        self.errors.append(error)
        self.happened.set()


@pytest.fixture
def losses() -> Losses:
    return Losses()


@pytest.fixture
async def client(redis_server: RedisServer) -> AsyncIterator[Client]:
    async with Client.from_url(redis_server.url) as made:
        yield made


async def lane_of(client: Client, losses: Losses, seconds: float = PATIENCE_SECONDS) -> Lane:
    connection = client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
    await connection.connect()
    return Lane(connection, seconds, losses)


async def test_each_is_told_what_it_asked_for(client: Client, losses: Losses) -> None:
    lane = await lane_of(client, losses)
    large = b"x" * 300_000
    several = [lane.ask("SET", "a", large), lane.ask("MGET", "a", "b"), lane.ask("SET", b"b", 7), lane.ask("GET", "b")]

    assert await asyncio.gather(*several) == [b"OK", [large, None], b"OK", b"7"]
    await lane.close()
    assert losses.errors == []


async def test_an_error_is_told_to_whom_it_concerns(client: Client, losses: Losses) -> None:
    lane = await lane_of(client, losses)
    wrong, unknown, right = lane.ask("GET"), lane.ask("EVALSHA", "0" * 40, 0), lane.ask("PING")

    with pytest.raises(ResponseError):
        await wrong
    with pytest.raises(NoScriptError):
        await unknown
    assert await right == b"PONG"
    await lane.close()


async def test_who_gave_up_leaves_the_answers_of_others_as_they_are(client: Client, losses: Losses) -> None:
    lane = await lane_of(client, losses)
    gone, other = lane.ask("ECHO", "1"), lane.ask("ECHO", "2")
    gone.cancel()

    assert await other == b"2"
    await lane.close()


async def test_when_an_answer_is_late_all_that_wait_are_told_once(client: Client, losses: Losses) -> None:
    lane = await lane_of(client, losses, SHORT_SECONDS)
    several = [lane.ask("BLPOP", "nothing", 0), lane.ask("PING")]
    answers = await asyncio.gather(*several, return_exceptions=True)

    assert [type(answer) for answer in answers] == [TimeoutError] * 2
    assert [type(error) for error in losses.errors] == [TimeoutError]
    with pytest.raises(ConnectionError):
        await lane.ask("PING")
    await lane.close()
    assert len(losses.errors) == 1


async def test_a_lane_that_nobody_asks_is_not_late(client: Client, losses: Losses) -> None:
    lane = await lane_of(client, losses, SHORT_SECONDS)
    assert await lane.ask("PING") == b"PONG"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(losses.happened.wait(), 4 * SHORT_SECONDS)

    assert await lane.ask("PING") == b"PONG"
    await lane.close()


async def test_when_redis_closes_the_connection_that_is_told(client: Client, losses: Losses) -> None:
    lane = await lane_of(client, losses)
    name = await lane.ask("CLIENT", "ID")
    waiting = lane.ask("BLPOP", "nothing", 0)
    await client.execute_command("CLIENT", "KILL", "ID", name)  # type: ignore[no-untyped-call]

    with pytest.raises(ConnectionError):
        await waiting
    assert len(losses.errors) == 1
    await lane.close()
