"""Puts what could have been said of a listing's prices into a database, and takes it out again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
from hypothesis import strategies

from tests.conftest import TestDatabase
from tests.story import Correction, Entry, Said

START = datetime(2024, 1, 1, tzinfo=UTC)
LISTING = """
    INSERT INTO listing (
        account_id, version, name, description, building_type, latest_price_eur, original_price_eur, price_version,
        price_changed_date, surface_area_m2, rooms_count, bedrooms_count, street_address, postal_code, city, country,
        created_date, updated_date
    )
    SELECT account_id, 1, 'x', 'x', 'HOUSE', 1, 1, 1, now(), 1, 1, 0, 'x', 'x', 'x', 'FR', now(), now() FROM account
    RETURNING listing_id
"""
ENTRY = "INSERT INTO listing_price VALUES ($1, $2, $3, $4, $5, 'api')"
CORRECTION = """
    INSERT INTO listing_price_correction
    SELECT $1, $2, $3, $4, 'x', account_id, $5 FROM account
"""

# Few of each, so that entries often have the price of their neighbours, and several corrections.
PRICES = strategies.integers(0, 3).map(Decimal)
HOURS = strategies.integers(0, 9).map(lambda hours: START + timedelta(hours=hours))


@strategies.composite
def histories(draw: Any) -> Said:
    """Anything that could have been said of one listing; when each was told is independent of its order."""
    dates = sorted(draw(strategies.lists(HOURS, min_size=1, max_size=7)))
    versions = sorted(draw(strategies.sets(strategies.integers(1, 20), min_size=len(dates), max_size=len(dates))))
    entries = [Entry(version, draw(PRICES), date, draw(HOURS)) for version, date in zip(versions, dates, strict=True)]
    corrected = draw(strategies.lists(strategies.sampled_from(versions), max_size=6))
    corrections = [
        Correction(number, version, draw(strategies.none() | PRICES), draw(HOURS))
        for number, version in enumerate(corrected, start=21)
    ]
    return Said(entries, corrections)


@asynccontextmanager
async def telling(database: TestDatabase, said: Said) -> AsyncIterator[tuple[Any, int]]:
    """A connection to a database in which that was said of a listing, and its id, until the block ends."""
    connection = await asyncpg.connect(database.superuser_url)
    try:
        await connection.execute("BEGIN")
        listing_id = await connection.fetchval(LISTING)
        await connection.executemany(ENTRY, [(listing_id, *astuple(entry)) for entry in said.entries])
        await connection.executemany(CORRECTION, [(listing_id, *astuple(one)) for one in said.corrections])
        yield connection, listing_id
    finally:
        await connection.close()
