"""A listing as a detailed search answers it."""

from msgspec import UNSET, UnsetType

from listingapi.listings.filters import Status
from listingapi.listings.schemas import Listing
from listingapi.prices.schemas import PriceSummary
from listingapi.wire import Timestamp


class DetailedListing(Listing, forbid_unknown_fields=True, kw_only=True):
    """A listing with the summary of its prices, and whether it is on the market."""

    summary: PriceSummary
    status: Status
    withdrawn_date: Timestamp | UnsetType = UNSET
