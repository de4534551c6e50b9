"""The broker of the embedded default: hands events to the consumers within the process.

It takes the place of RabbitMQ: `publish` returns when each consumer has acted on the event, or its failure is recorded
in `failed_event`. From there it is tried again when it is due, by whichever process looks first.
"""

from collections.abc import Sequence

from listingapi.consuming import repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.frame import DELAYS
from listingapi.consuming.incoming import Incoming, read
from listingapi.consuming.patience import Patience
from listingapi.events.cloud_events import CloudEvent
from listingapi.infra.database import Database

RETRIED_AT_ONCE = 100


class InProcessBroker:
    """Takes events from the relay, and gives them to those consumers that want their type."""

    def __init__(self, database: Database, consumers: Sequence[Consumer], delays: Sequence[float] = DELAYS) -> None:
        self._database = database
        self._consumers = {consumer.name: consumer for consumer in consumers}
        self._patience = Patience(database, delays)

    async def publish(self, event: CloudEvent) -> None:
        """Have all consumers act on an event, one after the other.

        Raises:
            DatabaseUnavailable: some of them may not have, and nothing is recorded; publish it again.
        """
        incoming = Incoming.of(event)
        for consumer in self._consumers.values():
            if incoming.type in consumer.types:
                await self._patience.consume(consumer, incoming)

    async def retry_due(self) -> None:
        """Try again the events that failed and are due; each is consumed then, or due later, or dead."""
        is_full = True
        while is_full:
            due = await repository.due(self._database, list(self._consumers), RETRIED_AT_ONCE)
            for name, body in due:
                await self._patience.consume(self._consumers[name], read(body))
            is_full = len(due) == RETRIED_AT_ONCE
