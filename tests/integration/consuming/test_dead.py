"""What is dead can be seen, in the database as in RabbitMQ."""

import asyncio
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage

from listingapi.infra.database import Database
from listingapi.infra.start import StartError
from tests.integration.consuming.dying import REASON, InRabbitMQ, Place
from tests.integration.consuming.recording import Recorder
from tests.integration.consuming.running import DEAD_QUEUE, number_in, publish
from tests.rabbitmq_server import VirtualHost
from tests.until import PATIENCE_SECONDS, until


async def test_what_is_dead_is_shown_with_the_reason(place: Place, superuser: Any) -> None:
    await place.have_die(superuser, 1, 2)
    for _ in range(2):
        async with place.opened() as there:
            found = await there.all(None)

    assert [(one.id, one.consumer, one.attempts) for one in found] == [
        ("1-1-price.changed", "recorder", 5), ("1-2-price.changed", "recorder", 5),
    ]  # fmt: skip
    assert found[0].reason == REASON
    assert '"sequence": "1"' in found[0].text
    assert found[0].failed.endswith("Z")


async def test_a_consumer_that_there_is_not_is_a_sentence(place: Place) -> None:
    with pytest.raises(StartError) as refused:
        async with place.opened() as there:
            await there.all("nobody")

    assert str(refused.value) == "There is no consumer of that name: there are recorder."


async def test_what_rabbitmq_gives_up_is_among_the_dead(
    events: Database, recorder: Recorder, rabbitmq: VirtualHost
) -> None:
    """A message that kills whoever gets it, however often."""
    place = InRabbitMQ(events, rabbitmq, recorder)
    rabbitmq.set_policy("limit", r"^listingapi\.[a-z]+$", '{"delivery-limit": 2}')
    await publish(rabbitmq, recorder.consumer, [(1, 1)])
    for _ in range(3):
        assert b"1-1-price.changed" in await letter_of(rabbitmq, "listingapi.recorder")

    async def is_dead() -> bool:
        return await number_in(rabbitmq, DEAD_QUEUE) == 1

    await until(is_dead)
    async with place.opened() as there:
        [found] = await there.all(None)
    assert (found.id, found.reason) == ("1-1-price.changed", "RabbitMQ gave it up: delivery_limit")


async def letter_of(rabbitmq: VirtualHost, queue: str) -> bytes:
    """Take a message, and be gone without an acknowledgement."""
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        taken: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await (await channel.get_queue(queue)).consume(taken.put)
        return (await asyncio.wait_for(taken.get(), PATIENCE_SECONDS)).body
