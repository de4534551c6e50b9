"""Consumers at work on a RabbitMQ, and what is in its queues."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aio_pika

from listingapi.consuming.consumer import Consumer
from listingapi.consuming.rabbitmq import consume_from
from listingapi.events.rabbitmq import publishing
from listingapi.infra.database import Database
from tests.integration.consuming.recording import Key, Recorder, event
from tests.rabbitmq_server import VirtualHost
from tests.until import PATIENCE_SECONDS, until

SHORT = (0.02, 0.03, 0.04, 0.05)
DEAD_QUEUE = "listingapi.recorder.dead"
FILL = """
    INSERT INTO event (position, listing_id, version, type, account_id, created_date, data)
    SELECT place, listing_id, version, 'price.changed', 1, now(), '{"price_eur":1}'
    FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS given (listing_id, version, place)
"""


@asynccontextmanager
async def consuming(
    rabbitmq: VirtualHost, database: Database, *consumers: Consumer, delays: Sequence[float] = SHORT
) -> AsyncIterator[asyncio.Event]:
    """Have consumers act on what comes until the end of the block, or until they are told to end."""
    ending = asyncio.Event()
    working = asyncio.create_task(consume_from(rabbitmq.url, database, consumers, ending, delays=delays))
    try:
        yield ending
    finally:
        ending.set()
        await asyncio.wait_for(working, PATIENCE_SECONDS)
        # the library has each client that never got a connection close itself when it is forgotten, which takes a loop
        gc.collect()


async def publish(rabbitmq: VirtualHost, consumer: Consumer, keys: Sequence[Key], *, at_once: int = 1) -> None:
    """Publish events as the relay does; some at a time, which then come in any order."""
    async with publishing(rabbitmq.url, [consumer], SHORT) as publisher:
        for start in range(0, len(keys), at_once):
            await asyncio.gather(*(publisher.publish(event(*key)) for key in keys[start : start + at_once]))


async def feed(superuser: Any, keys: Sequence[Key]) -> None:
    """Have events be in the feed, from which the relay takes what it publishes."""
    await superuser.fetch(FILL, *map(list, zip(*keys, strict=True)))


async def put(rabbitmq: VirtualHost, queue: str, body: bytes) -> None:
    """Put anything into a queue."""
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        await channel.default_exchange.publish(aio_pika.Message(body), queue)


async def letters_in(rabbitmq: VirtualHost, queue: str) -> list[tuple[bytes, dict[str, Any]]]:
    """Take all messages from a queue: bodies and headers."""
    found = []
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        letters = await channel.get_queue(queue)
        while message := await letters.get(no_ack=True, fail=False):
            found.append((message.body, dict(message.headers)))
    return found


async def number_in(rabbitmq: VirtualHost, queue: str) -> int:
    """How many messages are ready in a queue."""
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        found = await channel.declare_queue(queue, passive=True)
        return found.declaration_result.message_count or 0


async def effects_come_to(recorder: Recorder, connection: Any, number: int) -> None:
    """Wait until so many events have taken effect."""

    async def have_come() -> bool:
        return len(await recorder.effects(connection)) >= number

    await until(have_come)
