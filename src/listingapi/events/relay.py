"""Publishes the events of the feed: each at least once, those of a listing one after the other."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from listingapi.events import relay_repository as repository
from listingapi.events.broker import Broker
from listingapi.events.cloud_events import StoredEvent, cloud_event
from listingapi.events.metrics import FAILURES, PUBLISHED
from listingapi.infra.database import Database

PARTITIONS_AT_ONCE = 4
EVENTS_AT_ONCE = 250
TURN_SECONDS = 30.0


class NotPublished(Exception):
    """Some events could not be published; they are published again."""


class Relay:
    """Publishes what was not published yet, some partitions of the feed at a time.

    Any number of them may run: a partition is one relay's for the time of a turn, which is a transaction. Whatever ends
    that early leaves the partition where it was, and its events are published again.
    """

    def __init__(
        self, database: Database, broker: Broker, *, at_once: int, partitions: int = PARTITIONS_AT_ONCE
    ) -> None:
        self._database = database
        self._broker = broker
        self._at_once = at_once
        self._partitions = partitions

    async def publish_all(self) -> None:
        """Publish until nothing is left that nobody else is at.

        Raises:
            NotPublished: some events were not published.
        """
        while await self.turn():
            pass

    async def turn(self) -> bool:
        """Publish some events of some partitions; returns whether there were any.

        Raises:
            NotPublished: some of them were not, and neither were those of the same listings after them.
        """
        async with self._database.transaction() as transaction:
            partitions = await repository.lock(transaction, self._partitions)
            if not partitions:
                return False
            waiting = await repository.read(transaction, partitions, EVENTS_AT_ONCE)
            batch = Batch(self._broker, self._at_once)
            await batch.publish(event for events in waiting.values() for event in events)
            await repository.move(transaction, batch.reached(waiting))
        batch.end()
        return True


class Batch:
    """Events that are published together; never are two events of one listing under way."""

    def __init__(self, broker: Broker, at_once: int) -> None:
        self._broker = broker
        self._slots = asyncio.Semaphore(at_once)
        self._published: set[int] = set()
        self._failure: BaseException | None = None

    async def publish(self, events: Iterable[StoredEvent]) -> None:
        """Publish events, of each listing until one fails, for as long as that may take."""
        by_listing: dict[int, list[StoredEvent]] = defaultdict(list)
        for event in events:
            by_listing[event.listing_id].append(event)
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await asyncio.gather(*(self._publish_in_order(each) for each in by_listing.values()))
        except TimeoutError as error:
            self._fail(error)

    def reached(self, waiting: Mapping[int, Sequence[StoredEvent]]) -> Mapping[int, int]:
        """How far each partition is published without a gap; those where nothing is are left out."""
        return {partition: end for partition, events in waiting.items() if (end := self._end_of(events))}

    def end(self) -> None:
        """See that all went well.

        Raises:
            NotPublished: it did not.
        """
        PUBLISHED.inc(len(self._published))
        if self._failure:
            raise NotPublished(f"{type(self._failure).__name__}: {self._failure}") from self._failure

    async def _publish_in_order(self, events: Sequence[StoredEvent]) -> None:
        for event in events:
            async with self._slots:
                if not await self._is_published(event):
                    return

    async def _is_published(self, event: StoredEvent) -> bool:
        try:
            await self._broker.publish(cloud_event(event, viewer=event.account_id))
        except Exception as error:  # noqa: BLE001 - whatever it is, the event has to be published again
            self._fail(error)
            return False
        self._published.add(event.position)
        return True

    def _fail(self, error: BaseException) -> None:
        FAILURES.inc()
        self._failure = self._failure or error

    def _end_of(self, events: Sequence[StoredEvent]) -> int:
        end = 0
        for event in events:
            if event.position not in self._published:
                break
            end = event.position
        return end
