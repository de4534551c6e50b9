"""Who hears what is said in Redis goes on to, whatever becomes of the connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from listingapi.infra.redis import Redis
from listingapi.infra.tasks import end
from tests.redis_server import RedisServer
from tests.until import until

CHANNEL = "said"


class Way:
    """What is between a process and Redis; what is cut there is told to neither of them."""

    def __init__(self, redis: Path, place: Path) -> None:
        self._redis = redis
        self._place = place
        self._cut = 0
        self._writers: list[asyncio.StreamWriter] = []
        self.made = 0
        self.pings = 0

    @property
    def url(self) -> str:
        return f"unix://{self._place}"

    async def open(self) -> asyncio.Server:
        return await asyncio.start_unix_server(self._connect, self._place)

    def cut(self) -> None:
        """Let nothing through any more, of the connections that there are."""
        self._cut = self.made

    async def close(self) -> None:
        """Close all that was opened."""
        for writer in self._writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.made += 1
        number = self.made
        of_redis, to_redis = await asyncio.open_unix_connection(self._redis)
        self._writers += (writer, to_redis)
        await asyncio.gather(self._pass(number, reader, to_redis), self._pass(number, of_redis, writer))

    async def _pass(self, number: int, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await source.read(65_536):
                self.pings += b"PING" in said
                if number > self._cut:
                    sink.write(said)
        sink.close()


@pytest.fixture
async def way(redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Way]:
    monkeypatch.setattr("listingapi.infra.redis.SILENCE_SECONDS", 0.2)
    monkeypatch.setattr("listingapi.infra.redis.PAUSE_SECONDS", 0.05)
    found = Way(Path(redis_server.url.removeprefix("unix://")), tmp_path / "way")
    async with await found.open():
        yield found
        await found.close()


@pytest.fixture
async def heard(way: Way) -> AsyncIterator[list[bytes]]:
    """What was heard by whoever hears all the time."""
    said: list[bytes] = []
    redis = Redis(way.url)
    hearing = asyncio.create_task(redis.hear(CHANNEL, said.append))
    yield said
    await end(hearing)


async def until_heard(redis_server: RedisServer, heard: list[bytes], what: str) -> None:
    """Say something until it is heard."""

    async def is_heard() -> bool:
        with redis_server.client() as client:
            client.publish(CHANNEL, what)
        return what.encode() in heard

    await until(is_heard, 10)


async def test_a_connection_that_is_cut_without_a_word_is_made_anew(
    redis_server: RedisServer, way: Way, heard: list[bytes]
) -> None:
    await until_heard(redis_server, heard, "before")
    way.cut()
    await until_heard(redis_server, heard, "after")


async def test_who_fails_over_a_message_is_told_of_the_next_and_it_is_logged(
    redis_server: RedisServer, way: Way
) -> None:
    said: list[bytes] = []

    def tell(what: bytes) -> None:
        if what == b"bad":
            raise KeyError(what)
        said.append(what)

    redis = Redis(way.url)
    with capture_logs() as logs:
        hearing = asyncio.create_task(redis.hear(CHANNEL, tell))
        await until_heard(redis_server, said, "before")
        with redis_server.client() as client:
            client.publish(CHANNEL, "bad")
        await until_heard(redis_server, said, "after")
        await end(hearing)

    about = {"work": "redis_hearing"}
    assert logs == [
        {"event": "periodic_work_failed", "log_level": "warning", "reason": "KeyError", **about},
        {"event": "periodic_work_goes_on", "log_level": "info", **about},
    ]


async def test_whatever_fails_when_connections_are_dropped_it_is_connected_again(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis = Redis(way.url)

    async def fail(**_: object) -> None:
        monkeypatch.undo()
        monkeypatch.setattr("listingapi.infra.redis.PAUSE_SECONDS", 0.05)
        raise KeyError

    async def is_available() -> bool:
        return redis.is_available

    with capture_logs() as logs:
        async with redis.running():
            assert redis.is_available
            monkeypatch.setattr(redis._client.connection_pool, "disconnect", fail)
            redis._leave_alone(OSError())
            await until(is_available, 5)

    assert {
        "event": "periodic_work_failed",
        "log_level": "warning",
        "work": "redis_connection",
        "reason": "KeyError",
    } in logs


async def test_one_on_which_nothing_is_said_is_kept(redis_server: RedisServer, way: Way, heard: list[bytes]) -> None:
    await until_heard(redis_server, heard, "before")

    async def is_pinged() -> bool:
        return way.pings >= 3

    await until(is_pinged)
    await until_heard(redis_server, heard, "after")
    assert way.made == 1
