"""Made-up price histories: exact in number, believable in shape."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random as Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listingapi.bulk.generator import MOST_PRICES_A_LISTING
from listingapi.bulk.histories import (
    LOWEST_PERCENT,
    NEIGHBOURHOOD,
    Calendar,
    Random,
    asking_price,
    history_lengths,
    price_path,
    price_step,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)

seeds = st.integers(0, 2**32)


def chance(seed: int = 7) -> Random:
    """The chance that a seed gives."""
    return Generator(seed).random  # noqa: S311 - nothing here is a secret


@given(st.integers(1, 200), st.data(), seeds)
def test_histories_have_exactly_the_prices_asked_for(listings: int, data: st.DataObject, seed: int) -> None:
    prices = data.draw(st.integers(listings, listings * MOST_PRICES_A_LISTING))
    lengths = list(history_lengths(listings, prices, chance(seed)))
    assert len(lengths) == listings
    assert min(lengths) >= 1
    assert sum(lengths) == prices


@given(st.integers(1, 80), seeds)
def test_the_longest_histories_fit_between_creation_and_now(listings: int, seed: int) -> None:
    random = chance(seed)
    calendar = Calendar(NOW)
    lengths = history_lengths(listings, listings * MOST_PRICES_A_LISTING, random)
    for number, length in enumerate(lengths):
        assert length <= calendar.last - calendar.created(number, listings, random)


def test_even_the_youngest_listing_has_room_for_all_prices_of_its_neighbourhood() -> None:
    calendar = Calendar(NOW)
    youngest = calendar.created(99, 100, lambda: 0.999999999)
    assert calendar.last - youngest > 2 * NEIGHBOURHOOD * MOST_PRICES_A_LISTING


def test_a_history_that_just_fits_has_a_date_for_each_price() -> None:
    calendar = Calendar(NOW)
    dates = calendar.history(calendar.last - 20, 21, chance())
    assert dates == [calendar.date(calendar.last - ago) for ago in range(20, -1, -1)]
    assert dates[-1] < NOW


@given(st.integers(1, 300), st.integers(0, 99), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), seeds)  # noqa: DTZ001 - Hypothesis wants naive bounds
def test_dates_increase_within_the_last_three_years(length: int, listing: int, naive: datetime, seed: int) -> None:
    random, now = chance(seed), naive.replace(tzinfo=UTC)
    calendar = Calendar(now)
    dates = calendar.history(calendar.created(listing, 100, random), length, random)
    assert len(dates) == length
    assert all(before < after for before, after in pairwise(dates))
    assert now - timedelta(days=3 * 365 + 1) < dates[0]
    assert dates[-1] < now


@given(st.integers(15_000, 5_000_000), st.integers(2, 400), seeds)
def test_each_price_differs_by_one_to_ten_percent_or_returns_to_an_earlier_one(
    value: int, length: int, seed: int
) -> None:
    random = chance(seed)
    prices = price_path(asking_price(value, random), length, random)
    assert len(prices) == length
    for place, (before, after) in enumerate(pairwise(prices), 1):
        assert before != after
        assert 0.01 <= abs(after - before) / before <= 0.1 or after in prices[:place]
    assert min(prices) > prices[0] * LOWEST_PERCENT / 100 * 0.89


def test_most_changes_are_cuts_some_are_rises_and_some_are_returns() -> None:
    random = chance()
    paths = [price_path(300_000, 6, random) for _ in range(500)]
    changes = [(before, after) for path in paths for before, after in pairwise(path)]
    cuts = sum(after < before for before, after in changes)
    assert 0.6 < cuts / len(changes) < 0.9
    assert any(len(set(path)) < len(path) for path in paths)


def test_most_listings_have_one_price_and_a_few_have_many() -> None:
    lengths = list(history_lengths(5_000, 15_000, chance()))
    assert 0.5 < lengths.count(1) / len(lengths) < 0.7
    assert max(lengths) > 20


@pytest.mark.parametrize(
    ("price", "step"),
    [
        pytest.param(19_000, 100, id="to the hundred below 50 000"),
        pytest.param(80_000, 500, id="to five hundred below 100 000"),
        pytest.param(300_000, 1_000, id="to the thousand below 500 000"),
        pytest.param(700_000, 5_000, id="to five thousand below a million"),
        pytest.param(2_000_000, 10_000, id="to ten thousand above"),
    ],
)
def test_prices_are_rounded_as_people_do(price: int, step: int) -> None:
    assert price_step(price) == step


def test_some_prices_are_just_below_a_round_one() -> None:
    random = chance()
    asked = {asking_price(290_123, random) for _ in range(100)}
    assert asked == {290_000, 289_900}
