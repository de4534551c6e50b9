"""A RabbitMQ that is harmed loses nothing that is to take effect, and has nothing take effect twice."""

import asyncio
from typing import Any

from listingapi.infra.database import Database
from tests.integration.consuming.changes import LISTINGS, by_listing, changes
from tests.integration.consuming.recording import Recorder
from tests.integration.consuming.running import (
    consuming,
    effects_come_to,
    feed,
    publish,
)
from tests.rabbitmq_server import VirtualHost
from tests.until import until


async def test_a_broker_that_is_killed_loses_nothing_and_doubles_nothing(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    given = changes(300)
    await feed(superuser, given)
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
