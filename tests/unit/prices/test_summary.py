"""The summary of a price history: changes, percentages, euros for a square metre and days on the market."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies
from msgspec import UNSET

from listingapi.answers import to_json
from listingapi.prices.summary import PriceFacts, change_in_percent, euros_per_m2, summary_of

CREATED = datetime(2024, 1, 1, 12, tzinfo=UTC)
NOW = CREATED + timedelta(days=40)

CUT_TWICE = PriceFacts(
    latest_price_eur=Decimal("270000.00"),
    previous_price_eur=Decimal("285000.00"),
    original_price_eur=Decimal("300000.00"),
    price_changed_date=CREATED + timedelta(days=20),
    surface_area_m2=90.0,
    created_date=CREATED,
    withdrawn_date=None,
    relisted_date=None,
    earlier_time_on_market=timedelta(),
    lowest_price_eur=Decimal("270000.00"),
    highest_price_eur=Decimal("300000.00"),
    cuts_count=2,
    rises_count=0,
)
NEVER_CHANGED = replace(
    CUT_TWICE,
    latest_price_eur=Decimal("300000.00"),
    previous_price_eur=None,
    price_changed_date=CREATED,
    lowest_price_eur=Decimal("300000.00"),
    cuts_count=0,
)


def on_the_wire(facts: PriceFacts, now: datetime = NOW) -> Any:
    return msgspec.json.decode(to_json(summary_of(facts, now)))


def test_a_summary_says_what_a_history_comes_to() -> None:
    assert on_the_wire(CUT_TWICE) == {
        "current_price_eur": 270_000,
        "previous_price_eur": 285_000,
        "original_price_eur": 300_000,
        "price_changed_date": "2024-01-21T12:00:00Z",
        "change_since_original_eur": -30_000,
        "change_since_original_percent": -10,
        "change_since_previous_eur": -15_000,
        "change_since_previous_percent": -5.26,
        "lowest_price_eur": 270_000,
        "highest_price_eur": 300_000,
        "cuts_count": 2,
        "rises_count": 0,
        "price_per_m2_eur": 3_000,
        "days_on_market": 40,
    }


def test_a_price_that_never_changed_has_no_previous_one() -> None:
    summary = on_the_wire(NEVER_CHANGED)

    assert not [name for name in summary if "previous" in name]
    assert (summary["change_since_original_eur"], summary["change_since_original_percent"]) == (0, 0)


def test_a_percentage_of_nothing_is_left_out() -> None:
    was_free = replace(CUT_TWICE, original_price_eur=Decimal("0.00"), previous_price_eur=Decimal("0.00"))
    summary = on_the_wire(was_free)

    assert not [name for name in summary if name.endswith("_percent")]
    assert summary["change_since_previous_eur"] == 270_000


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        pytest.param("300000", "285000", "-5.00", id="a cut is negative"),
        pytest.param("285000", "300000", "5.26", id="a rise is not"),
        pytest.param("80000", "80004", "0.01", id="half of a hundredth goes up"),
        pytest.param("80000", "79996", "-0.01", id="and for a cut, away from zero"),
        pytest.param("999999999999.99", "999999999999.98", "0.00", id="a tiny cut is no negative zero"),
        pytest.param("0.01", "999999999999.99", "9999999999999800.00", id="the largest rise is exact"),
    ],
)
def test_percentages_have_two_decimals(before: str, after: str, percent: str) -> None:
    assert str(change_in_percent(Decimal(before), Decimal(after))) == percent


@pytest.mark.parametrize(
    ("price", "surface", "expected"),
    [
        pytest.param("100000", 63.5, "1574.80", id="two decimals"),
        pytest.param("100.01", 2.0, "50.01", id="half a cent goes up"),
        pytest.param("100", 0.01, "10000.00", id="the smallest surface that counts"),
        pytest.param("0", 63.5, "0.00", id="a home for nothing"),
    ],
)
def test_a_square_metre_has_a_price(price: str, surface: float, expected: str) -> None:
    assert str(euros_per_m2(Decimal(price), surface)) == expected


@pytest.mark.parametrize("surface", [0.0, 0.009])
def test_without_a_surface_a_square_metre_has_none(surface: float) -> None:
    assert euros_per_m2(Decimal(100), surface) is UNSET


@pytest.mark.parametrize(
    ("changed", "now", "days"),
    [
        pytest.param({}, CREATED, 0, id="none at first"),
        pytest.param({}, CREATED + timedelta(hours=23, minutes=59), 0, id="only whole ones count"),
        pytest.param({}, CREATED + timedelta(days=1), 1, id="a day after a day"),
        pytest.param({"withdrawn_date": CREATED + timedelta(days=3)}, NOW, 3, id="none while withdrawn"),
        pytest.param(
            {"relisted_date": CREATED + timedelta(days=30), "earlier_time_on_market": timedelta(days=2, hours=14)},
            CREATED + timedelta(days=35, hours=10),
            8,
            id="those before a relisting are added, hours and all",
        ),
        pytest.param({}, CREATED - timedelta(seconds=1), 0, id="never fewer than none, where clocks disagree"),
    ],
)
def test_days_on_the_market_are_cumulative(changed: dict[str, Any], now: datetime, days: int) -> None:
    assert summary_of(replace(CUT_TWICE, **changed), now).days_on_market == days


def test_the_facts_are_taken_from_a_row_with_other_columns() -> None:
    assert PriceFacts.of(asdict(CUT_TWICE) | {"name": "Flat"}) == CUT_TWICE


AMOUNTS = strategies.integers(0, 10**14 - 1).map(lambda cents: Decimal(cents).scaleb(-2))


@given(current=AMOUNTS, previous=AMOUNTS, original=AMOUNTS, surface=strategies.floats(0, 1e12))
def test_any_amounts_can_be_summed_up(current: Decimal, previous: Decimal, original: Decimal, surface: float) -> None:
    facts = replace(
        CUT_TWICE,
        latest_price_eur=current,
        previous_price_eur=previous,
        original_price_eur=original,
        surface_area_m2=surface,
    )

    assert on_the_wire(facts)["days_on_market"] == 40
