"""`listingapi relay` brings events to a real RabbitMQ, in order, and loses none whatever ends it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from listingapi.app import utc_now
from listingapi.consumers import consumers_of
from listingapi.events.rabbitmq import queue_of
from listingapi.events.sequencing import Sequencer
from tests.conftest import TestDatabase
from tests.integration.events import queue
from tests.integration.events.broker import assert_in_order
from tests.integration.events.feed import opened
from tests.integration.events.outbox import add, fill
from tests.ports import free_ports
from tests.processes import running
from tests.rabbitmq_server import VirtualHost
from tests.until import PATIENCE_SECONDS, until

BACKENDS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'listingapi relay' AND datname = current_database()
"""
ALL_PUBLISHED = """
    SELECT NOT EXISTS (
        SELECT FROM event JOIN relay_partition ON partition = listing_id % 16
        WHERE event.position > relay_partition.position
    ) AND NOT EXISTS (SELECT FROM outbox)
"""


def environment_of(database: TestDatabase, rabbitmq: VirtualHost, **changed: Any) -> Mapping[str, str]:
    return database.settings(rabbitmq_url=rabbitmq.url, **changed).as_environment()


async def all_is_published(superuser: Any) -> None:
    """Wait until the relays say that nothing is left."""

    async def is_published() -> bool:
        answer: bool = await superuser.fetchval(ALL_PUBLISHED)
        return answer

    await until(is_published)


async def test_a_message_says_all_that_is_known(
    database: TestDatabase, rabbitmq: VirtualHost, superuser: Any, tmp_path: Path
) -> None:
    await queue.bind(rabbitmq)
    await add(superuser, 7, 3, "listing.withdrawn", trace="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

    with running("relay", environment=environment_of(database, rabbitmq), log=tmp_path / "log"):
        async with queue.seen_in(rabbitmq) as seen:
            await seen.until(1)

    [message] = seen.messages
    assert seen.told == [(7, 3)]
    assert (message.message_id, message.routing_key) == ("7-3-listing.withdrawn", "listing.withdrawn")
    assert (message.content_type, message.delivery_mode) == ("application/cloudevents+json", 2)
    assert message.headers["traceparent"] == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_three_relays_publish_a_backlog_in_order_though_one_is_killed(
    database: TestDatabase, rabbitmq: VirtualHost, superuser: Any, tmp_path: Path
) -> None:
    """One is killed and all connections to the database are cut while they are at it."""
    await queue.bind(rabbitmq)
    await fill(superuser, 10_000, listings=200)
    environment = environment_of(database, rabbitmq)
    with (
        running("relay", environment=environment, log=tmp_path / "1") as killed,
        running("relay", environment=environment, log=tmp_path / "2"),
        running("relay", environment=environment, log=tmp_path / "3") as told_to_stop,
    ):
        async with queue.seen_in(rabbitmq) as seen:
            await seen.until(1_000)
            killed.kill()
            await seen.until(3_000)
            assert await superuser.fetchval(BACKENDS) > 0
            await seen.until(10_000)
        await all_is_published(superuser)
        assert await asyncio.to_thread(told_to_stop.stop) == 0

    assert len(set(seen.told)) == 10_000
    assert_in_order(seen.told)
    assert "Traceback" not in told_to_stop.printed


async def test_a_message_that_no_queue_takes_is_not_lost(
    database: TestDatabase, rabbitmq: VirtualHost, superuser: Any, tmp_path: Path
) -> None:
    """The queues are unbound while it runs; as it begins anew after the failure, it binds them again."""
    names = [queue_of(each.name).name for each in consumers_of(utc_now) if "listing.updated" in each.types]
    with running("relay", environment=environment_of(database, rabbitmq), log=tmp_path / "log") as relay:
        await add(superuser, 1, 1)
        await all_is_published(superuser)
        await queue.unbind(rabbitmq, names, "listing.updated")
        await add(superuser, 1, 2)
        async with queue.seen_in(rabbitmq, names[0]) as seen:
            await seen.until(2)
        await all_is_published(superuser)

    assert seen.told == [(1, 1), (1, 2)]
    assert "NO_ROUTE" in relay.printed


async def test_lag_and_backlog_are_metrics(
    database: TestDatabase, rabbitmq: VirtualHost, superuser: Any, tmp_path: Path
) -> None:
    [port] = free_ports(1)
    environment = environment_of(database, rabbitmq, metrics_port=port)
    await fill(superuser, 30, listings=3)
    await sequence(database)
    await superuser.execute("UPDATE event SET sequenced_date = now() - interval '70 s'")
    rabbitmq.server.freeze()
    with running("relay", environment=environment, log=tmp_path / "log"):
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:

            async def shows(*lines: str) -> bool:
                text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
                values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
                return all(line in text for line in lines) and float(values["listingapi_events_lag_seconds"]) > 70

            await until(lambda: shows("listingapi_events_backlog 30.0"))
            rabbitmq.server.thaw()


async def sequence(database: TestDatabase) -> None:
    """Move what is in the outbox to the feed."""
    async with opened(database) as connected:
        await Sequencer(connected).take_all()


def test_without_rabbitmq_it_says_what_is_missing(database: TestDatabase) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "listingapi", "relay"],
        check=False, capture_output=True, text=True, env=dict(os.environ) | database.settings().as_environment(),
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "listingapi: There is nothing to bring events to: set LISTINGAPI_RABBITMQ_URL.\n"


async def test_a_virtual_host_that_is_missing_is_said_once_and_that_it_is_there(
    database: TestDatabase, rabbitmq: VirtualHost, tmp_path: Path
) -> None:
    missing = f"{rabbitmq.name}-missing"
    settings = database.settings(rabbitmq_url=f"{rabbitmq.url}-missing")
    with running("relay", environment=settings.as_environment(), log=tmp_path / "log") as relay:

        async def has_tried_again() -> bool:
            return rabbitmq.server.refused(missing) >= 4

        async def is_published_again() -> bool:
            return "events_are_published_again" in relay.printed

        await until(has_tried_again)
        added = rabbitmq.server.add_virtual_host(missing)
        await until(is_published_again)
        added.remove()

    assert relay.printed.count("RabbitMQ has no such virtual host, or the user may not enter it.") == 1
    assert relay.printed.count("events_are_published_again") == 1
