"""The bodies of the price operations."""

from datetime import datetime

from msgspec import Struct

from listingapi.money import Euros
from listingapi.wire import Timestamp


class Price(Struct, forbid_unknown_fields=True):
    """A price of a listing in euros, and when it came into force."""

    price_eur: Euros
    created_date: Timestamp


class ListingPrice(Struct, frozen=True):
    """An entry of a listing's price history, numbered by the version of the listing that it came with."""

    version: int
    price_eur: Euros
    created_date: datetime
