"""The feed as server-sent events: it goes on where a reader was, lasts as long as it may, and ends in order."""

import asyncio
import re
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import httpx
import psutil
import pytest

from listingapi.access.callers import DEFAULT_ACCOUNT_ID
from listingapi.events import repository, routes, service
from listingapi.events.feed import Asked
from listingapi.events.repository import NEWEST
from listingapi.events.sequencing import Sequencer
from listingapi.events.service import EventService
from listingapi.events.watch import Watch
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.infra.patience import Patience
from listingapi.rendering import PROBLEM_JSON
from tests.conftest import TestDatabase
from tests.integration.events.feed import opened
from tests.integration.events.outbox import add, fill, sequenced
from tests.integration.events.reader import Block, blocks, events
from tests.samples import data_of, listing
from tests.servers import ServeProcess, serving
from tests.until import PATIENCE_SECONDS, until

MEGABYTE = 1_000_000
LARGE_EVENTS = 80


@pytest.fixture
def server(database: TestDatabase) -> Iterator[ServeProcess]:
    """A real server on the database of the test."""
    with serving(environment=database.settings().as_environment()) as running:
        yield running


@pytest.fixture
async def browser(server: ServeProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a stream last a second."""
    monkeypatch.setattr(routes, "LONGEST_STREAM_SECONDS", 1.0)


async def first(number: int, answer: httpx.Response) -> list[Block]:
    read: list[Block] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in events(answer):
            read.append(event)
            if len(read) == number:
                break
    return read


async def test_it_tells_what_was_and_what_comes(browser: httpx.AsyncClient, superuser: Any) -> None:
    await add(superuser, 7, 1, "listing.created")
    await sequenced(superuser, 1)
    async with browser.stream("GET", "/events/stream") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "no-store"
        coming = asyncio.create_task(first(3, answer))
        await add(superuser, 7, 2, "price.changed")
        await sequenced(superuser, 2)
        await add(superuser, 8, 1, "listing.created")

        told = await coming

    assert [(each.id, each.event, each.data["id"]) for each in told] == [
        (1, "listing.created", "7-1-listing.created"),
        (2, "price.changed", "7-2-price.changed"),
        (3, "listing.created", "8-1-listing.created"),
    ]


async def test_it_tells_of_what_is_asked_for(browser: httpx.AsyncClient, superuser: Any) -> None:
    await fill(superuser, 10, listings=5)
    await add(superuser, 3, 7, "price.changed")
    await sequenced(superuser, 11)

    async with browser.stream("GET", "/events/stream?listing=3&after=4&types=price.changed") as answer:
        [told] = await first(1, answer)

    assert (told.id, told.data["id"]) == (11, "3-7-price.changed")


async def test_a_reader_that_comes_again_misses_nothing_and_has_nothing_twice(
    browser: httpx.AsyncClient, superuser: Any
) -> None:
    chance, read, number = Random(7), list[Block](), 400  # noqa: S311 - no secret

    async def write() -> None:
        for version in range(1, number + 1):
            await add(superuser, version % 5, version)

    writing = asyncio.create_task(write())
    times = 0
    while len(read) < number:
        times += 1
        headers = {"Last-Event-ID": str(read[-1].id)} if read else {}
        async with browser.stream("GET", "/events/stream?after=0", headers=headers) as answer:
            read += await first(min(chance.randint(1, 60), number - len(read)), answer)
    await writing

    assert times > 5
    assert [each.id for each in read] == list(range(1, number + 1))
    assert [int(each.data["sequence"]) for each in read] == list(range(1, number + 1))


async def test_a_forgotten_position_is_gone(browser: httpx.AsyncClient, superuser: Any) -> None:
    await fill(superuser, 5)
    await sequenced(superuser, 5)
    await superuser.execute("DELETE FROM event WHERE position <= 3; UPDATE event_feed SET forgotten_position = 3")

    answer = await browser.get("/events/stream?after=4", headers={"Last-Event-ID": "2"})

    assert answer.status_code == 410


@pytest.mark.parametrize("last", ["1", "x", "-1", "9223372036854775808", "99999999999999999999999", "\u00b9"])
async def test_what_is_no_position_is_refused(client: httpx.AsyncClient, last: str) -> None:
    headers = [(b"Last-Event-ID", last.encode()), (b"Accept", PROBLEM_JSON.encode())]

    answer = await client.get("/events/stream", headers=headers)

    assert answer.status_code == 422


async def test_only_one_position_is_taken(client: httpx.AsyncClient) -> None:
    answer = await client.get("/events/stream", headers=[("Last-Event-ID", "0"), ("Last-Event-ID", "0")])

    assert answer.status_code == 422


@pytest.mark.usefixtures("brief")
async def test_spaces_around_a_position_are_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/events/stream", headers={"Last-Event-ID": " 0\t"})

    assert answer.status_code == 200


async def test_it_ends_in_order_when_the_database_is_lost(
    database: TestDatabase, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(superuser, 150)
    async with opened(database) as connected:
        await Sequencer(connected).take_all()
        reading, asked = EventService(connected, Watch(connected)), Asked(DEFAULT_ACCOUNT_ID)
        page = await reading.page(asked, None, 100)
        monkeypatch.setattr(repository, "read", lost)

        pages = [each async for each in reading.pages(asked, page, Patience(PATIENCE_SECONDS, asyncio.Event()))]

    assert pages == [page]


async def lost(*_: Any, **__: Any) -> None:
    raise DatabaseUnavailable


@pytest.mark.usefixtures("brief")
async def test_it_ends_in_time_and_the_reader_goes_on_behind_it(client: httpx.AsyncClient, superuser: Any) -> None:
    """A filter that nothing matches: the position to go on from is told nevertheless."""
    await fill(superuser, 5)
    await sequenced(superuser, 5)

    answer = await client.get("/events/stream?types=price.changed", headers={"Last-Event-ID": ""})

    assert [block async for block in blocks(answer)] == [Block(id=5)] * 2


@pytest.mark.usefixtures("brief")
async def test_it_shows_that_it_is_alive(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SECONDS_BETWEEN_SIGNS_OF_LIFE", 0.1)

    answer = await client.get("/events/stream")

    assert 3 <= answer.text.count(":\nid: 0\n\n") <= 12


async def test_head_does_not_wait_for_the_end(browser: httpx.AsyncClient) -> None:
    answer = await browser.head("/events/stream")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert (await browser.get("/events")).status_code == 200


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_streams_and_those_who_wait_are_let_go_when_the_server_stops(
    database: TestDatabase, superuser: Any, workers: str
) -> None:
    with serving("--workers", workers, environment=database.settings().as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_SECONDS) as browser:
            waiting = asyncio.create_task(browser.get("/events", headers={"Prefer": "wait=60"}))
            await somebody_waits(superuser)
            streaming = [await begun(browser) for _ in range(3)]

            server.process.send_signal(signal.SIGTERM)
            answer, streamed = await waiting, await asyncio.gather(*streaming)

        assert await asyncio.to_thread(server.process.wait, PATIENCE_SECONDS) == 0
    assert (answer.status_code, answer.json()) == (200, [])
    assert streamed == [[Block(id=0), Block(id=0)]] * 3
    assert "Traceback" not in "".join(server.printed)


async def somebody_waits(superuser: Any) -> None:
    """Wait until it is asked for new events, which it is while somebody waits for some."""

    async def is_asked() -> bool:
        return bool(await superuser.fetchval("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query = $1)", NEWEST))

    await until(is_asked)


async def begun(browser: httpx.AsyncClient) -> "asyncio.Task[list[Block]]":
    """A stream that has begun, and is read to its end."""
    has_begun = asyncio.Event()

    async def read() -> list[Block]:
        async with browser.stream("GET", "/events/stream") as answer:
            has_begun.set()
            return [block async for block in blocks(answer)]

    reading = asyncio.create_task(read())
    await has_begun.wait()
    return reading


async def test_a_slow_reader_costs_little_and_gets_all(server: ServeProcess, superuser: Any) -> None:
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        slow.settimeout(PATIENCE_SECONDS)
        slow.connect(server.address)
        slow.sendall(b"GET /events/stream HTTP/1.1\r\nHost: test\r\n\r\n")
        assert slow.recv(12) == b"HTTP/1.1 200"
        before = psutil.Process(server.process.pid).memory_info().rss
        for version in range(1, LARGE_EVENTS + 1):
            await add(superuser, 1, version, data=data_of("listing.updated", listing=listing(name="x" * MEGABYTE)))
        await sequenced(superuser, LARGE_EVENTS)
        after = psutil.Process(server.process.pid).memory_info().rss

        received = await asyncio.to_thread(read_until, slow, b'"sequence":"%d"' % LARGE_EVENTS)

    assert [int(each) for each in re.findall(rb'"sequence":"(\d+)"', received)] == list(range(1, LARGE_EVENTS + 1))
    assert after - before < LARGE_EVENTS * MEGABYTE / 2


def read_until(connection: socket.socket, end: bytes) -> bytes:
    received = bytearray()
    while end not in received[-2 * MEGABYTE :]:
        read = connection.recv(MEGABYTE)
        assert read, "it ended before"
        received += read
    return bytes(received)
