"""The corrected story is told twice, by `story.py` and by the view `listing_price_history`: they must agree."""

import asyncio
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings, strategies

from listingapi.money import Euros
from listingapi.prices.schemas import ListingPrice
from listingapi.prices.story import Correction, Entry, Said
from tests.conftest import TestDatabase

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
STORY = "SELECT version, price_eur, created_date FROM listing_price_history WHERE listing_id = $1 ORDER BY version"

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


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=histories(), moment=HOURS)
def test_the_view_tells_the_story_of_the_pure_code(database: TestDatabase, said: Said, moment: datetime) -> None:
    for known in (said, with_entries(said.known_at(moment))):
        assert asyncio.run(story_of_the_view(database, known)) == known.story()


def with_entries(said: Said) -> Said:
    """Without corrections of what is not known: the database has none of those."""
    versions = {entry.version for entry in said.entries}
    return Said(said.entries, [one for one in said.corrections if one.corrects_version in versions])


async def story_of_the_view(database: TestDatabase, said: Said) -> list[ListingPrice]:
    """What the view makes of it, in a transaction that is rolled back."""
    connection = await asyncpg.connect(database.superuser_url)
    try:
        await connection.execute("BEGIN")
        listing_id = await connection.fetchval(LISTING)
        for entry in said.entries:
            await connection.execute(ENTRY, listing_id, *astuple(entry))
        for correction in said.corrections:
            await connection.execute(CORRECTION, listing_id, *astuple(correction))
        rows = await connection.fetch(STORY, listing_id)
    finally:
        await connection.close()
    return [ListingPrice(row["version"], Euros(row["price_eur"]), row["created_date"]) for row in rows]
