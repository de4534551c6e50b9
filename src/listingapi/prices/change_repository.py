"""The SQL of what is added to price histories, as parts of a write on a listing."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from listingapi.access.callers import Caller
from listingapi.infra.database import Database
from listingapi.infra.write import Write
from listingapi.listings.schemas import StoredListing
from listingapi.money import Euros
from listingapi.prices.rules import Objection
from listingapi.prices.schedule import SCHEDULE_COLUMNS, Schedule, Settlement

MOST_LISTED = 1000
DUE_AT_ONCE = 500

COLUMNS = ", ".join(SCHEDULE_COLUMNS)
SCHEDULED = f"SELECT {COLUMNS} FROM scheduled_price WHERE listing_id = $1 AND version = $2"
ALL_SCHEDULED = f"SELECT {COLUMNS} FROM scheduled_price WHERE listing_id = $1 ORDER BY version DESC LIMIT {MOST_LISTED}"
NUMBER_PENDING = "SELECT count(*) FROM scheduled_price WHERE listing_id = $1 AND state = 'pending'"
IS_DUE = "state = 'pending' AND effective_date <= $1"
DUE = f"""
    SELECT DISTINCT listing_id
    FROM (
        SELECT listing_id FROM scheduled_price WHERE {IS_DUE} ORDER BY effective_date LIMIT {DUE_AT_ONCE}
    ) AS first
"""
DUE_AMONG = f"SELECT DISTINCT listing_id FROM scheduled_price WHERE {IS_DUE} AND listing_id = ANY ($2)"
DUE_OF = f"SELECT {COLUMNS} FROM scheduled_price WHERE {IS_DUE} AND listing_id = $2 ORDER BY effective_date, version"


def append(  # noqa: PLR0913 - an entry has that much to say
    write: Write, after: StoredListing, *, source: str, by: Caller, flags: Sequence[Objection], now: datetime
) -> None:
    """Append the price that came with a listing's version."""
    write.add_row(
        "listing_price",
        {
            "listing_id": (after.listing.id, "bigint"),
            "version": (after.version, "bigint"),
            "price_eur": (after.price_eur, "numeric"),
            "created_date": (after.price_changed_date, "timestamptz"),
            "recorded_date": (now, "timestamptz"),
            "source": (source, "text"),
            "account_id": (by.account_id, "bigint"),
            "actor": (by.actor, "text"),
            "flags": (msgspec.json.encode(flags).decode() if flags else None, "jsonb"),
        },
    )


def correct(  # noqa: PLR0913 - a correction has that much to say
    write: Write, after: StoredListing, corrects: int, price_eur: Euros | None, *, reason: str, by: Caller,
    now: datetime,
) -> None:  # fmt: skip
    """Add what an entry should have said; None voids it."""
    write.add_row(
        "listing_price_correction",
        {
            "listing_id": (after.listing.id, "bigint"),
            "version": (after.version, "bigint"),
            "corrects_version": (corrects, "bigint"),
            "price_eur": (price_eur, "numeric"),
            "reason": (reason, "text"),
            "account_id": (by.account_id, "bigint"),
            "actor": (by.actor, "text"),
            "recorded_date": (now, "timestamptz"),
        },
    )


def schedule(write: Write, listing_id: int, scheduled: Schedule) -> None:
    """Add a price that is to come into force."""
    write.add_row(
        "scheduled_price",
        {
            "listing_id": (listing_id, "bigint"),
            "version": (scheduled.version, "bigint"),
            "price_eur": (scheduled.price_eur, "numeric"),
            "effective_date": (scheduled.effective_date, "timestamptz"),
            "created_date": (scheduled.created_date, "timestamptz"),
            "account_id": (scheduled.account_id, "bigint"),
            "actor": (scheduled.actor, "text"),
            "is_confirmed": (scheduled.is_confirmed, "boolean"),
        },
    )


def settle(write: Write, version: int, settlement: Settlement, now: datetime) -> None:
    """Say what became of a scheduled price."""
    write.add(f"""
        UPDATE scheduled_price SET
            state = {write.bind(settlement.state, "text")},
            reason = {write.bind(settlement.reason or None, "text")},
            settled_date = {write.bind(now, "timestamptz")},
            settled_version = {write.bind(settlement.after.version, "bigint")}
        FROM guard
        WHERE scheduled_price.listing_id = guard.listing_id
            AND scheduled_price.version = {write.bind(version, "bigint")}
    """)


async def scheduled(database: Database, listing_id: int, version: int) -> Schedule | None:
    """A price that was scheduled, if it was."""
    row = await database.fetchrow(SCHEDULED, listing_id, version)
    return _schedule(row) if row else None


async def all_scheduled(database: Database, listing_id: int) -> list[Schedule]:
    """What was scheduled for a listing, the last first."""
    return [_schedule(row) for row in await database.fetch(ALL_SCHEDULED, listing_id)]


async def number_pending(database: Database, listing_id: int) -> int:
    """How many prices are scheduled for a listing and not settled."""
    row = await database.fetchrow(NUMBER_PENDING, listing_id)
    return row[0] if row else 0


async def listings_with_due(database: Database, now: datetime) -> list[int]:
    """Some of the listings that have scheduled prices whose time has come."""
    return [row["listing_id"] for row in await database.fetch(DUE, now)]


async def those_with_due(database: Database, listing_ids: Sequence[int], now: datetime) -> list[int]:
    """Those of some listings that have scheduled prices whose time has come."""
    return [row["listing_id"] for row in await database.fetch(DUE_AMONG, now, listing_ids)]


async def due(database: Database, listing_id: int, now: datetime) -> Sequence[Schedule]:
    """The scheduled prices of a listing whose time has come, in the order in which they come into force."""
    return [_schedule(row) for row in await database.fetch(DUE_OF, now, listing_id)]


def _schedule(row: asyncpg.Record) -> Schedule:
    return Schedule(**{name: row[name] for name in SCHEDULE_COLUMNS})
