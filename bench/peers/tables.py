"""The two tables as SQLAlchemy maps them, and what a write does to them: the same for both peers that use it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from bench.peers.database import PAGE
from bench.peers.schemas import ListingWrite
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Numeric, Select, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DEFAULT_ACCOUNT = 1


class Base(DeclarativeBase):
    """What the tables have in common."""

    type_annotation_map = {int: BigInteger, datetime: DateTime(timezone=True), Decimal: Numeric(14, 2)}  # noqa: RUF012 - as SQLAlchemy documents it


class Listing(Base):
    """A listing with its current, previous and original price."""

    __tablename__ = "listing"

    id: Mapped[int] = mapped_column("listing_id", Identity(always=True), primary_key=True)
    account_id: Mapped[int]
    version: Mapped[int]
    name: Mapped[str]
    description: Mapped[str]
    building_type: Mapped[str]
    latest_price_eur: Mapped[Decimal]
    previous_price_eur: Mapped[Decimal | None]
    original_price_eur: Mapped[Decimal]
    price_version: Mapped[int]
    price_changed_date: Mapped[datetime]
    surface_area_m2: Mapped[float]
    rooms_count: Mapped[int]
    bedrooms_count: Mapped[int]
    contact_phone_number: Mapped[str | None]
    street_address: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    created_date: Mapped[datetime]
    updated_date: Mapped[datetime]
    withdrawn_date: Mapped[datetime | None]

    @property
    def postal_address(self) -> Self:
        """What the schema of an address is read from: its columns are here."""
        return self


class ListingPrice(Base):
    """A price of a listing, numbered by the version of the listing that it came with."""

    __tablename__ = "listing_price"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.listing_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    price_eur: Mapped[Decimal]
    created_date: Mapped[datetime]
    recorded_date: Mapped[datetime]
    source: Mapped[str]
    account_id: Mapped[int | None]


def newest_listings() -> Select[tuple[Listing]]:
    """The first page of the listings on the market."""
    return (
        select(Listing)
        .where(Listing.withdrawn_date.is_(None))
        .order_by(Listing.created_date.desc(), Listing.id.desc())
        .limit(PAGE)
    )


def prices_of(listing_id: int) -> Select[tuple[ListingPrice]]:
    """The price history of a listing, oldest first."""
    return select(ListingPrice).where(ListingPrice.listing_id == listing_id).order_by(ListingPrice.version)


def new_listing(data: ListingWrite) -> Listing:
    """A listing as it is stored first."""
    now = datetime.now(UTC)
    return Listing(
        **data.columns(),
        account_id=DEFAULT_ACCOUNT,
        version=1,
        price_version=1,
        original_price_eur=data.latest_price_eur,
        price_changed_date=now,
        created_date=now,
        updated_date=now,
    )


def replace(listing: Listing, data: ListingWrite) -> ListingPrice | None:
    """Write a listing anew; returns the entry of its history if the price is another one."""
    before = listing.latest_price_eur
    _assign(listing, **data.columns())
    listing.version += 1
    listing.updated_date = max(datetime.now(UTC), listing.updated_date + timedelta(microseconds=1))
    if data.latest_price_eur == before:
        return None
    listing.previous_price_eur = before
    listing.price_version = listing.version
    listing.price_changed_date = listing.updated_date
    return entry_of(listing)


def entry_of(listing: Listing) -> ListingPrice:
    """The entry of the history for the price that a listing has now."""
    return ListingPrice(
        listing_id=listing.id,
        version=listing.version,
        price_eur=listing.latest_price_eur,
        created_date=listing.price_changed_date,
        recorded_date=listing.price_changed_date,
        source="api",
        account_id=listing.account_id,
    )


def _assign(listing: Listing, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(listing, name, value)
