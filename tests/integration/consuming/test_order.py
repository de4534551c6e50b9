"""The events of a listing take effect in order, also where RabbitMQ brings them in another one."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import aio_pika

from listingapi.infra.database import Database
from tests.integration.consuming.recording import Key, Recorder
from tests.integration.consuming.running import consuming, effects_come_to, number_in, publish
from tests.integration.consuming.test_rabbitmq import LISTINGS, by_listing, changes
from tests.rabbitmq_server import VirtualHost
from tests.until import until

QUEUE = "listingapi.recorder"
FILL = """
    INSERT INTO event (position, listing_id, version, type, account_id, created_date, data)
    SELECT place, listing_id, version, 'price.changed', 1, now(), '{"price_eur":1}'
    FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS given (listing_id, version, place)
"""


async def feed(superuser: Any, keys: Sequence[Key]) -> None:
    """Have events be in the feed, from which the relay takes what it publishes."""
    await superuser.fetch(FILL, *map(list, zip(*keys, strict=True)))


async def give_back(rabbitmq: VirtualHost, number: int) -> None:
    """Take so many messages, and go away without a word."""
    async with await aio_pika.connect(rabbitmq.url) as connection:
        channel = await connection.channel()
        await channel.set_qos(number)
        queue = await channel.get_queue(QUEUE, ensure=False)
        async with queue.iterator() as messages:
            for _ in range(number):
                await anext(messages)
            await channel.close()


async def until_there_is_one_in(rabbitmq: VirtualHost, queue: str) -> None:
    """Wait for a message in a queue."""

    async def is_there() -> bool:
        return await number_in(rabbitmq, queue) == 1

    await until(is_there)


async def test_what_was_given_back_twice_takes_effect_before_what_follows(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    """RabbitMQ puts the first message behind the others, that were given back before."""
    given = [(1, 1), (1, 2), (2, 1), (1, 3)]
    await feed(superuser, given)
    await publish(rabbitmq, recorder.consumer, given)
    await give_back(rabbitmq, len(given))
    await give_back(rabbitmq, 1)
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, len(given))

    assert by_listing(await recorder.effects(superuser)) == {1: [1, 2, 3], 2: [1]}


async def test_what_was_given_back_twice_and_fails_keeps_what_follows_waiting(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    given = [(1, 1), (1, 2)]
    recorder.poisoned = {(1, 1)}
    await feed(superuser, given)
    await publish(rabbitmq, recorder.consumer, given)
    await give_back(rabbitmq, len(given))
    await give_back(rabbitmq, 1)
    async with consuming(rabbitmq, events, recorder.consumer):
        await effects_come_to(recorder, superuser, 1)
        await until_there_is_one_in(rabbitmq, f"{QUEUE}.dead")

    assert await recorder.effects(superuser) == [(1, 2)]
    assert (recorder.tried[-1], recorder.tried.count((1, 1))) == ((1, 2), 5)
    assert await superuser.fetch("SELECT FROM failed_event") == []


async def test_consumers_that_end_in_order_leave_the_order_to_those_that_go_on(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    """One that is active has fetched many messages ahead; they have to go back before another one gets any."""
    given = changes(500)
    await feed(superuser, given)
    await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
    async with AsyncExitStack() as consumers:
        active = await consumers.enter_async_context(consuming(rabbitmq, events, recorder.consumer))
        for number in (50, 150, 250):
            await effects_come_to(recorder, superuser, number)
            standing_by = await consumers.enter_async_context(consuming(rabbitmq, events, recorder.consumer))
            await effects_come_to(recorder, superuser, number + 50)
            active.set()
            active = standing_by
        await effects_come_to(recorder, superuser, len(given))

    assert by_listing(await recorder.effects(superuser)) == by_listing(given)
