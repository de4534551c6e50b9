"""What becomes of a connection on which somebody waits for a read: what comes on it meanwhile, and how it ends."""

import asyncio
import socket
import time

import pytest

from tests.conftest import TestDatabase
from tests.held import held_back
from tests.integration.hot.early.here import KEEP_ALIVE_SECONDS, NOBODY_HAS_IT, NOW, READ, Here, asking
from tests.servers import serving
from tests.sockets import exchange, next_answer, read_answer
from tests.until import until

LONGER_THAN_ANY_DEADLINE = 2.5
STOP_SECONDS = 30


async def test_what_comes_meanwhile_is_answered_afterwards_and_in_order(
    here: Here, listings: list[int], database: TestDatabase
) -> None:
    one, two, three = (asking(f"/listings/{listing_id}", NOW) for listing_id in listings)
    with here.connect() as connection:
        async with held_back(database):
            connection.sendall(one)
            await here.early.until_waiting(1)
            connection.sendall(two + three[:20])
            await asyncio.sleep(0.1)
            connection.sendall(three[20:])
        answers = [await asyncio.to_thread(next_answer, connection) for _ in range(3)]

    assert [answer.json["id"] for answer in answers] == listings


async def test_no_more_is_read_than_is_held(here: Here, listings: list[int], database: TestDatabase) -> None:
    """The system takes some megabytes for both sides; what is beyond that waits at the client."""
    much = asking("/livez") * 500_000
    with here.connect() as connection:
        async with held_back(database):
            connection.sendall(asking(f"/listings/{listings[0]}", NOW))
            await here.early.until_waiting(1)
            connection.settimeout(1)
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(connection.sendall, much)
    await here.early.until_waiting(0)


async def test_who_has_gone_meanwhile_is_forgotten(here: Here, listings: list[int], database: TestDatabase) -> None:
    async with held_back(database):
        for end in (b"", b"GET /"):
            with here.connect() as connection:
                connection.sendall(asking(f"/listings/{listings[0]}", NOW))
                await here.early.until_waiting(1 if not end else 2)
                connection.sendall(end)
    await here.early.until_waiting(0)

    assert here.ask(f"/listings/{listings[0]}").status == 200


@pytest.mark.parametrize("before", [0, 1], ids=["a new connection", "one that was idle"])
async def test_who_waits_is_not_closed_for_being_idle_or_slow(
    here: Here, listings: list[int], database: TestDatabase, before: int
) -> None:
    asked = asking(f"/listings/{listings[0]}/prices", NOW)
    with here.connect() as connection:
        for _ in range(before):
            connection.sendall(asked)
            await asyncio.to_thread(next_answer, connection)
        async with held_back(database):
            connection.sendall(asked)
            await asyncio.sleep(LONGER_THAN_ANY_DEADLINE)
        assert (await asyncio.to_thread(next_answer, connection)).status == 200
        began = time.monotonic()
        assert await asyncio.to_thread(connection.recv, 1) == b""
        assert time.monotonic() - began > KEEP_ALIVE_SECONDS / 2


@pytest.mark.parametrize(("listing_id", "expected"), [(None, 200), (NOBODY_HAS_IT, 404)])
async def test_a_server_that_stops_answers_who_waits(
    listings: list[int], database: TestDatabase, listing_id: int | None, expected: int
) -> None:
    settings = database.settings(anonymous_scopes=READ, cache_megabytes=0, drain_seconds=0)
    asked = asking(f"/listings/{listing_id or listings[0]}")
    with serving(environment=settings.as_environment()) as server:
        assert exchange(server.address, asking(f"/listings/{listings[-1]}")).status == 200
        with socket.create_connection(server.address, 30) as connection:
            async with held_back(database) as holder:
                connection.sendall(asked)

                async def waits() -> bool:
                    found = "SELECT count(*) FROM pg_locks WHERE relation = 'listing'::regclass AND NOT granted"
                    return bool(await holder.fetchval(found))

                await until(waits)
                server.process.terminate()

                async def takes_no_more() -> bool:
                    try:
                        socket.create_connection(server.address, 30).close()
                    except ConnectionRefusedError:
                        return True
                    return False

                await until(takes_no_more)
                await asyncio.sleep(0.5)
            answer = await asyncio.to_thread(read_answer, connection, asked)
            assert (answer.status, answer.headers["connection"]) == (expected, "close")
            assert await asyncio.to_thread(connection.recv, 1) == b""
        assert server.process.wait(STOP_SECONDS) == 0
