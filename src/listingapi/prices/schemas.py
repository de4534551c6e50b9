"""The bodies of the operations that read prices."""

from datetime import datetime
from typing import Literal, get_args

from msgspec import UNSET, Struct, UnsetType

from listingapi.money import Euros, TwoDecimals
from listingapi.prices.rules import Objection
from listingapi.wire import Timestamp

Source = Literal["api", "import", "seed", "schedule"]


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


class PriceAt(Struct, forbid_unknown_fields=True, kw_only=True):
    """The price that was in force at `time`: since `created_date`, with the listing's `version`.

    With `known_at`, as it was known then; without, as it is known now.
    """

    price_eur: Euros
    created_date: Timestamp
    version: int
    time: Timestamp
    known_at: Timestamp | UnsetType = UNSET


class _HistoryEntry(Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    version: int
    created_date: Timestamp
    recorded_date: Timestamp
    account_id: int


class PriceEntry(_HistoryEntry, kw_only=True, forbid_unknown_fields=True, tag="price"):
    """A price as it was said first: `price_eur`, in force from `created_date`, told at `recorded_date`.

    If it was corrected, `corrected_by_version` names the correction that counts, and `corrected_price_eur` is its
    price, or `voided` is true. The change, in euros and in percent of the price before, and the price of a square metre
    are those of the corrected story; a void entry has none, and the first no change. `flags` is what pricing rules had
    against the price.
    """

    price_eur: Euros
    source: Source
    corrected_price_eur: Euros | UnsetType = UNSET
    voided: bool | UnsetType = UNSET
    corrected_by_version: int | UnsetType = UNSET
    change_eur: TwoDecimals | UnsetType = UNSET
    change_percent: TwoDecimals | UnsetType = UNSET
    price_per_m2_eur: TwoDecimals | UnsetType = UNSET
    flags: list[Objection] | UnsetType = UNSET


class CorrectionEntry(_HistoryEntry, kw_only=True, forbid_unknown_fields=True, tag="correction"):
    """A correction of the entry `corrects_version`: another `price_eur`, or `void`. Both its dates are its own."""

    corrects_version: int
    price_eur: Euros | UnsetType = UNSET
    void: bool | UnsetType = UNSET
    reason: str


class WithdrawnEntry(_HistoryEntry, kw_only=True, forbid_unknown_fields=True, tag="withdrawn"):
    """The listing was taken off the market."""


class RelistedEntry(_HistoryEntry, kw_only=True, forbid_unknown_fields=True, tag="relisted"):
    """The listing was brought back to the market."""


HistoryEntry = PriceEntry | CorrectionEntry | WithdrawnEntry | RelistedEntry
HISTORY_ENTRIES = {kind.__struct_config__.tag: kind for kind in get_args(HistoryEntry)}


class ListingPrice(Struct, frozen=True):
    """An entry of a listing's price history, numbered by the version of the listing that it came with."""

    version: int
    price_eur: Euros
    created_date: datetime
