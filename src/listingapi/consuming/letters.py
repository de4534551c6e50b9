"""Messages that are put elsewhere in RabbitMQ: to wait, to the dead, or back to the consumer.

Each is confirmed there before it is acknowledged where it was, so that one that is moved is never lost. Whoever is
killed in between leaves two, of which the second has no effect.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from faststream.rabbit import RabbitBroker

from listingapi.consuming.frame import Dead
from listingapi.events.rabbitmq import CONTENT_TYPE, dead_queue_of, queue_of, retry_queue_of

REASON = "listingapi-reason"
ATTEMPTS = "listingapi-attempts"


class Letters:
    """Moves messages on a client that waits for confirmations.

    It waits as long as it takes: RabbitMQ confirms nothing while it is short of memory.
    """

    def __init__(self, broker: RabbitBroker, delays: Sequence[float]) -> None:
        self._broker = broker
        self._delays = sorted(delays)

    async def delay(self, consumer: str, body: bytes, seconds: float) -> None:
        """Have an event come again after so many seconds, or sooner: there are only some delays."""
        fitting = [delay for delay in self._delays if delay <= seconds]
        delay = fitting[-1] if fitting else self._delays[0]
        await self._put(retry_queue_of(consumer, delay).name, body, {})

    async def bury(self, consumer: str, body: bytes, dead: Dead) -> None:
        """Put a message to the dead ones of a consumer, with the reason."""
        await self._put(dead_queue_of(consumer).name, body, {REASON: dead.reason, ATTEMPTS: dead.attempts})

    async def hand_back(self, consumer: str, body: bytes) -> None:
        """Give a message to its consumer again, after those that it has to act on already."""
        await self._put(queue_of(consumer).name, body, {})

    async def _put(self, queue: str, body: bytes, headers: Mapping[str, str | int]) -> None:
        await self._broker.publish(
            body,
            routing_key=queue,
            mandatory=True,
            persist=True,
            content_type=CONTENT_TYPE,
            headers=dict(headers),
            timestamp=datetime.now(UTC),
        )
