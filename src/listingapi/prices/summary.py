"""What a price history comes to. Pure: from the columns of a listing and the aggregates of its history."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from msgspec import UNSET, UnsetType

from listingapi.money import Euros, TwoDecimals
from listingapi.prices.rules import SMALLEST_SURFACE_M2, percent_of_change, price_per_m2
from listingapi.prices.schemas import PriceSummary

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFacts:
    """What a summary is made of: columns of `listing`, then aggregates of its history, each under its name in SQL.

    Of the history as it was corrected: the lowest and the highest price, and how many entries are below and above the
    one before them.
    """

    latest_price_eur: Decimal
    previous_price_eur: Decimal | None
    original_price_eur: Decimal
    price_changed_date: datetime
    surface_area_m2: float
    created_date: datetime
    withdrawn_date: datetime | None
    relisted_date: datetime | None
    earlier_time_on_market: timedelta
    lowest_price_eur: Decimal
    highest_price_eur: Decimal
    cuts_count: int
    rises_count: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Take the facts from a row that has them among its columns."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})


def summary_of(facts: PriceFacts, now: datetime) -> PriceSummary:
    """The summary of a price history at a moment."""
    current = facts.latest_price_eur
    return PriceSummary(
        current_price_eur=Euros(current),
        previous_price_eur=UNSET if facts.previous_price_eur is None else Euros(facts.previous_price_eur),
        original_price_eur=Euros(facts.original_price_eur),
        price_changed_date=facts.price_changed_date,
        change_since_original_eur=TwoDecimals(current - facts.original_price_eur),
        change_since_original_percent=change_in_percent(facts.original_price_eur, current),
        change_since_previous_eur=change_in_euros(facts.previous_price_eur, current),
        change_since_previous_percent=change_in_percent(facts.previous_price_eur, current),
        lowest_price_eur=Euros(facts.lowest_price_eur),
        highest_price_eur=Euros(facts.highest_price_eur),
        cuts_count=facts.cuts_count,
        rises_count=facts.rises_count,
        price_per_m2_eur=euros_per_m2(current, facts.surface_area_m2),
        days_on_market=days_on_market(facts, now),
    )


def change_in_euros(before: Decimal | None, after: Decimal) -> TwoDecimals | UnsetType:
    """The change in euros, negative for a cut; unset where there is no price before."""
    return UNSET if before is None else TwoDecimals(after - before)


def change_in_percent(before: Decimal | None, after: Decimal) -> TwoDecimals | UnsetType:
    """The change in percent, negative for a cut; unset where there is no price before, or it is 0."""
    # The sum makes the negative zero of a tiny cut a plain one.
    return TwoDecimals(percent_of_change(before, after) + 0) if before else UNSET


def euros_per_m2(price_eur: Decimal, surface_area_m2: float) -> TwoDecimals | UnsetType:
    """The price of a square metre in euros; unset where the surface is not known or below 0.01 m²."""
    return TwoDecimals(price_per_m2(price_eur, surface_area_m2)) if surface_area_m2 >= SMALLEST_SURFACE_M2 else UNSET


def days_on_market(facts: PriceFacts, now: datetime) -> int:
    """Whole days on the market, over all of a listing's times on it; those off the market do not count."""
    since = facts.relisted_date or facts.created_date
    until = facts.withdrawn_date or max(now, since)
    return (facts.earlier_time_on_market + until - since) // DAY
