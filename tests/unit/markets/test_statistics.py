"""What the figures of a month come to."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec import UNSET, structs

from listingapi.markets.schemas import MonthStatistics
from listingapi.markets.statistics import MonthFacts, statistics_of


def said(**facts: Any) -> dict[str, Any]:
    """What is said of a month of five listings, but for what a test is about."""
    usual: dict[str, Any] = {
        "month": date(2023, 1, 1),
        "listings_count": 5,
        "with_surface_count": 5,
        "reduced_count": 5,
        "price_quartiles": [1.0, 2.0, 3.0],
        "median_per_m2": 100.0,
        "median_cut": 500.0,
    }
    statistics = statistics_of(MonthFacts(**usual | facts))
    return {name: value for name, value in structs.asdict(statistics).items() if value is not UNSET}


@pytest.mark.parametrize("number", range(1, 5))
def test_of_fewer_than_five_listings_only_their_number_is_said(number: int) -> None:
    assert said(listings_count=number, with_surface_count=number, reduced_count=number) == {
        "month": "2023-01", "listings_count": number,
    }  # fmt: skip


def test_of_five_listings_all_is_said() -> None:
    assert said().keys() == set(MonthStatistics.__struct_fields__)


@pytest.mark.parametrize(
    ("count", "median"),
    [("with_surface_count", "median_price_per_m2_eur"), ("reduced_count", "median_cut_percent")],
)
def test_a_median_of_fewer_than_five_is_left_out_and_their_number_is_not(count: str, median: str) -> None:
    few = said(**{count: 4})

    assert few[count] == 4
    assert set(MonthStatistics.__struct_fields__) - few.keys() == {median}


def test_where_no_listing_has_a_surface_or_a_cut_there_is_no_median() -> None:
    none = said(with_surface_count=0, reduced_count=0, median_per_m2=None, median_cut=None)

    assert (none["reduced_share_percent"], none["reduced_count"], none["with_surface_count"]) == (Decimal(0), 0, 0)
    assert "median_cut_percent" not in none
    assert "median_price_per_m2_eur" not in none


@pytest.mark.parametrize(
    ("cents", "euros"),
    [
        pytest.param(10_000_000.0, "100000.00", id="whole euros"),
        pytest.param(10_001.5, "100.02", id="half a cent is rounded up"),
        pytest.param(10_000.5, "100.01", id="also to an odd one"),
        pytest.param(10_000.25, "100.00", id="a quarter is not"),
        pytest.param(99_999_999_999_998.5, "999999999999.99", id="the dearest that there can be"),
    ],
)
def test_prices_are_in_euros_with_two_decimals(cents: float, euros: str) -> None:
    statistics = said(price_quartiles=[0.0, cents, cents])

    assert statistics["median_price_eur"] == Decimal(euros)
    assert (statistics["lower_quartile_price_eur"], statistics["upper_quartile_price_eur"]) == (0, Decimal(euros))


@pytest.mark.parametrize(("reduced", "percent"), [(0, "0.00"), (2, "28.57"), (4, "57.14"), (7, "100.00")])
def test_the_share_of_reduced_listings_is_in_percent(reduced: int, percent: str) -> None:
    assert said(listings_count=7, reduced_count=reduced)["reduced_share_percent"] == Decimal(percent)
