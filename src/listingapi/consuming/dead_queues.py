"""The dead events in RabbitMQ, each in the queue of its consumer's dead ones."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError

from listingapi.consuming.consumer import Consumer
from listingapi.consuming.dead import DATE, DeadEvent, DeadEvents, DeadRows, chosen_of, names_of
from listingapi.consuming.letters import ATTEMPTS, REASON, Letters
from listingapi.consuming.rabbitmq import connected, opened_letters
from listingapi.errors import RequestError
from listingapi.events.rabbitmq import dead_queue_of
from listingapi.infra.database import CONNECTION_LOST, Database
from listingapi.infra.start import StartError

Fetched = Sequence[tuple[DeadEvent, AbstractIncomingMessage]]


class DeadQueues:
    """Those in RabbitMQ: all of a queue are fetched to be looked at, and go back."""

    def __init__(self, connection: AbstractConnection, letters: Letters, consumers: Sequence[Consumer]) -> None:
        self._connection = connection
        self._letters = letters
        self._consumers = consumers

    async def all(self, consumer: str | None) -> Sequence[DeadEvent]:
        async with self._fetched(consumer) as fetched:
            return [one for one, _ in fetched]

    async def replay(self, consumer: str | None, ids: Collection[str]) -> int:
        """Put events back into the queues of their consumers; each leaves the dead ones when it is there."""
        async with self._fetched(consumer) as fetched:
            chosen = frozenset(map(id, chosen_of([one for one, _ in fetched], ids)))
            for one, message in fetched:
                if id(one) in chosen:
                    await self._letters.hand_back(one.consumer, one.body)
                    await message.ack()
            return len(chosen)

    async def replay_all(self, consumer: str | None) -> AsyncIterator[int]:
        """Do so with all, one by one."""
        for name in names_of(self._consumers, consumer):
            async with self._connection.channel() as channel:
                async for _ in self._handed_back(channel, name):
                    yield 1

    async def _handed_back(self, channel: AbstractChannel, consumer: str) -> AsyncIterator[None]:
        """Each message of a consumer that is dead now; what dies again meanwhile comes behind these."""
        queue = await channel.declare_queue(dead_queue_of(consumer).name, passive=True)
        for _ in range(queue.declaration_result.message_count or 0):
            if message := await queue.get(fail=False):
                async with message.process(requeue=True):
                    await self._letters.hand_back(consumer, message.body)
                yield

    @asynccontextmanager
    async def _fetched(self, consumer: str | None) -> AsyncIterator[Fetched]:
        """The messages until the end of the block; those that were not acknowledged are back then."""
        async with self._connection.channel() as channel:
            fetched = [pair for name in names_of(self._consumers, consumer) for pair in await _fetch(channel, name)]
            try:
                yield sorted(fetched, key=lambda pair: pair[0].failed)
            finally:
                for message in [message for _, message in fetched if not message.processed]:
                    await message.nack()


@asynccontextmanager
async def opened_dead_events(
    database_url: str, rabbitmq_url: str | None, consumers: Sequence[Consumer]
) -> AsyncIterator[DeadEvents]:
    """The dead events of a deployment, for one command.

    Raises:
        StartError: what was asked for can't be done, or the database or RabbitMQ can't be reached or went away.
    """
    opened = _in_database(database_url, consumers) if rabbitmq_url is None else _in_queues(rabbitmq_url, consumers)
    async with opened as there:
        yield there


@asynccontextmanager
async def _in_database(url: str, consumers: Sequence[Consumer]) -> AsyncIterator[DeadEvents]:
    database = Database(pool_size=1, session={"application_name": "listingapi events"})
    try:
        await database.open(url)
        yield DeadRows(database, consumers)
    except (RequestError, asyncpg.PostgresError, *CONNECTION_LOST) as error:
        raise StartError(f"The database can't be reached: {str(error) or type(error).__name__}.") from None
    finally:
        await database.close()


@asynccontextmanager
async def _in_queues(url: str, consumers: Sequence[Consumer]) -> AsyncIterator[DeadEvents]:
    try:
        async with opened_letters(url, consumers) as letters, connected(url) as connection:
            yield DeadQueues(connection, letters, consumers)
    except (AMQPError, OSError, TimeoutError) as error:
        raise StartError(f"RabbitMQ can't be used: {type(error).__name__}. Nothing was lost; try again.") from None


async def _fetch(channel: AbstractChannel, consumer: str) -> Fetched:
    queue = await channel.get_queue(dead_queue_of(consumer).name, ensure=False)
    found = []
    while message := await queue.get(fail=False):
        found.append((_dead(consumer, message), message))
    return found


def _dead(consumer: str, message: AbstractIncomingMessage) -> DeadEvent:
    """A message with what its headers say: ours, or those of RabbitMQ if that has given it up."""
    headers: Any = message.headers
    reason = headers.get(REASON) or f"RabbitMQ gave it up: {headers.get('x-first-death-reason', 'it is not known why')}"
    failed = f"{message.timestamp:{DATE}}" if message.timestamp else ""
    return DeadEvent(consumer, message.body, int(headers.get(ATTEMPTS, 0)), str(reason), failed)
