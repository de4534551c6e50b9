"""What each kind of write makes of a listing, as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from listingapi.listings import lives
from listingapi.listings.schemas import ListingWrite, StoredListing
from listingapi.money import Euros
from tests import factories

START = datetime(2024, 1, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=number)


def written(**changed: Any) -> ListingWrite:
    return ListingWrite.read(factories.listing(**changed))


def euros(amount: int) -> Euros:
    return Euros(str(amount))


def prices_of(stored: StoredListing) -> tuple[Any, ...]:
    """The price in force, the one before it, and the first."""
    return stored.price_eur, stored.previous_price_eur, stored.original_price_eur


def listing(**state: Any) -> StoredListing:
    """A listing that was created on day 0 at 100 000 €."""
    return replace(lives.created(7, written(), account_id=1, now=day(0)), **state)


PRICE_STATE = ("previous_price_eur", "original_price_eur", "price_version", "price_changed_date")
MARKET_STATE = ("withdrawn_date", "relisted_date", "earlier_time_on_market")


def state_of(stored: StoredListing, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in names}


def test_a_new_listing_has_its_first_version_and_its_original_price() -> None:
    created = listing()

    assert (created.version, created.price_version) == (1, 1)
    assert prices_of(created) == (100_000, None, 100_000)
    assert created.listing.created_date == created.listing.updated_date == created.price_changed_date == day(0)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        pytest.param(90_000, (90_000, 100_000, 2, day(3)), id="a new price comes with the new version"),
        pytest.param(100_000, (100_000, None, 1, day(0)), id="the same price is no change of price"),
        pytest.param(0, (0, 100_000, 2, day(3)), id="a price of nothing is a price"),
    ],
)
def test_repriced(price: int, expected: tuple[Any, ...]) -> None:
    after = lives.repriced(listing(), euros(price), day(3))

    assert (after.price_eur, after.previous_price_eur, after.price_version, after.price_changed_date) == expected
    assert prices_of(after)[2] == 100_000
    assert (after.version, after.listing.updated_date) == (2, day(3))


def test_a_price_may_be_in_force_since_earlier_than_it_is_written() -> None:
    after = lives.repriced(listing(), euros(1), day(3), since=day(2))

    assert (after.price_changed_date, after.listing.updated_date) == (day(2), day(3))


def test_replaced_takes_what_was_written_and_keeps_what_was_not() -> None:
    before = listing()
    after = lives.replaced(before, written(name="House", latest_price_eur=90_000), day(1))

    assert prices_of(after) == (90_000, 100_000, 100_000)
    assert (after.listing.name, after.price_version, after.version) == ("House", 2, 2)
    assert (after.listing.id, after.listing.created_date, after.account_id) == (7, day(0), 1)


def test_replaced_by_the_same_raises_only_version_and_date() -> None:
    before = listing()
    after = lives.replaced(before, written(), day(1))

    assert state_of(after, PRICE_STATE) == state_of(before, PRICE_STATE)
    assert after == replace(
        before, version=2, listing=msgspec.structs.replace(before.listing, updated_date=day(1))
    )  # fmt: skip


@pytest.mark.parametrize(
    ("listed", "now", "expected"),
    [
        pytest.param(day(0), day(3), day(3), id="now"),
        pytest.param(day(3), day(0), day(3), id="never before the write before it"),
    ],
)
def test_no_write_takes_place_before_the_one_before_it(listed: datetime, now: datetime, expected: datetime) -> None:
    before = lives.touched(listing(), listed)

    assert lives.touched(before, now).listing.updated_date == expected
    assert lives.repriced(before, euros(1), now).price_changed_date == expected
    assert lives.withdrawn(before, now).withdrawn_date == expected


def test_withdrawn_keeps_the_price() -> None:
    before = listing()
    after = lives.withdrawn(before, day(5))

    assert (after.withdrawn_date, after.version) == (day(5), 2)
    assert state_of(after, PRICE_STATE) == state_of(before, PRICE_STATE)


PERIODS = [
    pytest.param([(0, 5)], timedelta(days=5), id="one period"),
    pytest.param([(0, 5), (9, 10)], timedelta(days=6), id="two periods; the time between them does not count"),
    pytest.param([(0, 0), (1, 1), (2, 2)], timedelta(), id="periods of no time at all"),
    pytest.param([(0, 1), (1, 2), (2, 400)], timedelta(days=400), id="back at once"),
]


@pytest.mark.parametrize(("periods", "earlier"), PERIODS)
def test_the_time_on_the_market_adds_up(periods: list[tuple[int, int]], earlier: timedelta) -> None:
    after = listing()
    for start, end in periods:
        if start:
            after = lives.relisted(after, None, day(start))
        after = lives.withdrawn(after, day(end))
    after = lives.relisted(after, None, day(500))

    assert state_of(after, MARKET_STATE) == {
        "withdrawn_date": None,
        "relisted_date": day(500),
        "earlier_time_on_market": earlier,
    }


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        pytest.param(None, (100_000, None, 1), id="at the price that it had"),
        pytest.param(100_000, (100_000, None, 1), id="at the same price, said again"),
        pytest.param(80_000, (80_000, 100_000, 3), id="cheaper: a cut that came with the relisting"),
    ],
)
def test_relisted(price: int | None, expected: tuple[Any, ...]) -> None:
    withdrawn = lives.withdrawn(listing(), day(1))
    after = lives.relisted(withdrawn, None if price is None else euros(price), day(2))

    assert (after.price_eur, after.previous_price_eur, after.price_version) == expected
    assert (after.version, after.listing.id, after.listing.created_date) == (3, 7, day(0))


def test_renumbered_changes_nothing_that_a_reader_of_the_listing_sees() -> None:
    before = listing()
    after = lives.renumbered(before)

    assert after.listing is before.listing
    assert after == replace(before, version=2)
