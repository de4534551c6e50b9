"""How a row of the table `listing` becomes a listing."""

from datetime import datetime

import asyncpg
from msgspec import UNSET, Raw, Struct, UnsetType

from listingapi.listings.schemas import Listing, PostalAddress
from listingapi.money import Euros

COLUMNS = """
    listing_id, version, name, description, building_type, latest_price_eur, surface_area_m2, rooms_count,
    bedrooms_count, contact_phone_number, street_address, postal_code, city, country, created_date, updated_date
"""

# The same for a listing that is only written out. A decimal that is made and written again takes as long as all the
# rest, so PostgreSQL writes amounts, whole ones without a fraction; texts and dates it writes more slowly than we do.
WRITTEN_COLUMNS = """
    name, description, building_type, replace(latest_price_eur::text, '.00', '') AS written_price, surface_area_m2,
    rooms_count, bedrooms_count, contact_phone_number, street_address, postal_code, city, country, listing_id,
    created_date, updated_date
"""
WRITTEN = slice(0, 15)


class WrittenListing(Struct):
    """A listing that becomes the same JSON as the one of the contract, with less work."""

    name: str
    description: str
    building_type: str
    latest_price_eur: Raw
    surface_area_m2: float
    rooms_count: int
    bedrooms_count: int
    contact_phone_number: str | UnsetType
    postal_address: PostalAddress
    id: int
    created_date: datetime
    updated_date: datetime


def written_listing_of(row: asyncpg.Record) -> WrittenListing:
    """Make a row that begins with the `WRITTEN_COLUMNS` a listing to write out."""
    name, description, kind, price, surface, rooms, bedrooms, phone, *address, listing_id, created, updated = row[
        WRITTEN
    ]
    return WrittenListing(
        name, description, kind, Raw(price), surface, rooms, bedrooms, phone or UNSET, PostalAddress(*address),
        listing_id, created, updated,
    )  # fmt: skip


def listing_of(row: asyncpg.Record) -> Listing:
    """Make a row that has the `COLUMNS` a listing."""
    return Listing(
        id=row["listing_id"],
        name=row["name"],
        description=row["description"],
        building_type=row["building_type"],
        latest_price_eur=Euros(row["latest_price_eur"]),
        surface_area_m2=row["surface_area_m2"],
        rooms_count=row["rooms_count"],
        bedrooms_count=row["bedrooms_count"],
        contact_phone_number=row["contact_phone_number"] or UNSET,
        postal_address=PostalAddress(
            street_address=row["street_address"],
            postal_code=row["postal_code"],
            city=row["city"],
            country=row["country"],
        ),
        created_date=row["created_date"],
        updated_date=row["updated_date"],
    )
