"""`kill -9` of a backend, of the server and of PostgreSQL itself: what was acknowledged is there afterwards."""

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Event

import asyncpg
import httpx
import psutil
import pytest

from listingapi.infra.embedded import SUPERUSER, Server
from tests import factories
from tests.history import assert_histories_are_whole, prices_of
from tests.servers import ServeProcess, serving
from tests.told import assert_all_is_told
from tests.until import PATIENCE_SECONDS

WRITERS = 4


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory of its own, below which no PostgreSQL may be left running."""
    folder = tmp_path_factory.mktemp("data")
    yield folder
    cwds = [process.info["cwd"] for process in psutil.process_iter(["cwd"])]
    assert not [cwd for cwd in cwds if cwd and Path(cwd).is_relative_to(folder)]


def superuser_url(data_dir: Path) -> str:
    return Server(data_dir / "postgresql").url(SUPERUSER)


async def stored_prices(data_dir: Path, listing_id: int) -> list[Decimal]:
    """The history as PostgreSQL has it, once it was found whole."""
    connection = await asyncpg.connect(superuser_url(data_dir))
    try:
        await assert_histories_are_whole(connection)
        await assert_all_is_told(connection)
        return await prices_of(connection, listing_id)
    finally:
        await connection.close()


async def backends(data_dir: Path) -> list[int]:
    connection = await asyncpg.connect(superuser_url(data_dir))
    try:
        rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE application_name = 'listingapi serve'")
        return [row["pid"] for row in rows]
    finally:
        await connection.close()


def write_until(stop: Event, server: ServeProcess, listing_id: int, first_price: int) -> list[int]:
    """Change the price until told to stop or nobody answers; return what was acknowledged."""
    acknowledged: list[int] = []
    with httpx.Client(base_url=server.url, timeout=30) as client:
        for price in range(first_price, first_price + 100_000):
            try:
                response = client.patch(f"/listings/{listing_id}", json={"latest_price_eur": price})
            except httpx.TransportError:
                return acknowledged
            assert response.status_code in {200, 503}, response.text
            if response.status_code == 200:
                acknowledged.append(price)
            if stop.is_set():
                return acknowledged
    return acknowledged


def create(server: ServeProcess) -> int:
    listing_id: int = httpx.post(
        f"{server.url}/listings", json=factories.listing(latest_price_eur=0), timeout=PATIENCE_SECONDS
    ).json()["id"]
    return listing_id


def assert_kept(stored: list[Decimal], acknowledged: list[list[int]]) -> None:
    for own in acknowledged:
        assert own, "nothing was acknowledged before the kill"
        assert [price for price in stored if price in set(own)] == own


def test_after_the_kill_of_a_backend_service_resumes_and_nothing_is_lost(data_dir: Path) -> None:
    stop = Event()
    with serving("--data-dir", str(data_dir)) as server, ThreadPoolExecutor(WRITERS) as pool:
        listing_id = create(server)
        writing = [pool.submit(write_until, stop, server, listing_id, 10**6 * n) for n in range(1, WRITERS + 1)]
        wait_for_entries(server, listing_id, 50)
        os.kill(asyncio.run(backends(data_dir))[0], signal.SIGKILL)
        wait_for_entries(server, listing_id, len(history(server, listing_id)) + 50)
        stop.set()
        acknowledged = [each.result() for each in writing]

        stored = asyncio.run(stored_prices(data_dir, listing_id))
        assert_kept(stored, acknowledged)


def test_an_acknowledged_write_survives_the_kill_of_server_and_postmaster(data_dir: Path) -> None:
    stop = Event()
    with serving("--data-dir", str(data_dir)) as server, ThreadPoolExecutor(WRITERS) as pool:
        listing_id = create(server)
        writing = [pool.submit(write_until, stop, server, listing_id, 10**6 * n) for n in range(1, WRITERS + 1)]
        wait_for_entries(server, listing_id, 200)
        postmaster = int((data_dir / "postgresql" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        server.kill()
        acknowledged = [each.result() for each in writing]

    with serving("--data-dir", str(data_dir)) as server:
        stored = asyncio.run(stored_prices(data_dir, listing_id))
        assert_kept(stored, acknowledged)
        assert history(server, listing_id) == [int(price) for price in stored][:1000]
        changed = httpx.patch(
            f"{server.url}/listings/{listing_id}", json={"latest_price_eur": 7}, timeout=PATIENCE_SECONDS
        )
        assert changed.status_code == 200
        assert asyncio.run(stored_prices(data_dir, listing_id)) == [*stored, 7]


def history(server: ServeProcess, listing_id: int) -> list[int]:
    """The first page of prices, as soon as there is an answer."""
    while (
        response := httpx.get(f"{server.url}/listings/{listing_id}/prices", timeout=PATIENCE_SECONDS)
    ).status_code == 503:
        pass
    return [entry["price_eur"] for entry in response.json()]


def wait_for_entries(server: ServeProcess, listing_id: int, number: int) -> None:
    while len(history(server, listing_id)) < min(number, 1000):
        pass
