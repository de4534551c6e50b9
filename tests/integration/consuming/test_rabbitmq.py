"""Over RabbitMQ, consumers act on each event once and in order, whatever happens on the way."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from listingapi.consuming import rabbitmq as consuming_from
from listingapi.consuming import repository, subscription
from listingapi.consuming.incoming import written
from listingapi.consuming.letters import ATTEMPTS, REASON
from listingapi.infra.database import Database, Transaction
from listingapi.infra.periodic import every
from tests.conftest import TestDatabase
from tests.integration.consuming.recording import Key, Recorder, incoming, waiting
from tests.integration.consuming.running import (
    consuming,
    effects_come_to,
    letters_in,
    number_in,
    publish,
    put,
)
from tests.rabbitmq_server import VirtualHost
from tests.until import until

LISTINGS = 10
TERMINATE = """
    SELECT pid FROM (
        SELECT pid FROM pg_stat_activity
        WHERE application_name = 'listingapi worker' AND datname = current_database() AND query <> '' OFFSET 0
    ) AS found
    WHERE pg_terminate_backend(pid)
"""
DEAD_QUEUE = "listingapi.recorder.dead"


def changes(number: int) -> list[Key]:
    """So many events of some listings, the listings in turns."""
    return [(place % LISTINGS, 1 + place // LISTINGS) for place in range(number)]


def by_listing(keys: list[Key]) -> dict[int, list[int]]:
    """The versions of each listing, in the order in which they are given."""
    found: dict[int, list[int]] = defaultdict(list)
    for listing_id, version in keys:
        found[listing_id].append(version)
    return dict(found)


async def test_events_take_effect_in_order(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    given = changes(300)
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, given)
        await effects_come_to(recorder, superuser, len(given))

    assert await recorder.effects(superuser) == given
    assert await number_in(rabbitmq, "listingapi.recorder") == 0


async def test_what_was_published_before_anybody_listened_takes_effect(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, 1)

    assert await recorder.effects(superuser) == [(1, 1)]


async def test_one_poison_message_among_a_thousand_dies_and_the_rest_pass(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    poison: Key = (7, 50)
    given = changes(1000)
    recorder.poisoned = {poison}
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
        await effects_come_to(recorder, superuser, len(given) - 1)
        [(body, headers)] = await letters_in(rabbitmq, DEAD_QUEUE)

    effects = await recorder.effects(superuser)
    assert by_listing(effects) == by_listing(sorted(set(given) - {poison}))
    assert recorder.tried.count(poison) in {5, 6}  # with others first, which is not counted
    assert b'"id":"7-50-price.changed"' in body
    assert (headers[REASON], headers[ATTEMPTS]) == ("Poison: 7-50-price.changed is bad   ", 5)
    assert await superuser.fetch("SELECT FROM failed_event") == []


async def test_later_events_wait_in_order_while_one_is_tried_again(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    recorder.poisoned = {(1, 1)}
    async with consuming(rabbitmq, events, recorder.consumer, delays=(0.02, 0.03, 1.0, 1.0)):
        await publish(rabbitmq, recorder.consumer, [(1, 1), (1, 2), (2, 1), (1, 3)])
        await effects_come_to(recorder, superuser, 1)
        assert await recorder.effects(superuser) == [(2, 1)]
        recorder.poisoned = set()
        await effects_come_to(recorder, superuser, 4)

    assert await recorder.effects(superuser) == [(2, 1), (1, 1), (1, 2), (1, 3)]
    assert await waiting(superuser) == []


@pytest.mark.parametrize("body", [b"no event", b"{}", b'{"type":"org.listingapi.price.changed.v1"}'])
async def test_a_message_that_is_no_event_goes_to_the_dead_with_a_reason(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, body: bytes
) -> None:
    before = number_of_dead()
    await publish(rabbitmq, recorder.consumer, [])
    await put(rabbitmq, "listingapi.recorder", body)
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 1)])
        await effects_come_to(recorder, superuser, 1)

    [(kept, headers)] = await letters_in(rabbitmq, DEAD_QUEUE)
    assert (kept, headers[ATTEMPTS]) == (body, 1)
    assert headers[REASON].startswith("Unreadable: ")
    assert number_of_dead() == before + 1


def number_of_dead() -> float:
    return REGISTRY.get_sample_value("listingapi_events_dead_total", {"consumer": "recorder"}) or 0


@pytest.mark.parametrize("kind", ["price.changed.v2", "listing.withdrawn.v1"])
async def test_a_message_of_another_type_is_kept_for_the_release_that_acts_on_it(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, kind: str
) -> None:
    """A worker of before may be the active one where a later release is brought in."""
    await publish(rabbitmq, recorder.consumer, [])
    body = written(incoming(1, 1)).replace(b"price.changed.v1", kind.encode())
    await put(rabbitmq, "listingapi.recorder", body)
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 1)])
        await effects_come_to(recorder, superuser, 1)

    assert [kept for kept, _ in await letters_in(rabbitmq, DEAD_QUEUE)] == [body]
    assert await number_in(rabbitmq, "listingapi.recorder") == 0


async def test_backends_that_are_terminated_take_no_effect_away_and_add_none(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost, database: TestDatabase
) -> None:
    given = changes(400)
    recorder.meanwhile = dawdle
    await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
    async with terminating(database.superuser_url) as terminated, consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, len(given))

    assert len(terminated) > 5
    assert by_listing(await recorder.effects(superuser)) == by_listing(given)
    assert await superuser.fetch("SELECT FROM failed_event") == []


async def dawdle(_: Key, __: Transaction) -> None:
    """Be at something when the backend is terminated."""
    await asyncio.sleep(0.005)


@asynccontextmanager
async def terminating(superuser_url: str) -> AsyncIterator[list[int]]:
    """Terminate the backends of consumers until the end of the block, whatever they are at."""
    connection = await asyncpg.connect(superuser_url)
    terminated: list[int] = []

    async def terminate() -> None:
        terminated.extend(row["pid"] for row in await connection.fetch(TERMINATE))

    try:
        async with every(0.25, terminate, name="kills"):
            yield terminated
    finally:
        await connection.close()


async def test_a_database_that_is_away_holds_the_queue_and_the_end_does_not_wait_for_it(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    closed = Database(pool_size=1)
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    async with consuming(rabbitmq, closed, recorder.consumer):
        await asyncio.sleep(0.5)
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, 1)

    assert await recorder.effects(superuser) == [(1, 1)]


async def reload(superuser: Any, statement: str) -> None:
    """Execute a statement, and have PostgreSQL heed its settings."""
    await superuser.execute(statement)
    await superuser.execute("SELECT pg_reload_conf()")


READ_ONLY = (
    "ALTER SYSTEM SET default_transaction_read_only = on",
    "ALTER SYSTEM RESET default_transaction_read_only",
)
REVOKED = ("REVOKE INSERT ON effect FROM listingapi_app", "GRANT INSERT ON effect TO listingapi_app")


@pytest.mark.parametrize(("fault", "repair"), [READ_ONLY, REVOKED], ids=["read-only", "rights are revoked"])
async def test_a_database_that_refuses_writes_sends_nothing_to_the_dead(  # noqa: PLR0913, PLR0917 - the fixtures
    events: Database,
    superuser: Any,
    recorder: Recorder,
    rabbitmq: VirtualHost,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    repair: str,
) -> None:
    """It does for longer than a message may be delivered again, all writes or those of one consumer."""
    asked = watched(monkeypatch)
    rabbitmq.set_policy("limit", r"^listingapi\.recorder$", '{"delivery-limit": 2}')
    await superuser.execute("SET default_transaction_read_only = off")
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 1)])
        await effects_come_to(recorder, superuser, 1)
        await reload(superuser, fault)
        try:
            await publish(rabbitmq, recorder.consumer, [(1, 2), (2, 1)])
            await until(lambda: reaches(asked, 8))
        finally:
            await reload(superuser, repair)
        await effects_come_to(recorder, superuser, 3)

    assert await letters_in(rabbitmq, DEAD_QUEUE) == []
    assert by_listing(await recorder.effects(superuser)) == {1: [1, 2], 2: [1]}


def watched(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """Each time that somebody looks whether the database is back, which they do soon."""
    asked, ask = [], repository.ask

    async def asking(database: Database) -> None:
        asked.append(database)
        await ask(database)

    monkeypatch.setattr(repository, "ask", asking)
    monkeypatch.setattr(subscription, "LONGEST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(consuming_from, "SECONDS_BETWEEN_ATTEMPTS", 0.1)
    return asked


async def reaches(asked: list[Database], times: int) -> bool:
    return len(asked) >= times


async def test_a_broker_that_is_killed_loses_nothing_and_doubles_nothing(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    given = changes(300)
    await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
    rabbitmq.server.keep_queues()
    async with consuming(rabbitmq, events, recorder.consumer):
        for number in (50, 150):
            await effects_come_to(recorder, superuser, number)
            rabbitmq.server.kill()
            await asyncio.to_thread(rabbitmq.server.revive)
        await effects_come_to(recorder, superuser, len(given))

    assert by_listing(await recorder.effects(superuser)) == by_listing(given)


async def test_a_broker_that_is_short_of_memory_keeps_no_consumer_from_its_work(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    given = changes(300)
    recorder.poisoned = {(3, 5)}
    await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
    rabbitmq.server.raise_alarm()
    try:
        async with consuming(rabbitmq, events, recorder.consumer):
            await effects_come_to(recorder, superuser, 43)
            rabbitmq.server.end_alarm()
            await effects_come_to(recorder, superuser, len(given) - 1)
    finally:
        rabbitmq.server.end_alarm()

    effects = await recorder.effects(superuser)
    assert by_listing(effects) == by_listing([key for key in given if key != (3, 5)])


async def test_a_queue_that_is_deleted_is_declared_again(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    async with consuming(rabbitmq, events, recorder.consumer):
        await publish(rabbitmq, recorder.consumer, [(1, 1)])
        await effects_come_to(recorder, superuser, 1)
        rabbitmq.control("delete_queue", "listingapi.recorder")

        async def is_there() -> bool:
            return "listingapi.recorder\n" in rabbitmq.control("list_queues", "name")

        await until(is_there)
        await publish(rabbitmq, recorder.consumer, [(1, 2)])
        await effects_come_to(recorder, superuser, 2)
