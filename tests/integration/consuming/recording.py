"""Consumers that write down in the database what they were given, and fail as a test says."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from listingapi.consuming.consumer import Consumer
from listingapi.consuming.incoming import Incoming
from listingapi.events.cloud_events import CloudEvent, EventType, StoredEvent, cloud_event
from listingapi.infra.database import Transaction

CREATE = """
    CREATE TABLE effect (
        effect_id bigint GENERATED ALWAYS AS IDENTITY, consumer text NOT NULL DEFAULT 'effects',
        listing_id bigint NOT NULL, version bigint NOT NULL, type text NOT NULL
    );
    GRANT SELECT, INSERT ON effect TO listingapi_app
"""
EFFECTS = "SELECT listing_id, version FROM effect WHERE consumer = $1 ORDER BY effect_id"
WAITING = "SELECT listing_id, version, attempts FROM failed_event WHERE due_date IS NOT NULL ORDER BY 1, 2"
DEAD = "SELECT listing_id, version, attempts FROM failed_event WHERE due_date IS NULL ORDER BY 1, 2"

TYPES: tuple[EventType, ...] = ("listing.created", "price.changed")

Key = tuple[int, int]


class Poison(Exception):
    """What a consumer finds wrong with an event."""


class Recorder:
    """Records effects; those of the events in `poisoned` fail, and `meanwhile` is awaited in each transaction."""

    def __init__(self, name: str = "recorder", types: Sequence[EventType] = TYPES) -> None:
        self.consumer = Consumer(name, types, self._handle)
        self.poisoned: set[Key] = set()
        self.tried: list[Key] = []
        self.meanwhile: Callable[[Key, Transaction], Awaitable[None]] | None = None

    async def _handle(self, transaction: Transaction, events: Sequence[CloudEvent]) -> None:
        for incoming in map(Incoming.of, events):
            await self._record(transaction, incoming)

    async def _record(self, transaction: Transaction, incoming: Incoming) -> None:
        key = (incoming.listing_id, incoming.version)
        self.tried.append(key)
        await transaction.fetch(
            "INSERT INTO effect (consumer, listing_id, version, type) VALUES ($1, $2, $3, $4)",
            self.consumer.name, *key, incoming.type,
        )  # fmt: skip
        if self.meanwhile:
            await self.meanwhile(key, transaction)
        if key in self.poisoned:
            raise Poison(f"{incoming.id} is bad\x00\n\ud800")

    async def effects(self, connection: Any) -> list[Key]:
        """What has taken effect, in the order in which it has."""
        return [tuple(row) for row in await connection.fetch(EFFECTS, self.consumer.name)]


def event(listing_id: int, version: int, kind: EventType = "price.changed") -> CloudEvent:
    """An event as the relay publishes it."""
    stored = StoredEvent(1, listing_id, version, kind, 1, datetime(2023, 1, 12, tzinfo=UTC), None, '{"price_eur":1}')
    return cloud_event(stored, viewer=1)


def incoming(listing_id: int, version: int, kind: EventType = "price.changed") -> Incoming:
    """The same as a consumer gets it."""
    return Incoming.of(event(listing_id, version, kind))


async def make_due(connection: Any) -> None:
    """Let the time pass until all that waits is due."""
    await connection.execute("UPDATE failed_event SET due_date = now() WHERE due_date IS NOT NULL")


async def waiting(connection: Any) -> list[tuple[int, int, int]]:
    """Listing, version and attempts of the events that are to be tried again."""
    return [tuple(row) for row in await connection.fetch(WAITING)]


async def dead(connection: Any) -> list[tuple[int, int, int]]:
    """The same of those that are not."""
    return [tuple(row) for row in await connection.fetch(DEAD)]
