"""The events of a listing take effect in order, also where RabbitMQ brings them in another one."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import aio_pika

from listingapi.infra.database import Database, Transaction
from listingapi.infra.errors import DatabaseUnavailable
from tests.integration.consuming.changes import LISTINGS, by_listing, changes
from tests.integration.consuming.recording import Key, Recorder
from tests.integration.consuming.running import consuming, effects_come_to, feed, number_in, publish
from tests.rabbitmq_server import VirtualHost
from tests.until import until

QUEUE = "listingapi.recorder"


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


async def test_a_broker_that_is_killed_before_what_it_brings_again_has_come_leaves_the_order(
    events: Database, superuser: Any, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    """Killed a second time, it brings the one message that was under way then after all that it still had to bring."""
    given = changes(120)
    recorder.meanwhile = killing = Killing(rabbitmq, [(0, 3), (2, 3)])
    await feed(superuser, given)
    await publish(rabbitmq, recorder.consumer, given, at_once=LISTINGS)
    rabbitmq.server.keep_queues()
    async with consuming(rabbitmq, events, recorder.consumer):
        for number in (1, 2):
            await until(partial(killing.has_happened, number))
            await asyncio.to_thread(rabbitmq.server.revive)
        await effects_come_to(recorder, superuser, len(given))

    effects = await recorder.effects(superuser)
    assert by_listing(effects) == by_listing(given)
    # it was acted on when the message of the one after it came
    assert effects[effects.index((2, 3)) + 1] == (2, 4)


class Killing:
    """Kills the broker while a consumer is at certain events, which have no effect before it is back."""

    def __init__(self, rabbitmq: VirtualHost, fatal: Sequence[Key]) -> None:
        self._server = rabbitmq.server
        self._fatal = list(fatal)
        self._happened = 0

    async def __call__(self, key: Key, _: Transaction) -> None:
        if key in self._fatal:
            self._fatal.remove(key)
            self._server.kill()
            self._happened += 1
        if not self._server.is_running:
            raise DatabaseUnavailable

    async def has_happened(self, times: int) -> bool:
        """Whether it has been killed so often."""
        return self._happened == times


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
