"""A server that is told to stop says so first, ends what it has begun, and is gone in time."""

import asyncio
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.accounts import Accounts
from tests.conftest import TestDatabase
from tests.servers import ServeProcess, serving
from tests.until import until

GONE_SECONDS = 30.0
DRAIN_SECONDS = 4
ASKED = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
PROBLEMS = {"Accept": "application/problem+json"}


async def stopping(server: ServeProcess) -> httpx.Response:
    """Tell it to stop, and return what it says when it is not ready any more."""
    server.process.send_signal(signal.SIGTERM)
    said: list[httpx.Response] = []

    async def is_red() -> bool:
        async with httpx.AsyncClient(timeout=30) as client:
            said.append(await client.get(f"{server.url}/readyz", headers=PROBLEMS))
        return said[-1].status_code == 503

    await until(is_red)
    return said[-1]


async def takes_no_more(server: ServeProcess) -> bool:
    """Whether connections are refused."""
    try:
        async with httpx.AsyncClient(timeout=30) as client:
            await client.get(f"{server.url}/livez")
    except httpx.TransportError:
        return True
    return False


async def last_answer(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """The first one that ends its connection: each process notices in its own time that it was told to stop."""
    answers: list[httpx.Response] = []

    async def is_last() -> bool:
        answers.append(await client.get(path))
        return "connection" in answers[-1].headers

    await until(is_last)
    return answers[-1]


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_it_is_not_ready_but_answers_until_all_have_noticed(database: TestDatabase, workers: str) -> None:
    with serving("--workers", workers, environment=database.settings(drain_seconds=4).as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as before:
            assert "connection" not in (await before.get("/listings")).headers
            refused = await stopping(server)
            kept = await last_answer(before, "/listings")
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as after:
            lives, new = await last_answer(after, "/livez"), await last_answer(after, "/listings")

        assert server.process.wait(GONE_SECONDS) == 0

    assert refused.json()["type"] == "urn:listingapi:problem:server-stopping"
    assert refused.headers["retry-after"] == "1"
    assert [answer.status_code for answer in (kept, lives, new)] == [200, 200, 200]
    assert [answer.headers["connection"] for answer in (kept, lives, new)] == ["close", "close", "close"]


@contextmanager
def frozen(process: psutil.Process) -> Iterator[None]:
    """Have a process and those that it started do nothing until the end of the block."""
    process.suspend()
    frozen_ones = [*process.children(recursive=True), process]
    for each in frozen_ones:
        each.suspend()
    try:
        yield
    finally:
        for each in frozen_ones:
            each.resume()


@pytest.mark.parametrize(
    ("workers", "is_early"),
    [("1", True), ("1", False), ("2", True)],
    ids=["who has asked", "who has not asked yet", "two processes"],
)
async def test_whoever_is_connected_when_no_more_are_taken_is_answered(
    database: TestDatabase, workers: str, *, is_early: bool
) -> None:
    environment = database.settings(drain_seconds=DRAIN_SECONDS).as_environment()
    with serving("--workers", workers, environment=environment) as server, ExitStack() as stack:
        assert not await takes_no_more(server)
        await stopping(server)
        with frozen(psutil.Process(server.process.pid)):
            connected = [stack.enter_context(socket.create_connection(server.address)) for _ in range(20)]
            for connection in connected if is_early else ():
                connection.sendall(ASKED)
            time.sleep(DRAIN_SECONDS)  # noqa: ASYNC251 - what is frozen does nothing meanwhile, and is over then
        await until(partial(takes_no_more, server))
        for connection in () if is_early else connected:
            connection.sendall(ASKED)
        answers = [await asyncio.to_thread(connection.recv, 100) for connection in connected]

        assert server.process.wait(GONE_SECONDS) == 0
    assert {answer[:15] for answer in answers} == {b"HTTP/1.1 200 OK"}


async def test_what_was_begun_is_answered(database: TestDatabase, superuser: Any) -> None:
    with serving(environment=database.settings().as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            async with superuser.transaction():
                await superuser.execute("LOCK TABLE pricing_rule IN ACCESS EXCLUSIVE MODE")
                waiting = asyncio.create_task(client.get("/pricing-rules"))

                async def waits() -> bool:
                    waiting_for = (
                        "SELECT count(*) FROM pg_locks WHERE relation = 'pricing_rule'::regclass AND NOT granted"
                    )
                    return bool(await superuser.fetchval(waiting_for))

                await until(waits)
                server.process.send_signal(signal.SIGTERM)

                await until(partial(takes_no_more, server))
            answer = await waiting

        assert server.process.wait(GONE_SECONDS) == 0
    assert (answer.status_code, answer.json()) == (200, [])


async def test_it_is_gone_in_time_while_postgresql_is_frozen(database: TestDatabase, superuser: Any) -> None:
    """Also where a use of a key is to be stored yet, and requests wait."""
    async with Accounts.on(database) as accounts:
        key = await accounts.key(await accounts.add("agency"))
    postmaster = psutil.Process(await superuser.fetchval("SELECT pg_backend_pid()")).parent()
    assert postmaster
    with serving(environment=database.settings(drain_seconds=5).as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=60, headers=key) as client:
            assert (await client.get("/listings")).status_code == 200
            with frozen(postmaster):
                waiting = [asyncio.create_task(client.get("/listings")) for _ in range(4)]
                await asyncio.sleep(0)
                server.process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(server.process.wait, GONE_SECONDS)
            await asyncio.gather(*waiting, return_exceptions=True)

    assert server.process.returncode == 0
    assert not [line for line in server.printed if "library_says" in line]


def test_the_embedded_database_stops_with_it(tmp_path: Path) -> None:
    with serving("--data-dir", str(tmp_path)) as server:
        assert httpx.get(f"{server.url}/listings", timeout=60).status_code == 200
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(GONE_SECONDS) == 0
    assert not (tmp_path / "postgresql" / "postmaster.pid").exists()
    assert not [line for line in server.printed if "library_says" in line]


async def test_who_says_it_twice_is_in_a_hurry(database: TestDatabase) -> None:
    with serving(environment=database.settings(drain_seconds=10).as_environment()) as server:
        await stopping(server)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        await until(partial(takes_no_more, server))

        assert time.monotonic() - began < 8
        assert server.process.wait(GONE_SECONDS) == 0
