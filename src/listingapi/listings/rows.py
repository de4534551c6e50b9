"""How a row of the table `listing` becomes a listing."""

import asyncpg
from msgspec import UNSET

from listingapi.listings.schemas import Listing, PostalAddress
from listingapi.money import Euros

COLUMNS = """
    listing_id, version, name, description, building_type, latest_price_eur, surface_area_m2, rooms_count,
    bedrooms_count, contact_phone_number, street_address, postal_code, city, country, created_date, updated_date
"""


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
