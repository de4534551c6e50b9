"""What a consumer gets from its queue in RabbitMQ: as many messages together as have come, in their order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from listingapi.consuming import metrics, repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.frame import Consumed, Dead, Outcome, Waits
from listingapi.consuming.incoming import Incoming, Unreadable, read
from listingapi.consuming.letters import Letters
from listingapi.consuming.patience import Patience
from listingapi.events.rabbitmq import queue_of
from listingapi.events.spans import RABBITMQ
from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.infra.process import ends_within

logger = structlog.get_logger()

PREFETCHED = 100
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0


Known = TypeVar("Known")


class Disconnected(Exception):
    """RabbitMQ is gone, or has ended the subscription."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a subscription works with; `ending` says that the process is to end."""

    database: Database
    letters: Letters
    delays: Sequence[float]
    ending: asyncio.Event


class Subscription:
    """A consumer's subscription on a channel of its own, for as long as that lasts."""

    def __init__(self, consumer: Consumer, channel: AbstractChannel, tools: Tools) -> None:
        self._consumer = consumer
        self._channel = channel
        self._tools = tools
        self._patience = Patience(tools.database, tools.delays)
        self._tag = ""
        self._is_careful = True
        self._inbox: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()

    async def run(self) -> None:
        """Act on messages until the process is to end, without canceling the subscription then.

        That would hand the next messages to another process before those that were fetched here are back in the queue.
        They go back when the channel is closed, before anybody gets another one.

        They are fetched one by one at first: where a process died of one, all that it had fetched count as delivered.

        Raises:
            Disconnected: RabbitMQ is gone; what was fetched comes again.
        """
        await self._subscribe()
        await self._fetch(1)
        while messages := await self._next():
            if not await self._handle_together(messages):
                for message in messages:
                    await self._handle(message)
        if not self._tools.ending.is_set():
            raise Disconnected

    def wake(self, *_: Any) -> None:
        """Have it look whether it is to go on."""
        self._inbox.put_nowait(None)

    async def _subscribe(self) -> None:
        self._channel.close_callbacks.add(self.wake)
        underlay = await self._channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(self.wake)

    async def _fetch(self, ahead: int) -> None:
        """Have messages come, so many before the first is acknowledged: a number that a subscription keeps."""
        await self._channel.set_qos(ahead)
        queue = await self._channel.get_queue(queue_of(self._consumer.name).name, ensure=False)
        self._tag = await queue.consume(self._inbox.put)

    async def _fetch_ahead(self) -> None:
        """Have many come, now that one is done that nobody may have died of; it is all that was fetched."""
        self._is_careful = False
        queue = await self._channel.get_queue(queue_of(self._consumer.name).name, ensure=False)
        await queue.cancel(self._tag)
        await self._fetch(PREFETCHED)

    async def _next(self) -> Sequence[AbstractIncomingMessage]:
        """What has come; nothing if the process is to end, or RabbitMQ is gone."""
        come = [await self._inbox.get()]
        while not self._inbox.empty():
            come.append(self._inbox.get_nowait())
        is_over = self._tools.ending.is_set() or self._channel.is_closed or None in come
        return [] if is_over else [message for message in come if message]

    async def _handle_together(self, messages: Sequence[AbstractIncomingMessage]) -> bool:
        """Act on all of them, then acknowledge them; False if that can't be done, but by each of them."""
        if len(messages) == 1 or any(message.redelivered for message in messages):
            return False
        try:
            several = [self._read(message) for message in messages]
        except Unreadable:
            return False
        is_done = await self._patience.consume_together(self._consumer, several)
        if is_done:
            await messages[-1].ack(multiple=True)
        return is_done

    async def _handle(self, message: AbstractIncomingMessage) -> None:
        """Do what there is to do for a message, then acknowledge it; not if what became of it is not known."""
        try:
            is_known = await self._act(message)
        except Unreadable as error:
            logger.warning("message_unreadable", consumer=self._consumer.name, reason=str(error))
            await self._tools.letters.bury(self._consumer.name, message.body, Dead(1, f"Unreadable: {error}"))
            metrics.DEAD.labels(self._consumer.name).inc()
            is_known = True
        if is_known and self._is_careful and not message.redelivered:
            await self._fetch_ahead()
        if is_known:
            await message.ack()

    async def _act(self, message: AbstractIncomingMessage) -> bool:
        """Act on a message; what comes again may come before what was to come before it, which is acted on first.

        RabbitMQ puts what is given back behind all that was given back before. The messages of those come yet, and go
        where they have to then.
        """
        incoming = self._read(message)
        for each in await self._earlier(incoming) if message.redelivered else ():
            await self._consume(each)
        outcome = await self._consume(incoming)
        if outcome is not None:
            await self._follow(incoming, message.body, outcome)
        return outcome is not None

    async def _earlier(self, incoming: Incoming) -> Sequence[Incoming]:
        name, types = self._consumer.name, self._consumer.types
        return await self._patiently(partial(repository.earlier, self._tools.database, name, types, incoming)) or ()

    def _read(self, message: AbstractIncomingMessage) -> Incoming:
        incoming = read(message.body).brought(RABBITMQ, message.headers.get("traceparent"))
        if incoming.type not in self._consumer.types:
            raise Unreadable("This release does not act on its type.")
        return incoming

    async def _follow(self, incoming: Incoming, body: bytes, outcome: Outcome) -> None:
        """Put the message where its event waits, or is dead."""
        name = self._consumer.name
        match outcome:
            case Consumed():
                pass
            case Waits(seconds):
                await self._tools.letters.delay(name, body, seconds)
            case Dead():
                await self._tools.letters.bury(name, body, outcome)
                await repository.forget(self._tools.database, name, incoming)

    async def _consume(self, incoming: Incoming) -> Outcome | None:
        return await self._patiently(partial(self._patience.consume, self._consumer, incoming))

    async def _patiently(self, act: Callable[[], Awaitable[Known]]) -> Known | None:
        """Do something, again if the database is away; None if the process ends, or RabbitMQ is gone, before.

        If the database takes other writes, but not this one, it is waited for here: that the message is given back and
        fetched again would count as a delivery, of which it has some only.

        Raises:
            DatabaseUnavailable: it has been away for some time.
        """
        pause = FIRST_PAUSE_SECONDS
        while not (self._channel.is_closed or self._tools.ending.is_set()):
            try:
                return await act()
            except DatabaseUnavailable as error:
                if pause > LONGEST_PAUSE_SECONDS:
                    await repository.ask(self._tools.database)
                reason = type(error.__cause__ or error).__name__
                logger.warning("consumer_waits_for_database", consumer=self._consumer.name, reason=reason)
            await ends_within(min(pause, LONGEST_PAUSE_SECONDS), self._tools.ending)
            pause *= 2
        return None
