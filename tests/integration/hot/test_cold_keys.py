"""What is not kept yet is asked for by thousands at once, and read once: whoever asks meanwhile shares the answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice

import pytest

from listingapi.access.scopes import Scope
from tests import factories
from tests.accounts import Accounts, Headers
from tests.conftest import TestDatabase
from tests.faults.freshness.wire import Wire, request
from tests.integration.hot.counted import LOOK, STATEMENT
from tests.redis_server import RedisServer
from tests.servers import ServeProcess, serving
from tests.streams import Connection
from tests.until import until

REQUESTS = 2_000
# So many wait at the same time; each asks again when it is answered.
CLIENTS = 100
NOBODY_HAS_IT = 999_999
PATHS = ["/listings/{}", "/listings/{}/prices"]
READ = frozenset({Scope.LISTINGS_READ})
MODULE = "tests.integration.hot.counted"


class Crowd:
    """Clients of one or more processes, which say when they ask PostgreSQL."""

    def __init__(self, servers: Sequence[ServeProcess], key: Headers) -> None:
        self._servers = servers
        self.key = key

    @property
    def processes(self) -> int:
        """How many there are."""
        return len(self._servers)

    @property
    def looks(self) -> int:
        """How many statements were made for listings and histories."""
        return sum(line.strip() == LOOK for line in self._printed)

    @property
    def statements(self) -> int:
        """How many statements read listings or histories, for whatever was asked for."""
        return sum(line.startswith(STATEMENT) and " FROM listing" in line for line in self._printed)

    @property
    def _printed(self) -> list[str]:
        return [line for server in self._servers for line in server.printed]

    async def made(self) -> int:
        """A listing."""
        async with Connection(self._servers[0].address) as connection:
            answer = await connection.request("POST", "/listings", factories.listing(), **self.key)
            return int(answer.json["id"])

    async def withdraw(self, listing_id: int) -> None:
        """Take a listing off the market."""
        async with Connection(self._servers[0].address) as connection:
            assert (await connection.request("DELETE", f"/listings/{listing_id}", **self.key)).status == 204

    async def until_kept(self) -> None:
        """Wait until what one process has read stays there, in all of them: they have begun to follow what changes."""
        asked = request("GET", f"/listings/{await self.made()}")
        wires = [Wire(server.address) for server in self._servers]

        async def is_kept() -> bool:
            for wire in wires:
                await wire.ask(asked)
            before = self.looks
            for wire in wires:
                await wire.ask(asked)
            return self.looks == before

        await until(is_kept)
        for wire in wires:
            wire.close()

    async def ask(self, path: str, *lines: str, expected: int = 200) -> tuple[int, int]:
        """Send all requests, to each process in turn; how many looks that took, and how many whole seconds."""
        before, began, left = self.looks, time.monotonic(), iter(range(REQUESTS))
        addresses = islice(cycle(server.address for server in self._servers), CLIENTS)
        asked = request("GET", path, *lines)
        await asyncio.gather(*(self._ask(Wire(address), asked, left, expected) for address in addresses))
        return self.looks - before, int(time.monotonic() - began)

    async def _ask(self, wire: Wire, asked: bytes, left: Iterator[int], expected: int) -> None:
        for _ in left:
            assert (await wire.ask(asked)).status == expected
        wire.close()


@pytest.fixture
async def key(database: TestDatabase) -> AsyncIterator[Headers]:
    async with Accounts.on(database) as accounts:
        yield await accounts.key(await accounts.add("agency"))


@pytest.fixture
async def crowd(
    database: TestDatabase, key: Headers, redis_server: RedisServer, request: pytest.FixtureRequest
) -> AsyncIterator[Crowd]:
    """Of so many processes as the test says, which share a Redis if there are several."""
    processes: int = request.param
    settings = database.settings(anonymous_scopes=READ, redis_url=redis_server.url if processes > 1 else None)
    with ExitStack() as stack:
        served = [serving(environment=settings.as_environment(), module=MODULE) for _ in range(processes)]
        found = Crowd([stack.enter_context(server) for server in served], key)
        await found.until_kept()
        yield found


@pytest.mark.parametrize("crowd", [1, 2], indirect=True, ids=["one process", "two processes and Redis"])
async def test_a_cold_key_costs_two_queries_at_most(crowd: Crowd) -> None:
    """More than that only where the machine is too slow for all of it, so that what is kept may be too old by then."""
    for path in PATHS:
        looks, seconds = await crowd.ask(path.format(await crowd.made()))
        assert 1 <= looks <= 2 + 2 * seconds


@pytest.mark.parametrize("crowd", [1], indirect=True, ids=["one process"])
async def test_those_who_read_what_is_there_now_share_statements(crowd: Crowd) -> None:
    """Each is answered by a look that began after they asked, and two looks at most are made at the same time."""
    lines = [f"{name}: {value}" for name, value in crowd.key.items()]
    for path in PATHS:
        looks, _ = await crowd.ask(path.format(await crowd.made()), *lines)
        print(f"{looks} statements for {REQUESTS} requests")
        assert looks <= REQUESTS / 10


@pytest.fixture
async def absent(crowd: Crowd) -> list[tuple[str, int]]:
    """What is asked for and not there, and what is answered: what never was, and what was just withdrawn."""
    withdrawn = await crowd.made()
    await crowd.withdraw(withdrawn)
    return [(path.format(found), 404 if found == NOBODY_HAS_IT else 410)
            for path in PATHS for found in (NOBODY_HAS_IT, withdrawn)]  # fmt: skip


@pytest.mark.parametrize("crowd", [1, 2], indirect=True, ids=["one process", "two processes and Redis"])
async def test_what_is_not_there_costs_a_few_statements_of_each_process_and_second(
    crowd: Crowd, absent: list[tuple[str, int]]
) -> None:
    """A look that finds nothing, and what says why; both again where one hears only then that it was withdrawn."""
    for path, expected in absent:
        before = crowd.statements
        _, seconds = await crowd.ask(path, expected=expected)
        statements = crowd.statements - before
        print(f"{statements} statements for {REQUESTS} requests of {path} in {seconds} s")
        assert 1 <= statements <= crowd.processes * 5 * (1 + seconds)


@pytest.mark.parametrize("crowd", [1], indirect=True, ids=["one process"])
async def test_those_who_read_that_it_is_not_there_now_share_statements(
    crowd: Crowd, absent: list[tuple[str, int]]
) -> None:
    lines = [f"{name}: {value}" for name, value in crowd.key.items()]
    for path, expected in absent[:2]:
        before = crowd.statements
        await crowd.ask(path, *lines, expected=expected)
        statements = crowd.statements - before
        print(f"{statements} statements for {REQUESTS} requests of {path}")
        assert 1 <= statements <= REQUESTS / 10
