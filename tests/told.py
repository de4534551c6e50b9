"""What others were told: the events of a test's database, wherever they are on their way."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

import asyncpg
import msgspec

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
        """Read a row."""
        return cls(**dict(row) | {"data": exact(row["data"])})


def exact(data: str | bytes) -> Any:
    """Parse JSON with exact numbers."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(data)


async def told(connection: "asyncpg.Connection[asyncpg.Record]") -> list[Told]:
    """All events, in the order in which they are told."""
    return [Told.of(row) for row in await connection.fetch(TOLD)]


def kinds(events: list[Told]) -> list[tuple[int, str]]:
    """Version and type of each."""
    return [(event.version, event.type) for event in events]
