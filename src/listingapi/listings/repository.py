"""The SQL of listings. Every write is one statement, and so one transaction and one round trip."""

from datetime import datetime
from typing import Any, cast

import asyncpg
from msgspec import UNSET

from listingapi.infra.database import Database
from listingapi.listings.rows import COLUMNS, listing_of
from listingapi.listings.schemas import ListingWrite, StoredListing

INSERT = f"""
    WITH created AS (
        INSERT INTO listing (
            account_id, version, name, description, building_type, latest_price_eur, original_price_eur,
            price_version, price_changed_date, surface_area_m2, rooms_count, bedrooms_count,
            contact_phone_number, street_address, postal_code, city, country, created_date, updated_date
        )
        VALUES ($14, 1, $1, $2, $3, $4, $4, 1, $13, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
        RETURNING {COLUMNS}
    ), entry AS (
        INSERT INTO listing_price (listing_id, version, price_eur, created_date, recorded_date, source)
        SELECT listing_id, version, latest_price_eur, created_date, $13, 'api' FROM created
    )
    SELECT {COLUMNS} FROM created
"""

# Whether the price changed is decided on the row that the UPDATE holds locked, so two updates at once can't
# both compare with the same old price. An entry is due exactly when the row's price came with this version.
REPLACE = f"""
    WITH updated AS (
        UPDATE listing SET
            version = version + 1,
            name = $1,
            description = $2,
            building_type = $3,
            latest_price_eur = $4,
            previous_price_eur = CASE WHEN latest_price_eur = $4 THEN previous_price_eur ELSE latest_price_eur END,
            price_version = CASE WHEN latest_price_eur = $4 THEN price_version ELSE version + 1 END,
            price_changed_date =
                CASE WHEN latest_price_eur = $4 THEN price_changed_date ELSE GREATEST($13, updated_date) END,
            surface_area_m2 = $5,
            rooms_count = $6,
            bedrooms_count = $7,
            contact_phone_number = $8,
            street_address = $9,
            postal_code = $10,
            city = $11,
            country = $12,
            updated_date = GREATEST($13, updated_date)
        WHERE listing_id = $14 AND version = COALESCE($15, version)
        RETURNING {COLUMNS}, price_version, price_changed_date
    ), entry AS (
        INSERT INTO listing_price (listing_id, version, price_eur, created_date, recorded_date, source)
        SELECT listing_id, version, latest_price_eur, price_changed_date, $13, 'api'
        FROM updated
        WHERE price_version = version
    )
    SELECT {COLUMNS} FROM updated
"""

GET = f"SELECT {COLUMNS} FROM listing WHERE listing_id = $1"


async def insert(database: Database, data: ListingWrite, *, account_id: int, now: datetime) -> StoredListing:
    """Store a new listing and the first entry of its history."""
    row = await database.fetchrow(INSERT, *_writable(data), now, account_id)
    return _stored(cast("asyncpg.Record", row))


async def replace(
    database: Database, listing_id: int, data: ListingWrite, *, now: datetime, expected_version: int | None = None
) -> StoredListing | None:
    """Replace a listing, and append to its history if the price changed.

    None if there is no such listing or, where a version is expected, it has another one.
    """
    row = await database.fetchrow(REPLACE, *_writable(data), now, listing_id, expected_version)
    return _stored(row) if row else None


async def get(database: Database, listing_id: int) -> StoredListing | None:
    """A listing, if there is one of this id."""
    row = await database.fetchrow(GET, listing_id)
    return _stored(row) if row else None


def _writable(data: ListingWrite) -> tuple[Any, ...]:
    address = data.postal_address
    return (
        data.name,
        data.description,
        data.building_type,
        data.latest_price_eur,
        data.surface_area_m2,
        data.rooms_count,
        data.bedrooms_count,
        None if data.contact_phone_number is UNSET else data.contact_phone_number,
        address.street_address,
        address.postal_code,
        address.city,
        address.country,
    )


def _stored(row: asyncpg.Record) -> StoredListing:
    return StoredListing(listing_of(row), row["version"])
