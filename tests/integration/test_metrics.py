"""Metrics are those of all processes, answered on a port of their own, or beside all else where that is private."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from listingapi.app import utc_now
from listingapi.consumers import consumers_of
from listingapi.settings import Settings
from tests import factories
from tests.clock import Clock
from tests.conftest import TestDatabase, client_of
from tests.integration.events.outbox import fill
from tests.ports import free_ports
from tests.processes import running
from tests.rabbitmq_server import VirtualHost
from tests.servers import ServeProcess, serving
from tests.settled import settled
from tests.sockets import exchange
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
            expected = ("events_backlog 0.0", "events_published_total", 'webhook_attempts_total{outcome="failed"} 0.0')
            return all(f"listingapi_{each}" in text for each in expected)

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


ROUTE = {"method": "POST", "route": "/listings", "status": "2xx"}
DURATION = "listingapi_http_request_duration_seconds"


def value_in(text: str, name: str, **labels: str) -> float | None:
    """What a metric says in the text that Prometheus reads."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return None


def a_worker_of(server: ServeProcess) -> psutil.Process:
    """One of the processes that answer requests."""
    children = psutil.Process(server.process.pid).children()
    return next(child for child in children if "spawn_main" in " ".join(child.cmdline()))


async def test_several_workers_are_counted_together_also_those_that_died(database: TestDatabase) -> None:
    """Each request has a connection of its own, so that both workers get some."""
    [port] = free_ports(1)
    with serving("--workers", "2", environment=database.settings(metrics_port=port).as_environment()) as server:

        async def are_counted(number: int) -> bool:
            return value_in(metrics_at(port), "listingapi_http_requests_total", **ROUTE) == number

        for _ in range(20):
            await create_listing(server)
        await until(partial(are_counted, 20))
        a_worker_of(server).kill()
        for _ in range(20):
            await create_listing(server)
        await until(partial(are_counted, 40))
        text = metrics_at(port)

    assert value_in(text, f"{DURATION}_count", method="POST", route="/listings") == 40
    assert value_in(text, f"{DURATION}_bucket", method="POST", route="/listings", le="+Inf") == 40
    assert (value_in(text, f"{DURATION}_sum", method="POST", route="/listings") or 0) > 0


async def test_what_is_now_is_that_of_the_workers_that_live(database: TestDatabase) -> None:
    [port] = free_ports(1)
    environment = database.settings(metrics_port=port, database_pool_size=7).as_environment()
    with serving("--workers", "2", environment=environment) as server:

        async def most_is_of_both() -> bool:
            most = value_in(metrics_at(port), "listingapi_database_connections_most", pool="listingapi serve")
            return most == 14

        await until(most_is_of_both)
        a_worker_of(server).kill()
        await until(most_is_of_both)  # when another one is there, and the one that died is not counted any more

        assert value_in(metrics_at(port), "listingapi_events_backlog") == 0


async def test_pools_tell_who_uses_them_and_who_waits(database: TestDatabase, superuser: Any) -> None:
    [port] = free_ports(1)
    with serving(environment=database.settings(metrics_port=port, database_pool_size=2).as_environment()) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            async with superuser.transaction():
                await superuser.execute("LOCK TABLE pricing_rule IN ACCESS EXCLUSIVE MODE")
                waiting = [asyncio.create_task(client.get("/pricing-rules")) for _ in range(5)]

                async def is_told() -> bool:
                    text = metrics_at(port)
                    told = [
                        value_in(text, f"listingapi_database_{name}", pool="listingapi serve")
                        for name in ("connections", "connections_in_use", "connections_most", "waiting")
                    ]
                    return told[:3] == [2, 2, 2] and (told[3] or 0) >= 3

                await until(is_told)
            answers = await asyncio.gather(*waiting)

    assert {answer.status_code for answer in answers} == {200}


async def test_what_is_refused_before_it_is_a_request_is_counted(database: TestDatabase) -> None:
    [port] = free_ports(1)
    with serving(environment=database.settings(metrics_port=port).as_environment()) as server:
        assert exchange(server.address, b"nonsense\r\n\r\n").status == 400

        async def is_counted() -> bool:
            return value_in(metrics_at(port), "listingapi_http_connections_refused_total", status="400") == 1

        await until(is_counted)


@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one worker", "two workers"])
async def test_in_private_metrics_are_answered_beside_all_else(tmp_path: Path, arguments: Sequence[str]) -> None:
    with serving("--data-dir", str(tmp_path), *arguments) as server:
        await create_listing(server)

        async def is_counted() -> bool:
            async with httpx.AsyncClient(timeout=30) as client:
                text = (await client.get(f"{server.url}/metrics")).text
            return value_in(text, "listingapi_http_requests_total", **ROUTE) == 1

        await until(is_counted)


async def test_elsewhere_they_are_not_unless_that_is_asked_for(database: TestDatabase, clock: Clock) -> None:
    async with client_of(database.settings(), clock) as client:
        assert (await client.get("/metrics")).status_code == 404
    async with client_of(database.settings(public_metrics=True), clock) as client:
        answer = await client.get("/metrics")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["content-type"].startswith("text/plain; version=1.0.0")


def test_metrics_with_a_port_of_their_own_are_not_beside_all_else() -> None:
    assert Settings().answers_metrics
    assert not Settings(metrics_port=9100).answers_metrics
    assert not Settings(host="0.0.0.0").answers_metrics  # noqa: S104 - that is what is asked
    assert not Settings(trusted_proxies=frozenset({"10.0.0.0/8"})).answers_metrics


def test_they_may_have_an_address_of_their_own(database: TestDatabase) -> None:
    [port] = free_ports(1)
    environment = database.settings(metrics_port=port, metrics_host="127.0.0.2").as_environment()
    with serving(environment=environment):
        assert "listingapi_" in httpx.get(f"http://127.0.0.2:{port}/metrics", timeout=30).text
        with pytest.raises(httpx.ConnectError):
            metrics_at(port)
