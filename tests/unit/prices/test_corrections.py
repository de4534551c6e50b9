"""When a correction is refused, and what a story makes of a listing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from listingapi.listings import lives
from listingapi.listings.schemas import ListingWrite
from listingapi.money import Euros
from listingapi.prices.correction_service import story_of, with_story
from listingapi.prices.errors import CorrectionRefused
from listingapi.prices.schemas import ListingPrice
from listingapi.prices.story_repository import Corrected, Ends
from tests import factories

START = datetime(2024, 1, 1, tzinfo=UTC)
Told = list[tuple[int, int]]


def date_of(version: int) -> datetime:
    return START + timedelta(days=version)


def ends_of(story: Told) -> Ends:
    """The ends of a story of versions with their prices."""
    told = [ListingPrice(version, Euros(price), date_of(version)) for version, price in story]
    return Ends(told[-1], told[-2].price_eur if len(told) > 1 else None, told[0].price_eur)


def euros(text: str | None) -> Euros | None:
    return None if text is None else Euros(text)


@pytest.mark.parametrize(
    ("said", "price", "story"),
    [
        pytest.param("2", "2", [(1, 1), (2, 2)], id="the entry says that already"),
        pytest.param("2", "2.00", [(1, 1), (2, 2)], id="however it is written"),
        pytest.param(None, None, [(1, 1)], id="it is void already"),
        pytest.param("1", None, [], id="no price would be left"),
    ],
)
def test_a_correction_that_changes_nothing_or_leaves_nothing_is_refused(
    said: str | None, price: str | None, story: Told
) -> None:
    corrected = Corrected(euros(said), ends_of(story) if story else None)

    with pytest.raises(CorrectionRefused):
        story_of(corrected, 2, euros(price))


@pytest.mark.parametrize(
    ("said", "price"),
    [
        pytest.param("2", "3", id="another price"),
        pytest.param("0", None, id="void, which is not 0"),
        pytest.param(None, "0", id="0, which is not void"),
    ],
)
def test_any_other_correction_makes_a_story(said: str | None, price: str | None) -> None:
    story = ends_of([(1, 5), (4, 6)])

    assert story_of(Corrected(euros(said), story), 2, euros(price)) == story


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
    after = with_story(listing, ends_of(story))

    prices: Sequence[Any] = (after.price_eur, after.previous_price_eur, after.original_price_eur)
    assert (*prices, after.price_version) == expected
    assert after.price_changed_date == date_of(story[-1][0])
    assert (after.version, after.listing.name) == (listing.version, listing.listing.name)
