"""The bodies of the operations that read prices."""

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from listingapi.money import Euros, TwoDecimals
from listingapi.wire import Timestamp


class Price(Struct, forbid_unknown_fields=True):
    """A price of a listing in euros, and when it came into force."""

    price_eur: Euros
    created_date: Timestamp


class PriceSummary(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the price history of a listing comes to, with corrections applied.

    Prices and changes are in euros, changes negative for cuts. `price_changed_date` is when the current price came into
    force. `days_on_market` adds up all times on the market. What can't be said, such as a previous price where there
    was none, or a percentage of 0 €, is left out.
    """

    current_price_eur: Euros
    previous_price_eur: Euros | UnsetType = UNSET
    original_price_eur: Euros
    price_changed_date: Timestamp
    change_since_original_eur: TwoDecimals
    change_since_original_percent: TwoDecimals | UnsetType = UNSET
    change_since_previous_eur: TwoDecimals | UnsetType = UNSET
    change_since_previous_percent: TwoDecimals | UnsetType = UNSET
    lowest_price_eur: Euros
    highest_price_eur: Euros
    cuts_count: int
    rises_count: int
    price_per_m2_eur: TwoDecimals | UnsetType = UNSET
    days_on_market: int


class ListingPrice(Struct, frozen=True):
    """An entry of a listing's price history, numbered by the version of the listing that it came with."""

    version: int
    price_eur: Euros
    created_date: datetime
