"""The SQL of export: the listings of an account that are on the market, in the order of their ids, through a cursor."""

from collections.abc import AsyncGenerator
from typing import Any

import asyncpg

from listingapi.bulk.repository import Connection

ROWS_A_FETCH = 1000

LISTINGS = """
    SELECT
        l.listing_id, l.name, l.description, l.building_type, l.latest_price_eur, l.surface_area_m2, l.rooms_count,
        l.bedrooms_count, l.contact_phone_number, l.street_address, l.postal_code, l.city, l.country, l.created_date,
        l.updated_date, x.external_id
    FROM listing AS l
    LEFT JOIN listing_external_id AS x ON x.listing_id = l.listing_id
    WHERE l.account_id = $1 AND l.withdrawn_date IS NULL
    ORDER BY l.listing_id
"""

# The corrected history of each listing is read by the primary keys, below the cursor.
LISTINGS_WITH_PRICES = f"""
    SELECT listing.*, history.prices, history.price_dates
    FROM ({LISTINGS}) AS listing
    CROSS JOIN LATERAL (
        SELECT array_agg(price_eur ORDER BY version) AS prices, array_agg(created_date ORDER BY version) AS price_dates
        FROM listing_price_history
        WHERE listing_id = listing.listing_id
    ) AS history
    ORDER BY listing.listing_id
"""


async def listings(
    connection: Connection, account_id: int, *, with_prices: bool
) -> AsyncGenerator[list[asyncpg.Record], None]:
    """The listings of an account on the market at one moment, some at a time, with their histories if asked for."""
    statement = LISTINGS_WITH_PRICES if with_prices else LISTINGS
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        cursor: Any = await connection.cursor(statement, account_id)
        while rows := await cursor.fetch(ROWS_A_FETCH):
            yield rows
