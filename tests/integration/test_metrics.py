"""Metrics are answered on a port of their own, by one process of several, and only if that is asked for."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from listingapi.app import utc_now
from listingapi.consumers import consumers_of
from tests import factories
from tests.conftest import TestDatabase
from tests.integration.events.outbox import fill
from tests.processes import running
from tests.rabbitmq_server import VirtualHost, free_ports
from tests.servers import ServeProcess, serving
from tests.settled import settled
from tests.until import until


def metrics_at(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text


async def create_listing(server: ServeProcess) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        assert (await client.post("/listings", json=factories.listing())).status_code == 201


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_serve_tells_of_events_that_it_takes_to_consumers(
    database: TestDatabase, superuser: Any, workers: str
) -> None:
    [port] = free_ports(1)
    environment = database.settings(metrics_port=port).as_environment()
    with serving("--workers", workers, environment=environment) as server:
        await create_listing(server)
        await settled(superuser)

        async def is_told() -> bool:
            text = metrics_at(port)
            return "listingapi_events_backlog 0.0" in text and "listingapi_events_published_total" in text

        await until(is_told)


async def test_serve_leaves_events_to_the_relay_if_there_is_a_rabbitmq(database: TestDatabase, superuser: Any) -> None:
    """None listens at the address: serve never connects to it."""
    [port, nowhere] = free_ports(2)
    settings = database.settings(metrics_port=port, rabbitmq_url=f"amqp://127.0.0.1:{nowhere}")
    with serving(environment=settings.as_environment()) as server:
        await create_listing(server)

        async def waits() -> bool:
            return "listingapi_events_backlog 1.0" in metrics_at(port)

        await until(waits)

    assert await superuser.fetchval("SELECT count(*) FROM consumed_event") == 0


async def test_a_worker_tells_of_events_that_wait_and_of_its_consumers(
    database: TestDatabase, superuser: Any, rabbitmq: VirtualHost, tmp_path: Path
) -> None:
    """No relay runs; that nothing was consumed, failed or died so far is said, too."""
    [port] = free_ports(1)
    settings = database.settings(metrics_port=port, rabbitmq_url=rabbitmq.url)
    await fill(superuser, 30, listings=3)
    expected = {
        f'listingapi_events_{what}_total{{consumer="{each.name}"}} 0.0'
        for what in ("consumed", "failed", "dead")
        for each in consumers_of(utc_now)
    }
    with running("worker", environment=settings.as_environment(), log=tmp_path / "log"):

        async def is_told() -> bool:
            return {"listingapi_events_backlog 30.0", *expected} <= set(metrics_at(port).splitlines())

        await until(is_told)


def test_a_port_that_is_taken_ends_the_start(database: TestDatabase) -> None:
    [port] = free_ports(1)
    environment = database.settings(metrics_port=port).as_environment()
    with serving(environment=environment):
        done = subprocess.run(
            [sys.executable, "-m", "listingapi", "serve", "--port", "0"],
            check=False, capture_output=True, text=True, env=dict(os.environ) | environment,
        )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr == f"listingapi: Can't listen on 127.0.0.1 port {port}: Address already in use.\n"
