"""What each kind of write makes of a listing: pure functions from the listing before to the listing after."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from msgspec.structs import replace as with_fields

from listingapi.listings.schemas import Listing, ListingWrite, StoredListing
from listingapi.money import Euros

FIRST_VERSION = 1
CONTENT = tuple(name for name in ListingWrite.__struct_fields__ if name != "latest_price_eur")


def created(listing_id: int, data: ListingWrite, *, account_id: int, now: datetime) -> StoredListing:
    """A new listing; its price is its original one."""
    return StoredListing(
        listing=_listing(data, id=listing_id, created_date=now, updated_date=now),
        version=FIRST_VERSION,
        account_id=account_id,
        previous_price_eur=None,
        original_price_eur=data.latest_price_eur,
        price_version=FIRST_VERSION,
        price_changed_date=now,
    )


def replaced(before: StoredListing, data: ListingWrite, now: datetime) -> StoredListing:
    """The listing as it is written anew, with the price in it."""
    date = at(before, now)
    return _next(
        before, _listing(data, id=before.listing.id, created_date=before.listing.created_date, updated_date=date)
    )


def repriced(before: StoredListing, price_eur: Euros, now: datetime, *, since: datetime | None = None) -> StoredListing:
    """The listing at a price, in force from now on or `since`; if it has that already, only version and date change."""
    return _next(before, with_fields(before.listing, updated_date=at(before, now), latest_price_eur=price_eur), since)


def withdrawn(before: StoredListing, now: datetime) -> StoredListing:
    """The listing off the market."""
    after = touched(before, now)
    return replace(after, withdrawn_date=after.listing.updated_date)


def relisted(before: StoredListing, price_eur: Euros | None, now: datetime) -> StoredListing:
    """The listing on the market again, at another price if one is given; its earlier time on the market counts."""
    after = touched(before, now) if price_eur is None else repriced(before, price_eur, now)
    since = before.relisted_date or before.listing.created_date
    ended = (before.withdrawn_date or since) - since
    return replace(
        after,
        withdrawn_date=None,
        relisted_date=after.listing.updated_date,
        earlier_time_on_market=before.earlier_time_on_market + ended,
    )


def touched(before: StoredListing, now: datetime) -> StoredListing:
    """The listing's next version."""
    return _next(before, with_fields(before.listing, updated_date=at(before, now)))


def renumbered(before: StoredListing) -> StoredListing:
    """The listing with its next version, for what changes nothing that a reader of the listing sees."""
    return replace(before, version=before.version + 1)


def at(before: StoredListing, now: datetime) -> datetime:
    """When a write takes place: now, but never before the write before it, also where clocks disagree."""
    return max(now, before.listing.updated_date)


def _next(before: StoredListing, listing: Listing, since: datetime | None = None) -> StoredListing:
    """The next version, with what clients see; if that has another price, it is in force since then, or from now on."""
    version = before.version + 1
    if listing.latest_price_eur == before.price_eur:
        return replace(before, listing=listing, version=version)
    return replace(
        before,
        listing=listing,
        version=version,
        previous_price_eur=before.price_eur,
        price_version=version,
        price_changed_date=since or listing.updated_date,
    )


def _listing(data: ListingWrite, **read_only: Any) -> Listing:
    return Listing(**asdict(data), **read_only)


def changed_between(before: Listing, after: Listing) -> list[str]:
    """The names of what a client writes of a listing that differs."""
    return [name for name in ListingWrite.__struct_fields__ if getattr(before, name) != getattr(after, name)]


def has_other_content(before: Listing, after: Listing) -> bool:
    """Whether something differs of what a client writes of a listing besides its price."""
    return any(getattr(before, name) != getattr(after, name) for name in CONTENT)
