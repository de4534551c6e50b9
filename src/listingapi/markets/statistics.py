"""What the figures of a month come to. Pure: from the aggregates that PostgreSQL makes of the listings of a market."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from msgspec import UNSET, UnsetType

from listingapi.markets.schemas import MonthStatistics
from listingapi.money import Euros, TwoDecimals

# Of fewer, a median says more of one listing than of the market.
SMALLEST_SAMPLE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """Aggregates of the listings of a month, each under its name in SQL.

    Quartiles are in cents, the other medians in cents and in hundredths of a percent: floats hold them exactly, halves
    and quarters in between included.
    """

    month: date
    listings_count: int
    with_surface_count: int
    reduced_count: int
    price_quartiles: list[float]
    median_per_m2: float | None
    median_cut: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Take the facts from a row that has them among its columns."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})


def statistics_of(facts: MonthFacts) -> MonthStatistics:
    """What is said of a month; nothing but the number of listings where there are too few."""
    said = MonthStatistics(month=facts.month.isoformat()[: len("2026-01")], listings_count=facts.listings_count)
    if facts.listings_count < SMALLEST_SAMPLE:
        return said
    lower, median, upper = (Euros(_hundredths(price)) for price in facts.price_quartiles)
    said.median_price_eur, said.lower_quartile_price_eur, said.upper_quartile_price_eur = median, lower, upper
    said.with_surface_count, said.reduced_count = facts.with_surface_count, facts.reduced_count
    said.median_price_per_m2_eur = _median(facts.median_per_m2, facts.with_surface_count)
    said.reduced_share_percent = TwoDecimals(_rounded(Decimal(10_000 * facts.reduced_count) / facts.listings_count))
    said.median_cut_percent = _median(facts.median_cut, facts.reduced_count)
    return said


def _median(hundredths: float | None, sample: int) -> TwoDecimals | UnsetType:
    return UNSET if hundredths is None or sample < SMALLEST_SAMPLE else TwoDecimals(_hundredths(hundredths))


def _hundredths(number: float) -> Decimal:
    return _rounded(Decimal(number))


def _rounded(hundredths: Decimal) -> Decimal:
    """Hundredths as a number with two decimals, rounded half up."""
    return hundredths.quantize(Decimal(1), ROUND_HALF_UP) / 100
