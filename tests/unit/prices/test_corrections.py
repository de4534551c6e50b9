"""What a correction makes of a story, and a story of a listing, as tables."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from listingapi.errors import CorrectionRefused, PriceEntryNotFound
from listingapi.listings import lives
from listingapi.listings.schemas import ListingWrite
from listingapi.money import Euros
from listingapi.prices.correction_service import corrected_story, with_story
from listingapi.prices.schemas import ListingPrice
from listingapi.prices.story import Correction, Entry, Said
from tests import factories

START = datetime(2024, 1, 1, tzinfo=UTC)
Told = list[tuple[int, int]]
Corrected = list[tuple[int, int | None]]


def date_of(version: int) -> datetime:
    return START + timedelta(days=version)


def said(prices: Sequence[int], corrections: Corrected = []) -> Said:  # noqa: B006 - nobody changes it
    """Prices with the versions from 1, and what corrections of entries came after them."""
    entries = [Entry(v, Decimal(price), date_of(v), date_of(v)) for v, price in enumerate(prices, 1)]
    after = len(prices) + 1
    return Said(
        entries, [correction(v, corrects, price) for v, (corrects, price) in enumerate(corrections, after)]
    )  # fmt: skip


def correction(version: int, corrects: int, price: int | None) -> Correction:
    return Correction(version, corrects, None if price is None else Decimal(price), date_of(version))


def told(story: Sequence[ListingPrice]) -> Told:
    return [(entry.version, int(entry.price_eur)) for entry in story]


@pytest.mark.parametrize(
    ("before", "corrects", "price", "expected"),
    [
        pytest.param(said([1]), 1, 2, [(1, 2)], id="the only entry gets another price"),
        pytest.param(said([1, 2, 3]), 1, 9, [(1, 9), (2, 2), (3, 3)], id="the first entry"),
        pytest.param(said([1, 2, 3]), 2, 9, [(1, 1), (2, 9), (3, 3)], id="an entry in the middle"),
        pytest.param(said([1, 2, 3]), 3, 9, [(1, 1), (2, 2), (3, 9)], id="the last entry"),
        pytest.param(said([1, 2, 3]), 1, None, [(2, 2), (3, 3)], id="the first is void"),
        pytest.param(said([1, 2, 3]), 2, None, [(1, 1), (3, 3)], id="one in the middle is void"),
        pytest.param(said([1, 2, 3]), 3, None, [(1, 1), (2, 2)], id="the last is void"),
        pytest.param(said([1, 2]), 2, 1, [(1, 1)], id="the last becomes what it was before it"),
        pytest.param(said([1, 2, 3]), 2, 1, [(1, 1), (3, 3)], id="one becomes what it was before it"),
        pytest.param(said([1, 2, 3]), 2, 3, [(1, 1), (2, 3)], id="the next one then changes nothing"),
        pytest.param(said([1, 2, 3]), 1, 2, [(1, 2), (3, 3)], id="the first becomes what the next says"),
        pytest.param(said([1, 2, 1]), 2, None, [(1, 1)], id="neighbours of a void entry are equal"),
        pytest.param(said([1, 2, 1, 2]), 2, 1, [(1, 1), (4, 2)], id="several that say the same are one"),
        pytest.param(said([1, 2], [(2, 3)]), 2, 4, [(1, 1), (2, 4)], id="the later correction counts"),
        pytest.param(said([1, 2], [(2, 3)]), 2, 2, [(1, 1), (2, 2)], id="a correction is taken back"),
        pytest.param(said([1, 2], [(2, None)]), 2, 2, [(1, 1), (2, 2)], id="a void entry is brought back"),
        pytest.param(said([1, 2], [(2, 3)]), 1, 5, [(1, 5), (2, 3)], id="corrections of other entries stay"),
    ],
)
def test_corrected_story(before: Said, corrects: int, price: int | None, expected: Told) -> None:
    assert told(corrected_story(before, correction(99, corrects, price))) == expected


@pytest.mark.parametrize(
    ("before", "corrects", "price"),
    [
        pytest.param(said([1, 2]), 2, 2, id="the entry says that already"),
        pytest.param(said([1, 2], [(2, 3)]), 2, 3, id="its correction says that already"),
        pytest.param(said([1, 2], [(2, None)]), 2, None, id="it is void already"),
        pytest.param(said([1]), 1, None, id="the only price would be void"),
        pytest.param(said([1, 2], [(2, None)]), 1, None, id="the only price that is left would be void"),
    ],
)
def test_a_correction_that_changes_nothing_or_leaves_nothing_is_refused(
    before: Said, corrects: int, price: int | None
) -> None:
    with pytest.raises(CorrectionRefused):
        corrected_story(before, correction(99, corrects, price))


@pytest.mark.parametrize("corrects", [0, 3, 99])
def test_what_is_no_entry_cant_be_corrected(corrects: int) -> None:
    with pytest.raises(PriceEntryNotFound):
        corrected_story(said([1, 2], [(2, 3)]), correction(98, corrects, 7))


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param([(1, 5)], (5, None, 5, 1), id="one price is the original one, and nothing was before it"),
        pytest.param([(1, 5), (4, 6)], (6, 5, 5, 4), id="two"),
        pytest.param([(2, 5), (4, 6), (9, 7)], (7, 6, 5, 9), id="more"),
    ],
)
def test_a_listing_has_the_prices_of_its_story(story: Told, expected: tuple[int | None, ...]) -> None:
    listing = lives.created(7, ListingWrite.read(factories.listing()), account_id=1, now=START)
    entries = [ListingPrice(version, Euros(str(price)), date_of(version)) for version, price in story]
    after = with_story(listing, entries)

    prices: Sequence[Any] = (after.price_eur, after.previous_price_eur, after.original_price_eur)
    assert (*prices, after.price_version) == expected
    assert after.price_changed_date == entries[-1].created_date
    assert (after.version, after.listing.name) == (listing.version, listing.listing.name)
