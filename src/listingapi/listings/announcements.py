"""What others are told of a listing: pure, from the listing before and after a write."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from listingapi.events.schemas import Event
from listingapi.listings.lives import changed_between
from listingapi.listings.schemas import Listing, StoredListing
from listingapi.prices.rules import Objection
from listingapi.wire import Timestamp

PRICE = "latest_price_eur"


class ListingCreated(Event, frozen=True, kw_only=True):
    """There is a new listing, at its first price; `flags` is what pricing rules have against that."""

    type = "listing.created"
    listing: Listing
    flags: list[Objection] | UnsetType = UNSET


class ListingUpdated(Event, frozen=True, kw_only=True):
    """A listing is described otherwise; `changed` names what differs besides the price, which has its own event."""

    type = "listing.updated"
    listing: Listing
    changed: list[str]


class ListingWithdrawn(Event, frozen=True, kw_only=True):
    """A listing left the market."""

    type = "listing.withdrawn"
    withdrawn_date: Timestamp


class ListingRelisted(Event, frozen=True, kw_only=True):
    """A listing came back to the market."""

    type = "listing.relisted"
    listing: Listing


def events_of(before: StoredListing | None, after: StoredListing, flags: Sequence[Objection] = ()) -> list[Event]:
    """What a write did to a listing besides its price; nothing where no reader of the listing would see it."""
    if before is None:
        return [ListingCreated(listing=after.listing, flags=list(flags) or UNSET)]
    return [*_of_content(before, after), *_of_market(before, after)]


def _of_content(before: StoredListing, after: StoredListing) -> list[Event]:
    changed = [name for name in changed_between(before.listing, after.listing) if name != PRICE]
    return [ListingUpdated(listing=after.listing, changed=changed)] if changed else []


def _of_market(before: StoredListing, after: StoredListing) -> list[Event]:
    if after.withdrawn_date == before.withdrawn_date:
        return []
    if after.withdrawn_date:
        return [ListingWithdrawn(withdrawn_date=after.withdrawn_date)]
    return [ListingRelisted(listing=after.listing)]
