"""What others are told of prices: pure, from the listing before and after a write."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from listingapi.access.callers import Caller
from listingapi.events.schemas import Event
from listingapi.listings.schemas import StoredListing
from listingapi.money import Euros, TwoDecimals
from listingapi.prices.change_schemas import CorrectionWrite
from listingapi.prices.rules import Objection
from listingapi.prices.schedule import Schedule
from listingapi.prices.schemas import Source
from listingapi.prices.summary import change_in_percent
from listingapi.wire import Timestamp


class PriceChanged(Event, frozen=True, kw_only=True):
    """A listing has another price, in force since `created_date`.

    The change is in euros, and in percent of the price before unless that was 0; negative for cuts. `account_id` is
    whoever changed it, `flags` what their pricing rules have against it.
    """

    type = "price.changed"
    price_eur: Euros
    previous_price_eur: Euros
    change_eur: TwoDecimals
    change_percent: TwoDecimals | UnsetType = UNSET
    created_date: Timestamp
    source: Source
    account_id: int
    flags: list[Objection] | UnsetType = UNSET


class PriceScheduled(Event, frozen=True, kw_only=True):
    """A price is to come into force at `effective_date`, unless it is cancelled or refused until then."""

    type = "price.scheduled"
    price_eur: Euros
    effective_date: Timestamp
    account_id: int


class PriceCorrected(Event, frozen=True, kw_only=True):
    """The entry `corrects_version` should have had another price, or is void.

    `current_price_eur` is the listing's price by the corrected history.
    """

    type = "price.corrected"
    corrects_version: int
    price_eur: Euros | UnsetType = UNSET
    void: bool | UnsetType = UNSET
    reason: str
    current_price_eur: Euros
    account_id: int


def events_of(
    before: StoredListing | None, after: StoredListing, *, by: Caller, flags: Sequence[Objection], source: Source
) -> list[Event]:
    """That a listing's price changed, if another one came with this version; the first price is the listing's own."""
    if before is None or after.price_version != after.version:
        return []
    return [changed(before.price_eur, after, account_id=by.account_id, flags=flags, source=source)]


def changed(
    before: Euros, after: StoredListing, *, account_id: int, flags: Sequence[Objection], source: Source
) -> PriceChanged:
    """The change of a listing's price."""
    return PriceChanged(
        price_eur=after.price_eur,
        previous_price_eur=before,
        change_eur=TwoDecimals(after.price_eur - before),
        change_percent=change_in_percent(before, after.price_eur),
        created_date=after.price_changed_date,
        source=source,
        account_id=account_id,
        flags=list(flags) or UNSET,
    )


def scheduled(schedule: Schedule) -> PriceScheduled:
    """That a price is to come into force."""
    return PriceScheduled(
        price_eur=Euros(schedule.price_eur), effective_date=schedule.effective_date, account_id=schedule.account_id
    )


def corrected(correction: CorrectionWrite, after: StoredListing, *, corrects: int, account_id: int) -> PriceCorrected:
    """What an entry should have said, and the price that the listing has by that."""
    return PriceCorrected(
        corrects_version=corrects,
        price_eur=correction.price_eur,
        void=True if correction.price_eur is UNSET else UNSET,
        reason=correction.reason,
        current_price_eur=after.price_eur,
        account_id=account_id,
    )
