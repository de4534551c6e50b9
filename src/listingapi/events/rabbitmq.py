"""RabbitMQ: the exchange and the queues that events go through, and how they are published there.

Events go to a topic exchange by their types. Each subscriber has a queue for those that it wants, one for each delay
after which they are tried again, and one for those that it could not act on. All are quorum queues, and what moves from
one to another stays in the first until the second has it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from faststream.rabbit import Channel, ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit.schemas.queue import QuorumQueueArgs
from yarl import URL

from listingapi.answers import to_json
from listingapi.events.cloud_events import CloudEvent
from listingapi.events.spans import RABBITMQ
from listingapi.events.spans import publishing as publishing_span

CONTENT_TYPE = "application/cloudevents+json"
HEARTBEAT_SECONDS = 10
CONNECT_SECONDS = 10.0
CLOSE_SECONDS = 5.0
CONFIRM_SECONDS = 30.0

# How many seconds an event waits before it is tried again for the first time, the second, and so on.
RETRY_DELAYS = (1.0, 10.0, 60.0, 600.0)

# Looking at a message counts as delivering it, and newer RabbitMQs drop what was delivered twenty times.
NO_LIMIT = 2**31 - 1

EVENTS = RabbitExchange("listingapi.events", type=ExchangeType.TOPIC, durable=True)
DEAD = RabbitExchange("listingapi.dead", type=ExchangeType.DIRECT, durable=True)


class Subscriber(Protocol):
    """Whoever is to have events of some types."""

    @property
    def name(self) -> str:
        """What its queues are called after."""

    @property
    def types(self) -> Sequence[str]:
        """The types that it wants, such as `price.changed`."""


def queue_of(name: str) -> RabbitQueue:
    """The queue from which a subscriber gets its events, one process at a time."""
    return _quorum_queue(
        f"listingapi.{name}",
        {"x-single-active-consumer": True, **_dead_lettered_to(DEAD.name, name)},
    )


def dead_queue_of(name: str) -> RabbitQueue:
    """The queue of the events that a subscriber could not act on."""
    return _quorum_queue(f"listingapi.{name}.dead", {"x-delivery-limit": NO_LIMIT})


def retry_queue_of(name: str, seconds: float) -> RabbitQueue:
    """The queue where events wait so many seconds before they come to a subscriber again."""
    return _quorum_queue(
        f"listingapi.{name}.retry.{seconds:g}",
        {"x-message-ttl": round(seconds * 1000), **_dead_lettered_to("", queue_of(name).name)},
    )


def rabbit_broker(url: str, name: str, channel: Channel) -> RabbitBroker:
    """A client that RabbitMQ knows by a name, and that notices within seconds when one of both is gone."""
    for library in ("aio_pika", "aiormq"):
        # they would log each lost connection with its traceback; whoever uses it says what becomes of that
        logging.getLogger(library).setLevel(logging.CRITICAL)
    options = {"name": name, "heartbeat": str(HEARTBEAT_SECONDS)}
    return RabbitBroker(
        str(URL(url).update_query(options)),
        default_channel=channel,
        timeout=CONNECT_SECONDS,
        reconnect_interval=1.0,
        app_id="listingapi",
        logger=None,
    )


async def declare(
    broker: RabbitBroker, subscribers: Sequence[Subscriber], delays: Sequence[float] = RETRY_DELAYS
) -> None:
    """See that the exchanges and the queues of all subscribers are there.

    Whoever publishes and whoever subscribes does so at its start: what is published before anybody listens is kept.
    """
    events = await broker.declare_exchange(EVENTS)
    dead = await broker.declare_exchange(DEAD)
    for subscriber in subscribers:
        letters = await broker.declare_queue(dead_queue_of(subscriber.name))
        await letters.bind(dead, subscriber.name)
        for seconds in delays:
            await broker.declare_queue(retry_queue_of(subscriber.name, seconds))
        queue = await broker.declare_queue(queue_of(subscriber.name))
        for each in subscriber.types:
            await queue.bind(events, each)


def routing_key_of(event: CloudEvent) -> str:
    """The type of an event without what all types have around it."""
    return event.type.removeprefix("org.listingapi.").removesuffix(".v1")


class RabbitPublisher:
    """Publishes events; each is safe in the queues of all who want it when RabbitMQ has confirmed it."""

    def __init__(self, broker: RabbitBroker) -> None:
        self._broker = broker

    async def publish(self, event: CloudEvent) -> None:
        """Publish an event, and wait for the confirmation.

        Raises:
            Exception: RabbitMQ refused it, knows of nobody who wants it, did not confirm it in time, or is gone.
        """
        key = routing_key_of(event)
        with publishing_span(event, RABBITMQ, EVENTS.name, key) as trace:
            await self._broker.publish(
                to_json(event),
                exchange=EVENTS,
                routing_key=key,
                mandatory=True,
                persist=True,
                message_id=event.id,
                correlation_id=event.id,
                message_type=event.type,
                timestamp=event.time,
                content_type=CONTENT_TYPE,
                headers={} if trace is None else {"traceparent": trace},
                timeout=CONFIRM_SECONDS,
            )


@asynccontextmanager
async def publishing(
    url: str, subscribers: Sequence[Subscriber], delays: Sequence[float] = RETRY_DELAYS
) -> AsyncIterator[RabbitPublisher]:
    """Be connected to publish until the end of the block.

    Raises:
        Exception: RabbitMQ can't be reached, or has queues of other kinds by the same names.
    """
    # a message that no queue takes comes back, and raises instead of being lost
    broker = rabbit_broker(url, "listingapi relay", Channel(publisher_confirms=True, on_return_raises=True))
    connection = await broker.connect()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await declare(broker, subscribers, delays)
        yield RabbitPublisher(broker)
    finally:
        # the broker's own way to stop would end a channel first, and the connection only when RabbitMQ has answered
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                await connection.close()


def _dead_lettered_to(exchange: str, routing_key: str) -> QuorumQueueArgs:
    """The arguments of a queue that keeps its messages until where they go has them."""
    return {
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-routing-key": routing_key,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def _quorum_queue(name: str, arguments: QuorumQueueArgs) -> RabbitQueue:
    return RabbitQueue(name, queue_type=QueueType.QUORUM, arguments=arguments)
