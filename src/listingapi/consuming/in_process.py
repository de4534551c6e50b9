"""The broker of the embedded default: hands events to the consumers within the process.

It takes the place of RabbitMQ: `publish` returns when each consumer has acted on the event, or its failure is recorded
in `failed_event`. From there it is tried again when it is due, by whichever process looks first.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from listingapi.consuming import repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.frame import DELAYS
from listingapi.consuming.incoming import Incoming, read
from listingapi.consuming.patience import Patience
from listingapi.events.cloud_events import CloudEvent
from listingapi.events.spans import WITHIN, publishing
from listingapi.infra.database import Database

RETRIED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Published:
    """An event, and whoever waits until all consumers have acted on it."""

    incoming: Incoming
    is_done: asyncio.Future[None]

    def succeed(self) -> None:
        """Let it be known, unless it failed or nobody waits any more."""
        if not self.is_done.done():
            self.is_done.set_result(None)

    def fail(self, error: Exception) -> None:
        """The same of what went wrong."""
        if not self.is_done.done():
            self.is_done.set_exception(error)


class InProcessBroker:
    """Takes events from the relay, and gives them to those consumers that want their type.

    Events that are published while it is at others go together, after those.
    """

    def __init__(self, database: Database, consumers: Sequence[Consumer], delays: Sequence[float] = DELAYS) -> None:
        self._database = database
        self._consumers = {consumer.name: consumer for consumer in consumers}
        self._patience = Patience(database, delays)
        self._published: list[Published] = []
        self._acting: asyncio.Task[None] | None = None

    async def publish(self, event: CloudEvent) -> None:
        """Have all consumers act on an event, one after the other.

        Raises:
            DatabaseUnavailable: some of them may not have, and nothing is recorded; publish it again.
        """
        incoming = Incoming.of(event)
        with publishing(event, WITHIN, "consumers", incoming.type) as trace:
            published = Published(incoming.brought(WITHIN, trace), asyncio.get_running_loop().create_future())
            self._published.append(published)
            if self._acting is None:
                self._acting = asyncio.create_task(self._act(), name="consumers_in_process")
            await published.is_done

    async def end(self) -> None:
        """Wait until it is at no event; nothing is published any more."""
        if self._acting:
            await self._acting

    async def _act(self) -> None:
        try:
            while self._published:
                several, self._published = self._published, []
                for consumer in self._consumers.values():
                    await self._have_consumed(consumer, several)
                for each in several:
                    each.succeed()
        finally:
            self._acting = None

    async def _have_consumed(self, consumer: Consumer, several: Sequence[Published]) -> None:
        """Have a consumer act on those of the events that it wants, and that went well with the consumers before."""
        wanted = [each for each in several if each.incoming.type in consumer.types and not each.is_done.done()]
        together = [each.incoming for each in wanted]
        if len(together) > 1 and await self._patience.consume_together(consumer, together):
            return
        for each in wanted:
            if each.is_done.done():
                continue  # nobody waits any more: it is published again
            try:
                await self._patience.consume(consumer, each.incoming)
            except Exception as error:  # noqa: BLE001 - it is for whoever published the event
                each.fail(error)

    async def retry_due(self) -> None:
        """Try again the events that failed and are due; each is consumed then, or due later, or dead."""
        is_full = True
        while is_full:
            due = await repository.due(self._database, list(self._consumers), RETRIED_AT_ONCE)
            for name, body in due:
                await self._patience.consume(self._consumers[name], read(body))
            is_full = len(due) == RETRIED_AT_ONCE
