"""What others were told: the events of a test's database, wherever they are on their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Self

import asyncpg
import msgspec

from listingapi.answers import to_json
from listingapi.events.cloud_events import CloudEvent, StoredEvent, cloud_event
from tests.asyncapi import validate_event

# One statement is one snapshot, so that no event is missed while it is moved.
TOLD = """
    SELECT listing_id, version, type, account_id, created_date, trace, data
    FROM (
        SELECT 1 AS stage, position AS place, listing_id, version, type, account_id, created_date, trace, data
        FROM event
        UNION ALL
        SELECT 2, outbox_id, listing_id, version, type, account_id, created_date, trace, data FROM outbox
    ) AS told
    ORDER BY stage, place
"""

FED = """
    SELECT position, listing_id, version, type, account_id, created_date, trace, data FROM event
    WHERE type = ANY ($1) ORDER BY position
"""

WRITTEN = "SELECT listing_id, version, price_eur FROM listing_price ORDER BY listing_id, version"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it is stored, its data as parsed JSON with exact amounts."""

    listing_id: int
    version: int
    type: str
    account_id: int
    created_date: datetime
    trace: str | None
    data: Any

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        """Read a row, whose event has to be one that the AsyncAPI document describes."""
        validate_event(to_json(cloud_event(StoredEvent(position=0, **row), viewer=row["account_id"])))
        return cls(**dict(row) | {"data": exact(row["data"])})


def exact(data: str | bytes) -> Any:
    """Parse JSON with exact numbers."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(data)


async def told(connection: "asyncpg.Connection[asyncpg.Record]") -> list[Told]:
    """All events, in the order in which they are told."""
    return [Told.of(row) for row in await connection.fetch(TOLD)]


async def fed(connection: "asyncpg.Connection[asyncpg.Record]", types: Sequence[str]) -> list[CloudEvent]:
    """The events of some types that are in the feed, each as its own account sees it."""
    rows = await connection.fetch(FED, types)
    return [cloud_event(StoredEvent(**dict(row)), viewer=row["account_id"]) for row in rows]


async def assert_all_is_told(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Each price that was written, and no other, is told once, and those of a listing in their order."""
    written = [tuple(row) for row in await connection.fetch(WRITTEN)]
    said = [
        (event.listing_id, event.version, price_of(event.data))
        for event in await told(connection)
        if event.type in {"listing.created", "price.changed"}
    ]
    # The sort is stable: what is told of a listing stays in the order in which it was told.
    assert sorted(said, key=itemgetter(0)) == written


def price_of(data: Any) -> Any:
    """The price that a listing was created with, or changed to."""
    return data["listing"]["latest_price_eur"] if "listing" in data else data["price_eur"]


def kinds(events: list[Told]) -> list[tuple[int, str]]:
    """Version and type of each."""
    return [(event.version, event.type) for event in events]
