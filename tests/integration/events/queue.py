"""What comes through RabbitMQ: a queue of a test's own that takes all events."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from listingapi.events.rabbitmq import EVENTS
from tests.asyncapi import validate_event
from tests.integration.events.broker import Told
from tests.rabbitmq_server import VirtualHost

NAME = "seen"
QUORUM: Any = {"x-queue-type": "quorum"}


@dataclass(slots=True)
class Seen:
    """The messages that came so far."""

    messages: list[AbstractIncomingMessage] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def told(self) -> list[Told]:
        """The listing and the version of each; the events are as the AsyncAPI document describes them."""
        events = [validate_event(message.body) for message in self.messages]
        return [(int(event["subject"]), int(event["sequence"])) for event in events]

    async def take(self, message: AbstractIncomingMessage) -> None:
        """Add a message."""
        self.messages.append(message)
        self._news.set()

    async def until(self, number: int, seconds: float = 60.0) -> None:
        """Wait until so many different events have come."""
        async with asyncio.timeout(seconds):
            while len({message.message_id for message in self.messages}) < number:
                self._news.clear()
                await self._news.wait()


async def bind(rabbitmq: VirtualHost) -> None:
    """Have a queue that takes all events, from before anybody publishes some."""
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        exchange = await channel.declare_exchange(EVENTS.name, EVENTS.type.value, durable=True)
        queue = await channel.declare_queue(NAME, durable=True, arguments=QUORUM)
        await queue.bind(exchange, "#")
    rabbitmq.server.keep_queues()


async def unbind(rabbitmq: VirtualHost, names: Iterable[str], routing_key: str) -> None:
    """Have queues not take some events any more."""
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        for name in names:
            queue = await channel.get_queue(name)
            await queue.unbind(EVENTS.name, routing_key)


@asynccontextmanager
async def seen_in(rabbitmq: VirtualHost, name: str = NAME) -> AsyncIterator[Seen]:
    """Read that queue, or another one, until the end of the block."""
    seen = Seen()
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        queue = await channel.get_queue(name)
        await queue.consume(seen.take, no_ack=True)
        yield seen
