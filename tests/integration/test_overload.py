"""More than can be answered: what is one too many is told so at once, and what was let in is answered."""

import asyncio
import json
from collections.abc import Iterator
from itertools import islice

import asyncpg
import pytest

from listingapi.access.scopes import Scope
from listingapi.infra.admission import UNKNOWN
from tests import factories
from tests.conftest import TestDatabase
from tests.held import held_back
from tests.servers import ServeProcess, serving
from tests.sockets import exchange, request

BEYOND = 60
PATIENCE_SECONDS = 60.0
ANYBODY = frozenset({Scope.LISTINGS_READ, Scope.LISTINGS_WRITE, Scope.PRICES_WRITE})


@pytest.fixture
def server(database: TestDatabase) -> Iterator[ServeProcess]:
    with serving(environment=database.settings(anonymous_scopes=ANYBODY).as_environment()) as process:
        yield process


async def read(server: ServeProcess, path: str) -> tuple[int, bytes]:
    """The status and the head of an answer of its own."""
    reader, writer = await asyncio.open_connection(*server.address)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
        return int(head.split()[1]), head.lower()
    finally:
        writer.close()


@pytest.mark.parametrize(("path", "expected"), [("/listings?limit={}", 200), ("/listings/{}", 404)])
async def test_what_is_one_too_many_is_refused_at_once_and_the_others_are_answered(
    server: ServeProcess, database: TestDatabase, path: str, expected: int
) -> None:
    async with held_back(database):
        asked = [asyncio.create_task(read(server, path.format(number))) for number in range(1, UNKNOWN + BEYOND + 1)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            for one in islice(asyncio.as_completed(asked), BEYOND):
                assert (await one)[0] == 503
        written, alive = await asyncio.gather(
            asyncio.to_thread(
                exchange, server.address, request(b"POST", b"/listings", json.dumps(factories.listing()).encode())
            ),
            asyncio.to_thread(exchange, server.address, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        )
    answered = await asyncio.gather(*asked)
    statuses = [status for status, _ in answered]

    assert (statuses.count(expected), statuses.count(503)) == (UNKNOWN, BEYOND)
    assert all(b"retry-after: 1" in head for status, head in answered if status == 503)
    assert (written.status, written.headers["retry-after"], alive.status) == (503, "1", 200)
    assert (await read(server, path.format(1)))[0] == expected
    connection = await asyncpg.connect(database.superuser_url)
    assert await connection.fetchval("SELECT count(*) FROM listing") == 0
    await connection.close()
