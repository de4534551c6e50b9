"""Has consumers act on what comes from RabbitMQ.

FastStream connects, declares and publishes. Its subscribers are not used, though: they have all messages that were
fetched be handled at once, so that a listing's events overtake each other; they leave a message of which the handling
raises, or that they can't decode, unacknowledged until the connection ends; and they cancel the subscription before
they disconnect, at which RabbitMQ 3.10 hands the messages after the fetched ones to the next process, before these.
So the messages are taken from aio-pika, below it, on a connection that is not mended but replaced: with it goes all
that was fetched on it.

RabbitMQ stops reading from those that publish when it is short of memory. What is acknowledged goes over a connection
on which nothing is published, so that consumers go on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress

import aio_pika
from aio_pika.abc import AbstractConnection
from faststream.rabbit import Channel
from yarl import URL

from listingapi.consuming import metrics, repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.frame import DELAYS
from listingapi.consuming.letters import Letters
from listingapi.consuming.subscription import Subscription, Tools
from listingapi.events.rabbitmq import CLOSE_SECONDS, CONNECT_SECONDS, HEARTBEAT_SECONDS, declare, rabbit_broker
from listingapi.events.reasons import reason_of
from listingapi.infra.complaints import Complaint
from listingapi.infra.database import Database
from listingapi.infra.process import ends_within

NAME = "listingapi worker"
SECONDS_BETWEEN_ATTEMPTS = 1.0
# Whoever is let in and then cut off again and again does not go on each time.
SECONDS_TO_GO_ON = 5.0


async def consume_from(
    url: str,
    database: Database,
    consumers: Sequence[Consumer],
    ending: asyncio.Event,
    *,
    delays: Sequence[float] = DELAYS,
) -> None:
    """Have the consumers act on messages until the process is to end, whatever becomes of RabbitMQ meanwhile."""
    metrics.begin(consumers)
    complaint = Complaint("consuming_begins_anew", "consuming_goes_on")
    while not ending.is_set():
        try:
            # each time that messages are fetched in vain counts as a delivery, of which they have some only
            await repository.ask(database)
            async with opened_letters(url, consumers, delays) as letters, connected(url) as connection:
                await _subscribe(connection, consumers, Tools(database, letters, delays, ending), complaint)
        except Exception as error:  # noqa: BLE001 - whatever it is, all is begun anew
            complaint.say(reason_of(error))
        await ends_within(SECONDS_BETWEEN_ATTEMPTS, ending)


@asynccontextmanager
async def opened_letters(
    url: str, consumers: Sequence[Consumer], delays: Sequence[float] = DELAYS
) -> AsyncIterator[Letters]:
    """A connection to move messages, and all queues of the consumers, until the end of the block."""
    broker = rabbit_broker(url, NAME, Channel(publisher_confirms=True, on_return_raises=True))
    try:
        await broker.connect()
        await declare(broker, consumers, delays)
        yield Letters(broker, delays)
    finally:
        await _in_time(broker.stop())


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AbstractConnection]:
    """A connection to take messages, until the end of the block; what was taken and not acknowledged goes back then."""
    options = {"name": NAME, "heartbeat": str(HEARTBEAT_SECONDS)}
    connection = await aio_pika.connect(URL(url).update_query(options), timeout=CONNECT_SECONDS)
    try:
        yield connection
    finally:
        await _in_time(connection.close())


async def _subscribe(
    connection: AbstractConnection, consumers: Sequence[Consumer], tools: Tools, complaint: Complaint
) -> None:
    """Run the subscriptions of all consumers; where one ends, all do."""
    subscriptions = [Subscription(consumer, await connection.channel(), tools) for consumer in consumers]
    async with asyncio.TaskGroup() as group:
        for subscription in subscriptions:
            group.create_task(subscription.run())
        if not await ends_within(SECONDS_TO_GO_ON, tools.ending):
            complaint.end()
        await tools.ending.wait()
        for subscription in subscriptions:
            subscription.wake()


async def _in_time(closing: Awaitable[object]) -> None:
    """Disconnect, also from a RabbitMQ that does not answer."""
    with suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await closing
