"""The SQL of seeding: whole listings by COPY, as the role that serves requests; nobody is told of what is made up."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from listingapi.bulk.generator import SeedListing

if TYPE_CHECKING:
    import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

ANY_LISTING = "SELECT EXISTS (SELECT FROM listing)"

# Held until the connection ends, so that of two processes that find no listings only one seeds them.
ONE_SEEDS = "SELECT pg_advisory_lock(hashtext('listingapi seed if empty'))"

# Ids that nobody else gets, also while listings are created over HTTP.
RESERVE_IDS = "SELECT array_agg(nextval('listing_listing_id_seq')) FROM generate_series(1, $1)"

LISTING_COLUMNS = (
    "listing_id",
    "account_id",
    "version",
    "name",
    "description",
    "building_type",
    "latest_price_eur",
    "previous_price_eur",
    "original_price_eur",
    "price_version",
    "price_changed_date",
    "surface_area_m2",
    "rooms_count",
    "bedrooms_count",
    "contact_phone_number",
    "street_address",
    "postal_code",
    "city",
    "country",
    "created_date",
    "updated_date",
)
PRICE_COLUMNS = ("listing_id", "version", "price_eur", "created_date", "recorded_date", "source", "account_id")

ADD_WORDS = """
    INSERT INTO listing_text (listing_id, words)
    SELECT listing_id, listing_words(name, description, street_address, postal_code, city)
    FROM listing
    WHERE listing_id = ANY ($1)
"""


async def any_listing(connection: Connection) -> bool:
    """Whether there is a listing, as of when nobody else is about to seed."""
    await connection.execute(ONE_SEEDS)
    return bool(await connection.fetchval(ANY_LISTING))


async def add(connection: Connection, listings: Sequence[SeedListing], *, account_id: int, now: datetime) -> None:
    """Store listings with their histories, all of them or, if it is interrupted, none."""
    async with connection.transaction():
        ids = await connection.fetchval(RESERVE_IDS, len(listings))
        rows = (
            _listing_row(listing_id, account_id, listing) for listing_id, listing in zip(ids, listings, strict=True)
        )
        await connection.copy_records_to_table("listing", columns=LISTING_COLUMNS, records=rows)
        await connection.execute(ADD_WORDS, ids)
        prices = _price_rows(ids, listings, account_id, now)
        await connection.copy_records_to_table("listing_price", columns=PRICE_COLUMNS, records=prices)


def _listing_row(listing_id: int, account_id: int, listing: SeedListing) -> tuple[Any, ...]:
    prices, dates, home, place = listing.prices, listing.dates, listing.home, listing.place
    return (
        listing_id,
        account_id,
        len(prices),
        listing.name,
        listing.description,
        home.building_type,
        prices[-1],
        prices[-2] if len(prices) > 1 else None,
        prices[0],
        len(prices),
        dates[-1],
        home.surface,
        home.rooms,
        home.bedrooms,
        listing.contact_phone_number,
        listing.street_address,
        place.postal_code,
        place.city,
        place.country,
        dates[0],
        dates[-1],
    )


def _price_rows(
    ids: Sequence[int], listings: Sequence[SeedListing], account_id: int, now: datetime
) -> Iterator[tuple[Any, ...]]:
    for listing_id, listing in zip(ids, listings, strict=True):
        for version, (price, date) in enumerate(zip(listing.prices, listing.dates, strict=True), 1):
            yield listing_id, version, price, date, now, "seed", account_id
